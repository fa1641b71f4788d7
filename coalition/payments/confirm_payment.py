"""Say what became of a payment that people make: by hand, or from shop to shop."""

from dataclasses import dataclass
from enum import StrEnum

from coalition.access.caller import STAFF, Caller
from coalition.access.errors import PersonNeeded
from settlement import PaymentRefused
from settlement.payments import Desk, PaymentRecord, Route, Said, confirm, is_said, people_needed, say
from settlement.rails import MarkKind

CONFIRM_PAYMENT = "confirm_payment"


class Word(StrEnum):
    """What can be said of a payment that people make."""

    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    RECEIVED = "received"
    DISPUTED = "disputed"


@dataclass(frozen=True, slots=True)
class Saying:
    """What somebody says, and what proves it."""

    said: Word
    evidence: str
    document_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The payment as it stands then, how many more people have to say so, and whether it was said before."""

    payment: PaymentRecord
    people_missing: int
    replayed: bool


def confirm_payment(desk: Desk, one: PaymentRecord, who: Caller, saying: Saying) -> Confirmed:
    """Say it for the caller: of a direct payment as its shop, of others as themselves.

    Raises PersonNeeded where two people have to say it and a key does, and what `confirm` and `say` raise.
    """
    if one.route == Route.DIRECT:
        side = who.shop or ""
        if is_said(desk, one, _kind_of(saying.said), side, saying.evidence):
            return Confirmed(one, 0, replayed=True)
        said = side_of(one, saying.said)
        after = say(desk, one.id, side, said, saying.evidence, saying.document_sha256)
        return Confirmed(after, 0, replayed=False)
    kind = mark_of(one, saying.said)
    people = people_needed(desk, one)
    if people > 1 and kind is not MarkKind.FAILED and who.role not in STAFF:
        raise PersonNeeded(CONFIRM_PAYMENT)
    if is_said(desk, one, kind, who.id, saying.evidence):
        return Confirmed(one, people_missing(one, kind), replayed=True)
    after, missing = confirm(desk, one.id, kind, saying.evidence, saying.document_sha256)
    return Confirmed(after, missing, replayed=False)


def people_missing(one: PaymentRecord, kind: MarkKind) -> int:
    """How many more people have to say what somebody said already: none where the payment stands so."""
    return 0 if one.state == kind.value else 1


def mark_of(one: PaymentRecord, said: Word) -> MarkKind:
    """What is said of a payment by hand. Raises PaymentRefused for what can only be said from shop to shop."""
    if said not in (Word.PAID, Word.FAILED, Word.RETURNED):
        raise PaymentRefused(one.id, "goes by hand: say paid, failed or returned")
    return MarkKind(said.value)


def side_of(one: PaymentRecord, said: Word) -> Said:
    """What a side of a direct payment says. Raises PaymentRefused for what can only be said of one by hand."""
    if said not in (Word.PAID, Word.RECEIVED, Word.DISPUTED):
        raise PaymentRefused(one.id, "goes from shop to shop: the payer says paid, the payee received, either disputed")
    return Said(said.value)


def _kind_of(said: Word) -> MarkKind:
    return MarkKind.DISPUTED if said is Word.DISPUTED else MarkKind.PAID
