"""Find a payment that a caller may see."""

from coalition.access.caller import Caller
from coalition.errors import NotFound
from settlement import Phrase
from settlement.payments import PaymentContext, PaymentRecord, find_payments


def find_payment(context: PaymentContext, caller: Caller, id_: str) -> PaymentRecord:
    """The payment with this id. Raises NotFound if there is none, or the caller may not see it."""
    rows = find_payments(context.book, context.session, 1, id_=id_) if id_.isascii() and id_.isalnum() else []
    for payment in rows:
        shops = (payment.participant, payment.counterparty)
        if any(shop and caller.may_act_for_shop(shop) for shop in shops):
            return payment
    raise NotFound(Phrase("payment"), id_)
