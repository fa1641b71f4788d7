"""Balance transactions as lines of the alliance's cash at Stripe: to the cent, each under our key."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe

from settlement.rails.port import CashLine
from settlement.rails.stripe.errors import StripeRefused, StripeUnreachable
from settlement.rails.stripe.outcomes import SECOND, StripeMoney, id_of, key_of
from settlement.sentences import Phrase

PAGE = 100
REFUSALS = (stripe.InvalidRequestError, stripe.AuthenticationError, stripe.PermissionError, stripe.IdempotencyError)


@contextmanager
def named_errors(what: str) -> Iterator[None]:
    """Raise StripeRefused or StripeUnreachable in place of what the library raises; `what` is what was asked."""
    try:
        yield
    except REFUSALS as error:
        raise StripeRefused(what, error.code or type(error).__name__, error.user_message or "") from error
    except stripe.StripeError as error:
        raise StripeUnreachable(what, error.user_message or type(error).__name__) from error


def cash_lines(v1: stripe.V1Services, money: StripeMoney, since: int, until: int) -> list[CashLine]:
    """Balance transactions from `since` to before `until` (microseconds since 1970 UTC), oldest first.

    The fee of each is apart: what it did to the balance is `minor - fee_minor`. A debit of which nobody knows yet
    whether it will be paid is left out: Stripe counts it as pending, and takes it back if it fails. Once that is known
    it is there, at the time when it began. Raises StripeRefused and StripeUnreachable.
    """
    asked: Any = {
        "currency": money.currency.lower(),
        # Stripe counts whole seconds: an instant within one is at or after its beginning.
        "created": {"gte": -(-since // SECOND), "lt": -(-until // SECOND)},
        "limit": PAGE,
        "expand": ["data.source"],
    }
    with named_errors(Phrase("list the balance transactions")):
        booked = list(v1.balance_transactions.list(asked).auto_paging_iter())
        return [_line(v1, money, each) for each in reversed(booked) if not _is_undecided(each)]


def _is_undecided(booked: stripe.BalanceTransaction) -> bool:
    return isinstance(booked.source, stripe.Charge) and booked.source.status == "pending"


def _line(v1: stripe.V1Services, money: StripeMoney, booked: stripe.BalanceTransaction) -> CashLine:
    return CashLine(
        booked.id,
        booked.created * SECOND,
        money.minor(booked.amount),
        money.minor(booked.fee),
        _key(v1, booked.source),
        " · ".join(part for part in (booked.type, booked.description) if part),
    )


def _key(v1: stripe.V1Services, source: Any) -> str:
    """The key of the payment that a balance transaction comes from.

    A dispute, and a refund or a reversal that somebody made on Stripe's dashboard, belong to the payment that they
    took back.
    """
    if not isinstance(source, stripe.StripeObject):
        return ""
    own = key_of(source)
    if own:
        return own
    if isinstance(source, (stripe.Dispute, stripe.Refund)) and source.charge:
        return key_of(v1.charges.retrieve(id_of(source.charge)))
    if isinstance(source, stripe.TransferReversal):
        return key_of(v1.transfers.retrieve(id_of(source.transfer)))
    return ""
