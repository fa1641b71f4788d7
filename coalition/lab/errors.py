"""Every error of the scheme lab: named facts that carry their values.

LabError
├── ScenarioInvalid        a scenario that can't be read; says line, key and what is allowed
├── EventRefused           an event that the scheme can't do at that moment
├── PurchasesInvalid       a bad row of a purchases file
├── MoneyNotConserved      paid in ≠ held + paid out: a fault of a model, never of its user
├── PointsNotConserved     a model's points do not add up: the same
├── RunTooLarge            more events than the caller allows
├── GrowthTooLarge         a growth experiment with more runs × members
├── RunTooLong             more seconds than the caller allows, by the events
├── OutputTooLong          or by the verdict and the output
├── LabRunUnderWay         a second run of one caller at once
└── LabBusy                more runs at once than there are places
"""

from http import HTTPStatus
from typing import ClassVar

from coalition.access.errors import TooManyRequests
from coalition.errors import CoalitionError, Unavailable
from coalition.lab.numbers import Exact
from coalition.locale.messages import N_
from settlement import Phrase


class LabError(CoalitionError):
    """Base of all errors of the lab."""


class ScenarioInvalid(LabError):
    """A scenario that can't be read. `line` is None when it did not come from a file."""

    code = "scenario_invalid"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Invalid scenario")
    remedy = N_("Correct the field of the scenario that `fields` names.")
    detail = N_("{where}{key}: {what}{choice}.")
    left_out = ("problem", "allowed", "line")
    concerns = "{key}"
    key: str
    problem: str
    allowed: str = ""
    line: int | None = None

    @property
    def where(self) -> str:
        """The line of the file."""
        return Phrase("line {line}, ", line=self.line) if self.line else ""

    @property
    def what(self) -> str:
        """What is wrong."""
        return _as_phrase(self.problem)

    @property
    def choice(self) -> str:
        """What is allowed."""
        return Phrase("; allowed: {allowed}", allowed=_as_phrase(self.allowed)) if self.allowed else ""


class EventRefused(LabError):
    """An event that can't happen: `index` counts from 0 in the order of the events."""

    code = "event_refused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Event not possible")
    remedy = N_("Change that event of the scenario.")
    detail = N_("{where}event {index} ({do:code}): {why}.")
    left_out = ("reason", "line")
    concerns = "events.{index}"
    index: int
    do: str
    reason: str
    line: int | None = None

    @property
    def where(self) -> str:
        """The line of the file."""
        return Phrase("line {line}, ", line=self.line) if self.line else ""

    @property
    def why(self) -> str:
        """Why."""
        return _as_phrase(self.reason)


class PurchasesInvalid(LabError):
    """A row of a purchases file that can't be read; nothing has been run. Lines count from 1."""

    code = "purchases_invalid"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Invalid purchases")
    remedy = N_("Correct that row.")
    detail = N_("Line {line}: {why}.")
    left_out = ("reason",)
    concerns = "purchases.{line}"
    line: int
    reason: str

    @property
    def why(self) -> str:
        """Why."""
        return _as_phrase(self.reason)


class MoneyNotConserved(LabError):
    """Money appeared or vanished inside a model. Please report the scenario."""

    code = "money_not_conserved"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Money not conserved")
    remedy = N_("The model's money does not add up. Please report the scenario.")
    detail = N_(
        "After event {event}: paid in {paid_in}, but held {held} and paid out {paid_out}. This is a fault of "
        "the lab; please report the scenario."
    )
    event: int
    paid_in: Exact
    held: Exact
    paid_out: Exact


class PointsNotConserved(LabError):
    """A model's points do not add up to what was made. Please report the scenario."""

    code = "points_not_conserved"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Points not conserved")
    remedy = N_("The model's points do not add up. Please report the scenario.")
    detail = N_(
        "After event {event}: {counted} should be {made} and is {held}. This is a fault of the lab; please "
        "report the scenario."
    )
    left_out = ("what",)
    event: int
    what: str
    made: Exact
    held: Exact

    @property
    def counted(self) -> str:
        """What was counted."""
        return _as_phrase(self.what)


class RunTooLarge(LabError):
    """More events than the caller's limit."""

    code = "run_too_large"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Run too large")
    remedy = N_("Run fewer purchases.")
    detail = N_("{events} events; at most {limit} are run here. Use fewer purchases.")
    events: int
    limit: int


class OutOfMemory(LabError, like=RunTooLarge):
    """A run that needed more memory than it may have."""

    detail = N_("The run needed more memory than it may have. Use fewer purchases.")


class GrowthTooLarge(LabError, like=RunTooLarge):
    """A growth experiment with more runs × members than fit."""

    detail = N_("{cells} runs × members; at most {limit} are simulated here. Use fewer runs or members.")
    cells: int
    limit: int


class RunTooLong(LabError):
    """The run took longer than the caller's limit."""

    code = "run_too_long"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Run too long")
    remedy = N_("Run fewer purchases.")
    detail = N_("Stopped after {seconds} s, {done} of {events} events done. Use fewer purchases.")
    seconds: float
    done: int
    events: int


class OutputTooLong(LabError, like=RunTooLong):
    """A run whose events were done in time, but not its verdict or what is written of it."""

    detail = N_("Stopped after {seconds} s, on the verdict or the output. Use fewer purchases.")
    seconds: float


class LabBusy(LabError, like=Unavailable):
    """So many runs wait already that another would wait too long."""

    detail = N_("Other runs are waiting already. Try again in a minute.")
    retry_after_seconds: ClassVar[int] = 60


class LabRunUnderWay(LabError, like=TooManyRequests):
    """A run of a caller whose last one is not over."""

    detail = N_("Your last run is not over yet. Send this one after it.")
    retry_after_seconds: ClassVar[int] = 10


def _as_phrase(text: str) -> Phrase:
    """A marked text as a part of a sentence, so that it is put into the sentence's language."""
    return text if isinstance(text, Phrase) else Phrase(text)
