"""Why a bank refuses a payment or sends it back: the codes of the SEPA rulebooks (EPC173-14, EPC135-18) and of Nacha's
returns, in words."""

from collections.abc import Mapping
from typing import Final

from settlement.rails.bank import ach_returns
from settlement.sentences import N_, Phrase

REASONS: Final[Mapping[str, str]] = {
    **ach_returns.REASONS,
    "AC01": N_("the account number is wrong"),
    "AC04": N_("the account is closed"),
    "AC06": N_("the account is blocked"),
    "AC13": N_("the account is a consumer's"),
    "AG01": N_("the account can't be used for this kind of payment"),
    "AG02": N_("the kind of payment is wrong"),
    "AM04": N_("there was not enough money on the account"),
    "AM05": N_("it was sent twice"),
    "BE05": N_("the creditor identifier is wrong"),
    "CNOR": N_("the sender's bank does not take part"),
    "CUST": N_("its sender asked for it back"),
    "DNOR": N_("the payer's bank does not take part"),
    "DUPL": N_("it was sent twice"),
    "ED05": N_("it could not be settled"),
    "FF01": N_("the file is malformed"),
    "FOCR": N_("its sender asked for it back"),
    "FRAD": N_("it was fraudulent"),
    "MD01": N_("there is no mandate"),
    "MD02": N_("the mandate's data are wrong"),
    "MD06": N_("the payer asked for the money back"),
    "MD07": N_("the account's owner has died"),
    "MS02": N_("the account's owner refused it"),
    "MS03": N_("the bank gives no reason"),
    "NARR": N_("the reason is in the bank's words"),
    "RC01": N_("the bank's BIC is wrong"),
    "RR01": N_("the payer's account is missing"),
    "RR02": N_("the payer's name or address is missing"),
    "RR03": N_("the payee's name or address is missing"),
    "RR04": N_("a regulation forbids it"),
    "SL01": N_("the payer's bank does not let it through"),
    "TECH": N_("a technical fault at the sender"),
    "TM01": N_("it came after the bank's cut-off"),
}


_UNKNOWN = N_("the bank refused it or sent it back")


def bank_reason(code: str, bank_text: str = "") -> Phrase:
    """Why, as a sentence: what the code means, with the code, and what the bank itself wrote."""
    meaning = Phrase(REASONS.get(code, _UNKNOWN))
    if code:
        meaning = Phrase("{meaning} ({code})", meaning=meaning, code=code)
    return Phrase("{meaning}: {text}", meaning=meaning, text=bank_text) if bank_text else meaning
