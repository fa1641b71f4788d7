"""What the Stripe rail raises. A payment that goes wrong is no error: it is an Observation.

SettlementError
├── AmountNotPayable      an amount that Stripe can't express in that currency
├── DigitsTooFew          a book without room for the decimals that Stripe writes
├── StripeRefused         a request that Stripe refused for good
├── StripeUnreachable     no answer that could be trusted, after all tries
├── SignatureWrong        a webhook that does not come from Stripe, or is older than five minutes
└── NewsMalformed         a signed webhook that is no event
"""

from settlement.errors import SettlementError


class AmountNotPayable(SettlementError):
    """An amount between two steps of what Stripe can move. In minor units of the currency."""

    code = "amount_not_payable"

    def __init__(self, minor: int, currency: str, step_minor: int) -> None:
        self.minor, self.currency, self.step_minor = minor, currency, step_minor
        super().__init__(
            f"Stripe moves {currency} in steps of {step_minor} minor units, and {minor} is no multiple of that; "
            f"carry the rest forward"
        )


class DigitsTooFew(SettlementError):
    """A book whose currency has fewer decimals than Stripe writes: a fee could not be booked to the last unit."""

    code = "digits_too_few"

    def __init__(self, currency: str, minor_digits: int, stripe_digits: int) -> None:
        self.currency, self.minor_digits, self.stripe_digits = currency, minor_digits, stripe_digits
        super().__init__(
            f"Stripe writes {currency} with {stripe_digits} decimals, and this book with {minor_digits}; open the book "
            f"with minor_digits = {stripe_digits}"
        )


class StripeRefused(SettlementError):
    """A request that Stripe will not carry out as it is. `reason` is Stripe's own code."""

    code = "stripe_refused"

    def __init__(self, what: str, reason: str, why: str) -> None:
        self.what, self.reason, self.why = what, reason, why
        super().__init__(f"Stripe refused to {what} ({reason}): {why}")


class StripeUnreachable(SettlementError):
    """No answer that could be trusted. What was asked may have taken effect; asking again is safe."""

    code = "stripe_unreachable"

    def __init__(self, what: str, why: str) -> None:
        self.what, self.why = what, why
        super().__init__(f"Stripe gave no answer when asked to {what} ({why}); try again in some minutes")


class SignatureWrong(SettlementError):
    """A webhook whose signature fits none of our secrets, or that was signed too long ago."""

    code = "signature_wrong"

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(
            f"the webhook is not taken: {why}; check that the endpoint's signing secret (whsec_…) is the one that "
            f"is set here, and this machine's clock"
        )


class NewsMalformed(SettlementError):
    """A body that is signed, yet is not one of Stripe's events."""

    code = "news_malformed"

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"the webhook is signed but is no event of Stripe's: {why}")
