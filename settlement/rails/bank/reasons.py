"""Why a bank refuses a payment or sends it back: the codes of the SEPA rulebooks, in words (EPC173-14, EPC135-18)."""

from collections.abc import Mapping
from typing import Final

REASONS: Final[Mapping[str, str]] = {
    "AC01": "the account number is wrong",
    "AC04": "the account is closed",
    "AC06": "the account is blocked",
    "AC13": "the account is a consumer's",
    "AG01": "the account can't be used for this kind of payment",
    "AG02": "the kind of payment is wrong",
    "AM04": "there was not enough money on the account",
    "AM05": "it was sent twice",
    "BE05": "the creditor identifier is wrong",
    "CNOR": "the sender's bank does not take part",
    "CUST": "its sender asked for it back",
    "DNOR": "the payer's bank does not take part",
    "DUPL": "it was sent twice",
    "ED05": "it could not be settled",
    "FF01": "the file is malformed",
    "FOCR": "its sender asked for it back",
    "FRAD": "it was fraudulent",
    "MD01": "there is no mandate",
    "MD02": "the mandate's data are wrong",
    "MD06": "the payer asked for the money back",
    "MD07": "the account's owner has died",
    "MS02": "the account's owner refused it",
    "MS03": "the bank gives no reason",
    "NARR": "the reason is in the bank's words",
    "RC01": "the bank's BIC is wrong",
    "RR01": "the payer's account is missing",
    "RR02": "the payer's name or address is missing",
    "RR03": "the payee's name or address is missing",
    "RR04": "a regulation forbids it",
    "SL01": "the payer's bank does not let it through",
    "TECH": "a technical fault at the sender",
    "TM01": "it came after the bank's cut-off",
}


def reason_text(code: str, bank_text: str = "") -> str:
    """Why, as a sentence: what the code means, with the code, and what the bank itself wrote."""
    parts = [REASONS.get(code, "the bank refused it or sent it back")]
    if code:
        parts.append(f" ({code})")
    if bank_text:
        parts.append(f": {bank_text}")
    return "".join(parts)
