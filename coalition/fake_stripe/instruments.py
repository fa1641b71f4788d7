"""Stripe's documented test cards and bank accounts, and what becomes of a payment with each.

Sources: docs.stripe.com/testing, /payments/sepa-debit/accept-a-payment, /payments/ach-direct-debit/accept-a-payment,
/payments/bacs-debit/accept-a-payment, /payments/au-becs-debit/accept-a-payment; the last two give numbers, and the ids
that stand for them are the fake's own.
Where Stripe's test mode is in a hurry, the fake takes the days that real money takes.
"""

from dataclasses import dataclass
from typing import Literal

Type = Literal["card", "sepa_debit", "us_bank_account", "bacs_debit", "au_becs_debit"]

CURRENCY = {"sepa_debit": "eur", "us_bank_account": "usd", "bacs_debit": "gbp", "au_becs_debit": "aud"}
"""Bank debits exist in one currency each."""

CAPABILITY = {
    "sepa_debit": "sepa_debit_payments",
    "us_bank_account": "us_bank_account_ach_payments",
    "bacs_debit": "bacs_debit_payments",
    "au_becs_debit": "au_becs_debit_payments",
}
"""What an account must have active to be paid by them."""

KINDS = ("card", *CURRENCY)

USUAL_DAYS = {"card": 0, "sepa_debit": 5, "us_bank_account": 4, "bacs_debit": 4, "au_becs_debit": 2}
"""Business days until a payment succeeds or fails, as Stripe gives them."""

MAX_DEBIT = {"sepa_debit": 1_000_000, "bacs_debit": 10_000_000, "au_becs_debit": 1_000_000}
"""The most that one debit may be, in minor units, where that is less than what can be charged at all."""

MANDATE_DAYS = 3
"""Business days until a bank has confirmed a Bacs mandate."""

LATE_DAYS = 14
"""Business days after which a SEPA debit has failed or not, at the latest."""


@dataclass(frozen=True)
class Behaviour:
    """What becomes of payments with a payment method.

    `failure` is the failure code, or None if payments succeed. `days` are business days until the outcome is known,
    None for the usual ones. With `dispute` a payment that succeeded comes back for that reason `dispute_days`
    (calendar days) later. A payment with `never` stays in processing. With `small_deposits` the owner has to say how
    much two small deposits were before the account can be debited.
    """

    failure: str | None = None
    decline: str | None = None
    days: int | None = None
    dispute: str | None = None
    dispute_days: int = 0
    never: bool = False
    small_deposits: bool = False


@dataclass(frozen=True)
class Instrument:
    """A card or a bank account that the fake knows."""

    type: Type
    number: str
    behaviour: Behaviour = Behaviour()
    brand: str = "visa"
    country: str = "US"

    @property
    def last4(self) -> str:
        """What is shown of the number."""
        return self.number[-4:]


def _cards() -> dict[str, Instrument]:
    declined = {
        "pm_card_chargeDeclined": ("4000000000000002", "generic_decline"),
        "pm_card_chargeDeclinedInsufficientFunds": ("4000000000009995", "insufficient_funds"),
        "pm_card_visa_chargeDeclined": ("4000000000000002", "generic_decline"),
        "pm_card_visa_chargeDeclinedInsufficientFunds": ("4000000000009995", "insufficient_funds"),
        "pm_card_visa_chargeDeclinedLostCard": ("4000000000009987", "lost_card"),
        "pm_card_visa_chargeDeclinedStolenCard": ("4000000000009979", "stolen_card"),
        "pm_card_chargeCustomerFail": ("4000000000000341", "generic_decline"),
    }
    known = {
        "pm_card_visa": Instrument("card", "4242424242424242"),
        "pm_card_visa_debit": Instrument("card", "4000056655665556"),
        "pm_card_mastercard": Instrument("card", "5555555555554444", brand="mastercard"),
        "pm_card_de": Instrument("card", "4000002760000016", country="DE"),
        "pm_card_bypassPending": Instrument("card", "4000000000000077"),
        "pm_card_chargeDeclinedExpiredCard": Instrument("card", "4000000000000069", Behaviour("expired_card")),
        "pm_card_authenticationRequired": Instrument(
            "card", "4000002760003184", Behaviour("authentication_required", "authentication_required")
        ),
        "pm_card_createDispute": Instrument("card", "4000000000000259", Behaviour(dispute="fraudulent")),
    }
    return known | {
        token: Instrument("card", number, Behaviour("card_declined", reason))
        for token, (number, reason) in declined.items()
    }


