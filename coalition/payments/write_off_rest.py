"""Write off what is missing of a collection, which always takes two people."""

from coalition.access.caller import Caller
from coalition.alliance import Alliance, Alliances
from coalition.approvals.approval import Approval, Outcome, Payload
from coalition.approvals.approvals import Approvals
from coalition.payments.context import payment_context
from settlement import DatabaseUnusable, PaymentRefused, Phrase, SettlementError
from settlement.payments import PaymentRecord, payment_by_id, payment_history, write_off_rest

WRITE_OFF = "write_off"
WRITTEN_OFF = "written_off"


def request_write_off(
    alliance: Alliance, approvals: Approvals, caller: Caller, payment_id: str, why: str, key: str
) -> Approval:
    """Ask for writing off what is missing of a payment. The same `key` finds the same request.

    Raises PaymentNotFound, PaymentRefused where nothing is missing, PersonNeeded and RequestReused.
    """
    with payment_context(alliance, caller.id) as context:
        payment = payment_by_id(context.book, context.session, payment_id)
        if not payment.is_collected_net or not (payment.rest_minor or payment.written_off_minor):
            raise PaymentRefused(payment.id, Phrase("nothing is missing of it that could be written off"))
    asked: Payload = {
        "payment": payment.id,
        "shop": payment.participant,
        "amount_minor": payment.rest_minor,
        "why": why,
    }
    return approvals.request(caller, WRITE_OFF, asked, key)


def execute_write_off(alliances: Alliances, approval: Approval) -> Outcome:
    """Write off what was approved, unless another amount is missing by now. It happens once."""
    payment_id, minor = str(approval.payload["payment"]), approval.payload["amount_minor"]
    with payment_context(alliances.get(approval.alliance_id), approval.requested_by) as context:
        payment = payment_by_id(context.book, context.session, payment_id)
        history = payment_history(context.book, context.session, payment_id)
        if not (payment.written_off_minor == minor and any(step.code == WRITTEN_OFF for step in history)):
            if payment.rest_minor != minor:
                return Outcome(done=False, result={"code": "changed_meanwhile", "payment": payment_id})
            try:
                payment = write_off_rest(context, payment_id, str(approval.payload["why"]))
            except DatabaseUnusable:
                raise
            except SettlementError as error:
                return Outcome(done=False, result={"code": error.code, "detail": error.sentence})
    return Outcome(done=True, result=_result(payment))


def _result(payment: PaymentRecord) -> dict[str, str | int | None]:
    return {"payment": payment.id, "written_off_minor": payment.written_off_minor}
