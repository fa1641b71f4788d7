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

CHECK_CLOCK_EVERY = 64

Progress = Callable[[int, int], None]
"""Called with events done and events in all."""


@dataclass(frozen=True)
class RunLimits:
    """What a caller allows; None is no limit."""

    events: int | None = None
    seconds: float | None = None


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
    """One run beside the fixed-rate coalition (`yardstick`) on the same purchases."""

    scenario: Scenario
    params: Params
    rows: tuple[Row, ...]
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
    rows, samples = _play(scheme, events, clock)
    coalition = Coalition(Params(Coalition.specs, scenario.coalition))
    _play(coalition, beside, clock)
    verdict = judge(scheme, scenario.run_share)
    return Result(scenario, params, rows, samples, verdict, judge(coalition, scenario.run_share))


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


def _play(
    scheme: Scheme, events: tuple[ScenarioEvent, ...], clock: _Clock
) -> tuple[tuple[Row, ...], tuple[Sample, ...]]:
    every = max(1, -(-len(events) // SAMPLES))
    rows: list[Row] = []
    samples: list[Sample] = []
    for event in events:
        rows.append(scheme.step(event))
        clock.tick()
        if event.index % every == 0 or event.index == len(events) - 1:
            promises = scheme.promises
            samples.append(Sample(event.index, scheme.figures(), len(promises.of), len(promises.kept())))
    if events:
        scheme.money.audit(events[-1].index)
        scheme.audit(events[-1].index)
    return tuple(rows), tuple(samples)
