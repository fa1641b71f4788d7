"""Write off what is missing of a collection: it is a cost of its rail then, and nobody owes it any more."""

from settlement.errors import PaymentRefused
from settlement.payments.context import PaymentContext
from settlement.payments.states import LIVE, PaymentRoute, PaymentState
from settlement.payments.store import PaymentRecord, payment_by_id, payments_where
from settlement.payments.unit_of_work import UnitOfWork, open_unit_of_work
from settlement.rails.actor import check_actor
from settlement.sentences import Phrase


def write_off_rest(context: PaymentContext, payment_id: str, why: str) -> PaymentRecord:
    """Write off the rest of a net that was collected in part. More that comes after all undoes as much of it.

    Raises ActorMissing, PaymentNotFound, and PaymentRefused where no rest is open, or it is being collected again.
    """
    check_actor(context.actor)
    with open_unit_of_work(context) as unit:
        payment = payment_by_id(context.book, context.session, payment_id)
        if not payment.is_collected_net or not payment.rest_minor:
            raise PaymentRefused(payment.id, Phrase("nothing is missing of it that could be written off"))
        if -unit.owed(payment.participant) - _being_collected(unit, payment.participant) < payment.rest_minor:
            raise PaymentRefused(payment.id, Phrase("what is missing was paid otherwise, or is being collected again"))
        return unit.write_off_rest(payment, why)


def _being_collected(unit: UnitOfWork, participant: str) -> int:
    """What is on its way from a participant; what is only planned is called off when nothing is owed any more."""
    states = sorted(state.value for state in LIVE - {PaymentState.PLANNED})
    live = payments_where(
        unit.context.book,
        unit.context.session,
        "participant = ? AND route = ? AND state = ANY(?)",
        participant,
        PaymentRoute.COLLECT.value,
        states,
    )
    return sum(payment.minor for payment in live if payment.is_collected_net)
