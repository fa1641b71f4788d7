"""What an account at a rail is made of: the details that people may write, and how they are shown to others."""

from collections.abc import Callable, Mapping

from coalition.locale.messages import N_
from settlement.payments import PaymentContext
from settlement.rails import BY_HAND_DETAILS, ByHandRail
from settlement.rails.bank import BankRail, bic_problem, iban_problem, mandate_problem

LABELS: Mapping[str, str] = {
    "account": N_("Account number"),
    "account_type": N_("Kind of account: checking or savings"),
    "address": N_("Address"),
    "bank": N_("Bank"),
    "bank_code": N_("Number of the bank"),
    "bic": N_("BIC"),
    "branch": N_("Branch of the bank"),
    "building": N_("House number"),
    "city": N_("City of the bank"),
    "collection_code": N_("What its Alipay or WeChat Pay code says"),
    "country": N_("Country, in two letters such as DE"),
    "iban": N_("IBAN"),
    "mandate_id": N_("Number of the direct debit mandate"),
    "mandate_sequence": N_("Which debit of the mandate comes next"),
    "mandate_signed_on": N_("Day on which the mandate was signed"),
    "name": N_("Account holder"),
    "note": N_("Note"),
    "phone": N_("Phone"),
    "postcode": N_("Postcode"),
    "province": N_("Province of the bank"),
    "qr_reference": N_("QR reference"),
    "routing": N_("Routing number"),
    "sort_code": N_("Sort code"),
    "street": N_("Street"),
    "town": N_("Town"),
}
"""What each detail is called."""
NUMBERS = frozenset({"account", "iban"})
"""Details by which money finds an account: only their ends are shown."""
CHECKS: Mapping[str, Callable[[str], str]] = {
    "bic": bic_problem,
    "iban": iban_problem,
    "mandate_id": mandate_problem,
}
"""What is wrong with a detail by itself; empty where it can be one."""
END_CHARS = 4


def detail_names(context: PaymentContext, rail: str) -> tuple[str, ...]:
    """The details that people may write of an account at a rail; none where the rail has pages of its own for it."""
    known = context.rails.get(rail)
    if isinstance(known, BankRail):
        return known.detail_names
    return BY_HAND_DETAILS if isinstance(known, ByHandRail) else ()


def masked(name: str, value: str) -> str:
    """A detail as pages show it: of a number only as much as tells two accounts apart."""
    plain = "".join(value.split())
    if name not in NUMBERS or not plain:
        return value
    country = plain[:2] if name == "iban" else ""
    return f"{country}•••• {plain[-END_CHARS:]}" if len(plain) > 2 * END_CHARS else "••••"
