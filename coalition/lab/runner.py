"""Run a scenario: `run(scenario) -> Result`. A command line and an HTTP endpoint call the same function."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from coalition.lab.errors import RunTooLarge, RunTooLong
from coalition.lab.params import Params
from coalition.lab.scenario import Scenario
from coalition.lab.scheme import Figures, Row, ScenarioEvent, Scheme
from coalition.lab.schemes.coalition import Coalition
from coalition.lab.verdict import Verdict, judge

SAMPLES = 400
"""Points of a chart, at most."""
ROWS_KEPT = 2_000
"""Rows that a summary of a run keeps, spread evenly over its events, and as many besides in which something ended."""
TURNS = ("exits", "refused", "released", "swapped")
"""Keys of a row in which something ended or was turned away."""

CHECK_CLOCK_EVERY = 64

Progress = Callable[[int, int], None]
"""Called with events done and events in all."""


@dataclass(frozen=True)
class RunLimits:
    """What a caller allows; None is no limit."""

    events: int | None = None
    seconds: float | None = None
    rows: int | None = None
    """Keep a selection of about so many rows, where there are more."""


NO_LIMITS = RunLimits()


@dataclass(frozen=True)
class Sample:
    """The figures after an event, for charts. `kept` counts participants who got what was promised."""

    event: int
    figures: Figures
    participants: int
    kept: int


@dataclass(frozen=True)
class Result:
    """One run beside the fixed-rate coalition (`yardstick`) on the same purchases.

    `rows` are those of all `events`, or a selection where there are many; `refused` counts events that the scheme
    itself turned away."""

    scenario: Scenario
    params: Params
    rows: tuple[Row, ...]
    events: int
    refused: int
    samples: tuple[Sample, ...]
    verdict: Verdict
    yardstick: Verdict


def run(scenario: Scenario, limits: RunLimits = NO_LIMITS, progress: Progress | None = None) -> Result:
    """Run every event, judge the outcome, and do the same for the fixed-rate coalition.

    Raises EventRefused for an event that can't happen, RunTooLarge and RunTooLong for the limits.
    """
    events = scenario.events
    beside = yardstick_events(scenario)
    steps = len(events) + len(beside)
    if limits.events is not None and len(events) > limits.events:
        raise RunTooLarge(len(events), limits.events)
    clock = _Clock(limits, steps, progress)
    params = scenario.params()
    scheme = scenario.model(params)
    kept = _Rows(len(events), limits.rows)
    samples = _play(scheme, events, clock, kept)
    coalition = Coalition(Params(Coalition.specs, scenario.coalition))
    _play(coalition, beside, clock, None)
    verdict = judge(scheme, scenario.run_share)
    rows = tuple(kept.rows)
    yardstick = judge(coalition, scenario.run_share)
    return Result(scenario, params, rows, len(events), kept.refused, samples, verdict, yardstick)


def yardstick_events(scenario: Scenario) -> tuple[ScenarioEvent, ...]:
    """The purchases among a scenario's events, as purchases in the fixed-rate coalition."""
    params = scenario.params()
    bought = [scenario.model.as_purchase(event, params) for event in scenario.events]
    purchases = [keys for keys in bought if keys]
    return tuple(ScenarioEvent(index, "purchase", keys) for index, keys in enumerate(purchases))


class _Clock:
    """Counts steps, reports progress, and stops a run that takes too long."""

    def __init__(self, limits: RunLimits, steps: int, progress: Progress | None) -> None:
        self.limits, self.steps, self.progress = limits, steps, progress
        self.done = 0
        self.started = time.monotonic()

    def tick(self) -> None:
        self.done += 1
        if self.done % CHECK_CLOCK_EVERY and self.done != self.steps:
            return
        if self.progress:
            self.progress(self.done, self.steps)
        seconds = self.limits.seconds
        if seconds is not None and time.monotonic() - self.started > seconds:
            raise RunTooLong(seconds, self.done, self.steps)


class _Rows:
    """The rows of a run that are kept: all of a short one, else a selection that always has the last."""

    def __init__(self, events: int, most: int | None) -> None:
        self.every = max(1, -(-events // most)) if most else 1
        self.turns_left = most or 0
        self.last = events - 1
        self.rows: list[Row] = []
        self.refused = 0

    def take(self, index: int, row: Row) -> None:
        self.refused += "refused" in row
        if index % self.every == 0 or index == self.last:
            self.rows.append(row)
        elif self.turns_left and any(key in row for key in TURNS):
            self.turns_left -= 1
            self.rows.append(row)


def _play(scheme: Scheme, events: tuple[ScenarioEvent, ...], clock: _Clock, kept: _Rows | None) -> tuple[Sample, ...]:
    every = max(1, -(-len(events) // SAMPLES))
    samples: list[Sample] = []
    for event in events:
        row = scheme.step(event)
        if kept:
            kept.take(event.index, row)
        clock.tick()
        if event.index % every == 0 or event.index == len(events) - 1:
            promises = scheme.promises
            samples.append(Sample(event.index, scheme.figures(), len(promises.of), len(promises.kept())))
    if events:
        scheme.money.audit(events[-1].index)
        scheme.audit(events[-1].index)
    return tuple(samples)
