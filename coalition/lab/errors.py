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

from coalition.lab.phrase import Phrase, Text, text_in
from coalition.locale.formats import Lang
from coalition.locale.messages import N_


class LabError(Exception):
    """Base of all errors of the lab. `code` is stable, the sentence may change."""

    code = "lab_error"

    def __init__(self, sentence: Text) -> None:
        self.sentence = sentence
        super().__init__(text_in(sentence, "en"))

    def text(self, lang: Lang) -> str:
        """The error for its reader."""
        return text_in(self.sentence, lang)


class ScenarioInvalid(LabError):
    """A scenario that can't be read. `line` is None when it did not come from a file."""

    code = "scenario_invalid"

    def __init__(self, key: str, problem: Text, allowed: Text = "", line: int | None = None) -> None:
        self.key, self.problem, self.allowed, self.line = key, problem, allowed, line
        sentence = Phrase(N_("{place}: {problem}"), place=key, problem=_part(problem))
        if allowed:
            sentence = Phrase(N_("{sentence}; allowed: {allowed}"), sentence=sentence, allowed=_part(allowed))
        super().__init__(_on_line(line, sentence))


class EventRefused(LabError):
    """An event that can't happen: `index` counts from 0 in the order of the events."""

    code = "event_refused"

    def __init__(self, index: int, do: str, reason: Text, line: int | None = None) -> None:
        self.index, self.do, self.reason, self.line = index, do, reason, line
        sentence = Phrase(N_("event {index} ({do}): {reason}"), index=index, do=do, reason=_part(reason))
        super().__init__(_on_line(line, sentence))


class PurchasesInvalid(LabError):
    """A row of a purchases file that can't be read; nothing has been run. Lines count from 1."""

    code = "purchases_invalid"

    def __init__(self, line: int, reason: Text) -> None:
        self.line, self.reason = line, reason
        super().__init__(Phrase(N_("line {line}: {reason}"), line=line, reason=_part(reason)))


class MoneyNotConserved(LabError):
    """Money appeared or vanished inside a model. Please report the scenario."""

    code = "money_not_conserved"

    def __init__(self, event: int, paid_in: Fraction, held: Fraction, paid_out: Fraction) -> None:
        self.event, self.paid_in, self.held, self.paid_out = event, paid_in, held, paid_out
        super().__init__(
            Phrase(
                N_(
                    "after event {event}: paid in {paid_in}, but held {held} and paid out {paid_out}; "
                    "this is a fault of the lab, please report the scenario"
                ),
                event=event,
                paid_in=paid_in,
                held=held,
                paid_out=paid_out,
            )
        )


class PointsNotConserved(LabError):
    """A model's points do not add up to what was made. Please report the scenario."""

    code = "points_not_conserved"

    def __init__(self, event: int, what: str, made: Fraction, held: Fraction) -> None:
        self.event, self.what, self.made, self.held = event, what, made, held
        super().__init__(
            Phrase(
                N_(
                    "after event {event}: {what} should be {made} and is {held}; "
                    "this is a fault of the lab, please report the scenario"
                ),
                event=event,
                what=_part(what),
                made=made,
                held=held,
            )
        )


class RunTooLarge(LabError):
    """More events than the caller's limit."""

    code = "run_too_large"

    def __init__(self, events: int, limit: int) -> None:
        self.events, self.limit = events, limit
        sentence = N_("{events} events; at most {limit} are run here: use fewer purchases")
        super().__init__(Phrase(sentence, events=events, limit=limit))


class RunTooLong(LabError):
    """The run took longer than the caller's limit."""

    code = "run_too_long"

    def __init__(self, seconds: float, done: int, events: int) -> None:
        self.seconds, self.done, self.events = seconds, done, events
        sentence = N_("stopped after {seconds:g} s, {done} of {events} events done: use fewer purchases")
        super().__init__(Phrase(sentence, seconds=seconds, done=done, events=events))


def _part(text: Text) -> Phrase:
    """A text as a part of a sentence, so that it is put into the sentence's language."""
    return Phrase(text) if isinstance(text, str) else text


def _on_line(line: int | None, sentence: Phrase) -> Phrase:
    return Phrase(N_("line {line}, {sentence}"), line=line, sentence=sentence) if line else sentence
