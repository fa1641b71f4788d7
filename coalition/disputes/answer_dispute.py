"""Answer a dispute: decide it once, and book the correction that the decision names."""

from dataclasses import replace

from coalition.alliance import Alliance
from coalition.disputes.status import Status
from coalition.disputes.store import Correction, Dispute, decide_dispute, find_dispute
from coalition.errors import CoalitionError
from coalition.ids import random_id
from settlement.ledger import Answer, Commission, Posting


class DisputeDecided(CoalitionError):
    """A dispute that was decided otherwise before."""

    def __init__(self, id_: str, status: Status) -> None:
        self.id, self.status = id_, status
        super().__init__(f"dispute {id_} is {status} already; open another for what is still wrong")


def answer_dispute(
    alliance: Alliance, one: Dispute, status: Status, answer: str, by: str, correction: Correction | None
) -> tuple[Dispute, Answer | None]:
    """Decide a dispute, and book its correction; returns it with the book's answer. Raises DisputeDecided.

    The correction is booked first, with the dispute as its reference: whoever is cut short between the two asks
    again, and it is booked once. What the book refuses leaves the dispute open for another correction.
    """
    if one.status is not Status.OPEN:
        if (one.status, one.answer, one.correction) != (status, answer, correction):
            raise DisputeDecided(one.id, one.status)
        return one, None
    booked = None
    if correction is not None:
        content: dict[str, str | int] = {
            "type": "correction",
            "dispute": one.id,
            "shop": correction.payee,
            "payer": correction.payer,
            "points": correction.points,
        }
        leg = Commission(correction.payer, correction.payee, correction.points)
        reference = f"dispute:{one.id}"
        booked = alliance.poster.post(Posting(random_id("cor"), alliance.clock(), content, [leg], reference=reference))
        if booked.refusal is not None:
            return one, booked
    decided = replace(
        one, status=status, answer=answer, decided_at=alliance.clock(), decided_by=by, correction=correction
    )
    with alliance.database.engine.begin() as connection:
        if not decide_dispute(connection, alliance.id, decided):
            there = find_dispute(connection, alliance.id, one.id)
            raise DisputeDecided(one.id, one.status if there is None else there.status)
    return decided, booked
