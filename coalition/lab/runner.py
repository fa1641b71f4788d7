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
TURNS = frozenset({"exits", "refused", "released", "swapped"})
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
    """Run every event beside the fixed-rate coalition, event by event, and judge both outcomes.

    Raises EventRefused for an event that can't happen, RunTooLarge and RunTooLong for the limits.
    """
    events = sum(1 for _ in scenario.all_events())
    if limits.events is not None and events > limits.events:
        raise RunTooLarge(events, limits.events)
    params = scenario.params()
    scheme, coalition = scenario.model(params), Coalition(Params(Coalition.specs, scenario.coalition))
    clock, rows, samples = _Clock(limits, events, progress), _Rows(scenario, events, limits.rows), _Samples(events)
    for event in scenario.all_events():
        rows.take(event.index, scheme.step(event))
        bought = scenario.model.as_purchase(event, params)
        if bought:
            coalition.step(ScenarioEvent(event.index, "purchase", bought, event.line))
        clock.tick()
        samples.take(event.index, scheme)
    for finished in (scheme, coalition):
        finished.money.audit(events - 1)
        finished.audit(events - 1)
    verdict, yardstick = judge(scheme, scenario.run_share), judge(coalition, scenario.run_share)
    return Result(scenario, params, tuple(rows.kept), events, rows.refused, tuple(samples.taken), verdict, yardstick)


class _Clock:
    """Counts events, reports progress, and stops a run that takes too long."""

    def __init__(self, limits: RunLimits, events: int, progress: Progress | None) -> None:
        self.limits, self.events, self.progress = limits, events, progress
        self.done = 0
        self.started = time.process_time()

    def tick(self) -> None:
        self.done += 1
        if self.done % CHECK_CLOCK_EVERY and self.done != self.events:
            return
        if self.progress:
            self.progress(self.done, self.events)
        seconds = self.limits.seconds
        if seconds is not None and time.process_time() - self.started > seconds:
            raise RunTooLong(seconds, self.done, self.events)


class _Rows:
    """The rows of a run that are kept: all of a short one, else a selection that always has the last.

    It has those too that a vendor's figures are compared with.
    """

    def __init__(self, scenario: Scenario, events: int, most: int | None) -> None:
        self.every = max(1, -(-events // most)) if most else 1
        self.turns_left = most or 0
        self.always = {events - 1, *(figure.event for figure in scenario.vendor)}
        self.kept: list[Row] = []
        self.refused = 0

    def take(self, index: int, row: Row) -> None:
        self.refused += "refused" in row
        if index % self.every == 0 or index in self.always:
            self.kept.append(row)
        elif self.turns_left and not TURNS.isdisjoint(row):
            self.turns_left -= 1
            self.kept.append(row)


class _Samples:
    """The figures after every so many events, and after the last."""

    def __init__(self, events: int) -> None:
        self.every = max(1, -(-events // SAMPLES))
        self.last = events - 1
        self.taken: list[Sample] = []

    def take(self, index: int, scheme: Scheme) -> None:
        if index % self.every == 0 or index == self.last:
            promises = scheme.promises
            self.taken.append(Sample(index, scheme.figures(), len(promises.of), promises.kept))
