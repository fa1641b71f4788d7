"""Answer a dispute: decide it once, and book the correction if there is one."""

from dataclasses import replace
from http import HTTPStatus

from coalition.alliance import Alliance
from coalition.disputes.dispute_status import DisputeStatus
from coalition.disputes.store import Correction, Dispute, decide_dispute, find_dispute
from coalition.errors import CoalitionError
from coalition.ids import random_id
from coalition.locale.messages import N_
from settlement.ledger import Answer, Commission, Posting


class DisputeDecided(CoalitionError):
    """The dispute was decided before, in another way."""

    code = "dispute_decided"
    status = HTTPStatus.CONFLICT
    title = N_("Dispute already decided")
    remedy = N_("Open a new dispute for what is still wrong.")
    detail = N_("Dispute {id} is {decision:code} already.")
    id: str
    decision: DisputeStatus


def answer_dispute(
    alliance: Alliance, dispute: Dispute, status: DisputeStatus, answer: str, by: str, correction: Correction | None
) -> tuple[Dispute, Answer | None]:
    """Decide a dispute and book its correction; returns the dispute and the book's answer. Raises DisputeDecided.

    The correction is booked first, with the dispute as its reference: after a crash between the two the call can be
    repeated, and the correction is booked once. If the book refuses it, the dispute stays open.
    """
    if dispute.status is not DisputeStatus.OPEN:
        if (dispute.status, dispute.answer, dispute.correction) != (status, answer, correction):
            raise DisputeDecided(dispute.id, dispute.status)
        return dispute, None
    booked = None
    if correction is not None:
        content: dict[str, str | int] = {
            "type": "correction",
            "dispute": dispute.id,
            "shop": correction.payee,
            "payer": correction.payer,
            "points": correction.points,
        }
        leg = Commission(correction.payer, correction.payee, correction.points)
        reference = f"dispute:{dispute.id}"
        booked = alliance.poster.post(Posting(random_id("cor"), alliance.clock(), content, [leg], reference=reference))
        if booked.refusal is not None:
            return dispute, booked
    decided = replace(
        dispute, status=status, answer=answer, decided_at=alliance.clock(), decided_by=by, correction=correction
    )
    with alliance.database.engine.begin() as connection:
        if not decide_dispute(connection, alliance.id, decided):
            current = find_dispute(connection, alliance.id, dispute.id)
            raise DisputeDecided(dispute.id, dispute.status if current is None else current.status)
    return decided, booked
