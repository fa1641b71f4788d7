"""Every error of the scheme lab: named facts that carry their values.

LabError
├── ScenarioInvalid        a scenario that can't be read; says line, key and what is allowed
├── EventRefused           an event that the scheme can't do at that moment
├── PurchasesInvalid       a bad row of a purchases file
├── MoneyNotConserved      paid in ≠ held + paid out: a fault of a model, never of its user
├── PointsNotConserved     a model's points do not add up: the same
├── RunTooLarge            more events than the caller allows
└── RunTooLong             more seconds than the caller allows
"""

from fractions import Fraction


class LabError(Exception):
    """Base of all errors of the lab. `code` is stable, the text may change."""

    code = "lab_error"


class ScenarioInvalid(LabError):
    """A scenario that can't be read. `line` is None when it did not come from a file."""

    code = "scenario_invalid"

    def __init__(self, key: str, problem: str, allowed: str = "", line: int | None = None) -> None:
        self.key, self.problem, self.allowed, self.line = key, problem, allowed, line
        place = f"line {line}, " if line else ""
        hint = f"; allowed: {allowed}" if allowed else ""
        super().__init__(f"{place}{key}: {problem}{hint}")


class EventRefused(LabError):
    """An event that can't happen: `index` counts from 0 in the order of the events."""

    code = "event_refused"

    def __init__(self, index: int, do: str, reason: str, line: int | None = None) -> None:
        self.index, self.do, self.reason, self.line = index, do, reason, line
        place = f"line {line}, " if line else ""
        super().__init__(f"{place}event {index} ({do}): {reason}")


class PurchasesInvalid(LabError):
    """A row of a purchases file that can't be read; nothing has been run. Lines count from 1."""

    code = "purchases_invalid"

    def __init__(self, line: int, reason: str) -> None:
        self.line, self.reason = line, reason
        super().__init__(f"line {line}: {reason}")


class MoneyNotConserved(LabError):
    """Money appeared or vanished inside a model. Please report the scenario."""

    code = "money_not_conserved"

    def __init__(self, event: int, paid_in: Fraction, held: Fraction, paid_out: Fraction) -> None:
        self.event, self.paid_in, self.held, self.paid_out = event, paid_in, held, paid_out
        super().__init__(
            f"after event {event}: paid in {paid_in}, but held {held} and paid out {paid_out}; "
            f"this is a fault of the lab, please report the scenario"
        )


class PointsNotConserved(LabError):
    """A model's points do not add up to what was made. Please report the scenario."""

    code = "points_not_conserved"

    def __init__(self, event: int, what: str, made: Fraction, there: Fraction) -> None:
        self.event, self.what, self.made, self.there = event, what, made, there
        super().__init__(
            f"after event {event}: {what} should be {made} and is {there}; "
            f"this is a fault of the lab, please report the scenario"
        )


class RunTooLarge(LabError):
    """More events than the caller's limit."""

    code = "run_too_large"

    def __init__(self, events: int, limit: int) -> None:
        self.events, self.limit = events, limit
        super().__init__(f"{events} events; at most {limit} are run here: use fewer purchases")


class RunTooLong(LabError):
    """The run took longer than the caller's limit."""

    code = "run_too_long"

    def __init__(self, seconds: float, done: int, events: int) -> None:
        self.seconds, self.done, self.events = seconds, done, events
        super().__init__(f"stopped after {seconds:g} s, {done} of {events} events done: use fewer purchases")