def _us_accounts() -> dict[str, Instrument]:
    outcomes = {
        "success": ("000123456789", Behaviour()),
        "accountClosed": ("000111111113", Behaviour("account_closed")),
        "noAccount": ("000111111116", Behaviour("no_account")),
        "insufficientFunds": ("000222222227", Behaviour("insufficient_funds")),
        "debitNotAuthorized": ("000333333335", Behaviour("debit_not_authorized")),
        "invalidCurrency": ("000444444440", Behaviour("invalid_currency")),
        "dispute": ("000555555559", Behaviour(dispute="insufficient_funds")),
        "processing": ("000000000009", Behaviour(never=True)),
        "weeklyLimitExceeded": ("000777777771", Behaviour("charge_exceeds_weekly_limit")),
        "smallDeposits": ("000000000013", Behaviour(small_deposits=True)),
    }
    return {
        f"pm_usBankAccount_{name}": Instrument("us_bank_account", number, behaviour)
        for name, (number, behaviour) in outcomes.items()
    }


def _uk_accounts() -> dict[str, Instrument]:
    outcomes = {
        "success": ("00012345", Behaviour()),
        "debitNotAuthorized": ("33333335", Behaviour("debit_not_authorized")),
        "insufficientFunds": ("22222227", Behaviour("insufficient_funds")),
        "dispute": ("55555559", Behaviour(dispute="debit_not_authorized")),
    }
    return {
        f"pm_bacsDebit_{name}": Instrument("bacs_debit", number, behaviour, country="GB")
        for name, (number, behaviour) in outcomes.items()
    }


def _au_accounts() -> dict[str, Instrument]:
    outcomes = {
        "success": ("000123456", Behaviour()),
        "accountClosed": ("111111113", Behaviour("account_closed")),
        "insufficientFunds": ("222222227", Behaviour("insufficient_funds")),
        "dispute": ("666666660", Behaviour(dispute="debit_not_authorized")),
    }
    return {
        f"pm_auBecsDebit_{name}": Instrument("au_becs_debit", number, behaviour, country="AU")
        for name, (number, behaviour) in outcomes.items()
    }


def _ibans() -> dict[str, Instrument]:
    outcomes = {
        "success": Behaviour(),
        "successDelayed": Behaviour(days=LATE_DAYS),
        "failed": Behaviour("debit_not_authorized"),
        "failedDelayed": Behaviour("debit_not_authorized", days=LATE_DAYS),
        "disputed": Behaviour(dispute="debit_not_authorized"),
        "exceedsWeeklyVolumeLimit": Behaviour("charge_exceeds_source_limit"),
        "exceedsWeeklyTransactionLimit": Behaviour("charge_exceeds_weekly_limit"),
        "insufficientFunds": Behaviour("insufficient_funds"),
    }
    numbers = {
        "at": "AT611904300234573201 AT321904300235473204 AT861904300235473202 AT051904300235473205 "
        "AT591904300235473203 AT981904300000343434 AT601904300000121212 AT981904300002222227",
        "de": "DE89370400440532013000 DE08370400440532013003 DE62370400440532013001 DE78370400440532013004 "
        "DE35370400440532013002 DE65370400440000343434 DE27370400440000121212 DE65370400440002222227",
        "ie": "IE29AIBK93115212345678 IE24AIBK93115212345671 IE02AIBK93115212345679 IE94AIBK93115212345672 "
        "IE51AIBK93115212345670 IE10AIBK93115200343434 IE69AIBK93115200121212 IE10AIBK93115202222227",
        "lu": "LU280019400644750000 LU440019400644750003 LU980019400644750001 LU170019400644750004 "
        "LU710019400644750002 LU900010000000343434 LU520010000000121212 LU900010000002222227",
    }
    return {
        f"pm_{name}_{country}": Instrument("sepa_debit", iban, behaviour, country=country.upper())
        for country, ibans in numbers.items()
        for (name, behaviour), iban in zip(outcomes.items(), ibans.split(), strict=True)
    }


TOKENS: dict[str, Instrument] = _cards() | _us_accounts() | _uk_accounts() | _au_accounts() | _ibans()
"""Test payment methods by the id that stands for each."""
