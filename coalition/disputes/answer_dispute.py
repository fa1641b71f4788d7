"""Answer a dispute: decide it once, and book the correction if there is one."""

from dataclasses import asdict, replace
from http import HTTPStatus

from coalition.access.caller import SHOP, Caller
from coalition.access.errors import SecondPersonNeeded
from coalition.access.log import record_separately
from coalition.alliance import Alliance
from coalition.approvals.approval import Payload
from coalition.approvals.approvals import Approvals
from coalition.disputes.dispute_status import DisputeStatus
from coalition.disputes.store import Correction, Dispute, decide_dispute, find_dispute
from coalition.errors import CoalitionError, Forbidden, Invalid
from coalition.ids import random_id
from coalition.locale.messages import N_
from coalition.refusals import RefusedByBook
from settlement.ledger import Commission, Posting

CORRECT_STATEMENT = "correct_statement"
ALONE_POINTS_MAX = 10_000
"""The correction that one person may book alone, in points, unless the alliance sets another limit."""


class DisputeDecided(CoalitionError):
    """The dispute was decided before, in another way."""

    code = "dispute_decided"
    status = HTTPStatus.CONFLICT
    title = N_("Dispute already decided")
    remedy = N_("Open a new dispute for what is still wrong.")
    detail = N_("Dispute {id} is {decision:code} already.")
    id: str
    decision: DisputeStatus


class OwnDispute(CoalitionError, like=SecondPersonNeeded):
    """Who opened a dispute would answer it."""

    detail = N_("You opened dispute {id} yourself. Another person has to answer it.")
    id: str


class OnlyAccepted(CoalitionError, like=Invalid):
    """A correction of a statement that nothing is wrong with."""

    detail = N_("A correction is allowed with `accepted` only.")
    concerns = "correction"


class DisputeNotWithdrawable(CoalitionError, like=Forbidden):
    """The alliance answers a dispute, and may not withdraw it."""

    detail = N_("Only the dispute's shop can withdraw it. The alliance answers it.")


def withdraw_dispute(alliance: Alliance, caller: Caller, dispute: Dispute) -> Dispute:
    """Take a shop's own dispute back. Raises DisputeNotWithdrawable and DisputeDecided."""
    if caller.role not in SHOP:
        raise DisputeNotWithdrawable
    return _decide(alliance, caller, dispute, DisputeStatus.WITHDRAWN, "", None)


def answer_dispute(
    alliance: Alliance,
    approvals: Approvals,
    caller: Caller,
    dispute: Dispute,
    status: DisputeStatus,
    answer: str,
    correction: Correction | None,
) -> Dispute:
    """Accept or reject a dispute, and book its correction.

    Raises OnlyAccepted, OwnDispute, DisputeDecided and RefusedByBook, and ApprovalAwaited and PersonNeeded for a
    correction that is more than one person may book.
    """
    if correction is not None and status is not DisputeStatus.ACCEPTED:
        raise OnlyAccepted
    if dispute.opened_by == caller.id:
        raise OwnDispute(dispute.id)
    if correction is not None and dispute.status is DisputeStatus.OPEN:
        asked: Payload = {"dispute": dispute.id, "answer": answer, **asdict(correction)}
        worth_minor = alliance.worth_at_most(correction.points)
        approvals.check_alone(caller, CORRECT_STATEMENT, correction.points, worth_minor, asked)
    decided = _decide(alliance, caller, dispute, status, answer, correction)
    record_separately(alliance.database, caller, "dispute.answer", dispute.id, {"status": status.value})
    return decided


def _decide(
    alliance: Alliance,
    caller: Caller,
    dispute: Dispute,
    status: DisputeStatus,
    answer: str,
    correction: Correction | None,
) -> Dispute:
    """Decide a dispute once; the same decision again changes nothing.

    The correction is booked first, with the dispute as its reference: after a crash between the two the call can be
    repeated, and the correction is booked once. If the book refuses it, the dispute stays open.
    """
    if dispute.status is not DisputeStatus.OPEN:
        if (dispute.status, dispute.answer, dispute.correction) != (status, answer, correction):
            raise DisputeDecided(dispute.id, dispute.status)
        return dispute
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
            raise RefusedByBook(booked.refusal)
    decided = replace(
        dispute, status=status, answer=answer, decided_at=alliance.clock(), decided_by=caller.id, correction=correction
    )
    with alliance.database.engine.begin() as connection:
        if not decide_dispute(connection, alliance.id, decided):
            current = find_dispute(connection, alliance.id, dispute.id)
            raise DisputeDecided(dispute.id, dispute.status if current is None else current.status)
    return decided
