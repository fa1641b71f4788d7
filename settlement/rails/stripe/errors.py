"""What the Stripe rail raises. A payment that goes wrong is no error: it is an Observation.

SettlementError
├── AmountNotPayable      an amount that Stripe can't express in that currency
├── DigitsTooFew          a book without room for the decimals that Stripe writes
├── CountryNotServed      a shop in a country to which Stripe does not let the alliance pay
├── StripeRefused         a request that Stripe refused for good
├── StripeUnreachable     no answer that could be trusted, after all tries
├── SignatureWrong        a webhook that does not come from Stripe, or is older than five minutes
└── StripeEventMalformed  a signed webhook that is no event
"""

from collections.abc import Sequence
from http import HTTPStatus

from settlement.errors import SettlementError
from settlement.sentences import N_


class AmountNotPayable(SettlementError):
    """An amount between two steps of what Stripe can move. In minor units of the currency."""

    code = "amount_not_payable"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Amount not payable by Stripe")
    remedy = N_("Stripe moves this currency in larger steps. Carry the rest forward.")
    detail = N_(
        "Stripe moves {currency} in steps of {step_minor} minor units, and {minor} is no multiple of that. "
        "Carry the rest forward."
    )
    minor: int
    currency: str
    step_minor: int


class DigitsTooFew(SettlementError):
    """A book whose currency has fewer decimals than Stripe writes: a fee could not be booked to the last unit."""

    code = "digits_too_few"
    status = HTTPStatus.CONFLICT
    title = N_("Too few decimals for Stripe")
    remedy = N_("Stripe needs an alliance that counts this currency in smaller units: see `detail`.")
    detail = N_(
        "Stripe writes {currency} with {stripe_digits} decimals, and this book, which keeps them, with {minor_digits}. "
        "Open an alliance whose file says minor_digits = {stripe_digits}."
    )
    currency: str
    minor_digits: int
    stripe_digits: int


class CountryNotServed(SettlementError):
    """A shop in a country whose accounts the alliance's own account at Stripe may not pay."""

    code = "country_not_served"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Country not served by Stripe")
    remedy = N_("Correct the country, or let the shop use another rail.")
    detail = N_(
        "Stripe lets an account in {platform:code} pay none in {country:code}. It pays shops in {payable:code}."
    )
    concerns = "country"
    country: str
    platform: str
    payable: Sequence[str]


class StripeRefused(SettlementError):
    """A request that Stripe will not carry out as it is. `reason` is Stripe's own code."""

    code = "stripe_refused"
    status = HTTPStatus.CONFLICT
    title = N_("Refused by Stripe")
    remedy = N_("Read Stripe's reason in `detail`.")
    detail = N_("Stripe refused to {what} ({reason:code}): {why}.")
    what: str
    reason: str
    why: str


class StripeUnreachable(SettlementError):
    """No answer that could be trusted. What was asked may have taken effect; asking again is safe."""

    code = "stripe_unreachable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = N_("Stripe does not answer")
    remedy = N_("Send the same again in a minute.")
    detail = N_("Stripe did not answer when asked to {what} ({why}). Try again in a few minutes.")
    what: str
    why: str


class SignatureWrong(SettlementError):
    """A webhook whose signature fits none of our secrets, or that was signed too long ago."""

    code = "signature_wrong"
    status = HTTPStatus.BAD_REQUEST
    title = N_("Webhook not signed by Stripe")
    remedy = N_("Nothing: only Stripe sends these.")
    detail = N_(
        "The webhook is not accepted: {why}. Check that the endpoint's signing secret (whsec_…) is the one "
        "that is set here, and this machine's clock."
    )
    why: str


class StripeEventMalformed(SettlementError):
    """A body that is signed, yet is not one of Stripe's events."""

    code = "stripe_event_malformed"
    status = HTTPStatus.BAD_REQUEST
    title = N_("Webhook is not a Stripe event")
    remedy = N_("Nothing: only Stripe sends these.")
    detail = N_("The webhook is signed but is not a Stripe event: {why}.")
    why: str
