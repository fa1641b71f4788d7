"""Return files of Nacha: entries that came back or were refused, each with an addenda of type 99 that says why.

Records have 94 characters (Nacha Operating Rules, Appendix Four; the layout is public in docs/returns.md and
addenda99.go of github.com/moov-io/ach):

record  positions  what
1       1          the file's header
6       2-3        code of the transaction: 21 and 31 return a credit, 26 and 36 a debit
6       40-54      the receiver's id as it was sent: the first 15 characters of our reference
799     4-6        reason of the return, R01 to R85
798     4-6        what the bank asks to correct, C01 to C14: nothing came back

A file says what comes back, and a statement what the account is debited. A dispute between the banks about a return
(R61 to R77) moves nothing that concerns us.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from settlement.rails.bank.ach import ID_CHARS
from settlement.rails.bank.reported import BankReport, RejectedPayment
from settlement.sentences import N_, Phrase

KIND = "ACH returns"
_RECORD_CHARS = 94
_RETURN_CODES = frozenset({"21", "31", "26", "36"})
_BETWEEN_BANKS = frozenset({f"R{number}" for number in range(61, 78)})
REASONS: Final[Mapping[str, str]] = {
    "R01": N_("there was not enough money on the account"),
    "R02": N_("the account is closed"),
    "R03": N_("there is no such account"),
    "R04": N_("the account number is wrong"),
    "R07": N_("the payer took the authorization back"),
    "R08": N_("the payer stopped this payment"),
    "R09": N_("there was not enough money on the account"),
    "R10": N_("the payer says that it was not authorized"),
    "R14": N_("the account's owner has died"),
    "R15": N_("the account's owner has died"),
    "R16": N_("the account is blocked"),
    "R20": N_("the account can't be used for this kind of payment"),
    "R23": N_("the account's owner refused it"),
    "R24": N_("it was sent twice"),
    "R29": N_("the payer says that it was not authorized"),
}


def is_ach(text: str) -> bool:
    """Whether a text is a file of Nacha's."""
    first = text.lstrip("\ufeff").partition("\n")[0].rstrip("\r")
    return first.startswith("101") and len(first) == _RECORD_CHARS


def read_ach_returns(text: str) -> BankReport:
    """What a return file says."""
    doubts: list[Phrase] = []
    rejected = tuple(_rejected(text, doubts))
    return BankReport(KIND, rejected=rejected, doubts=tuple(doubts))


def _rejected(text: str, doubts: list[Phrase]) -> Iterator[RejectedPayment]:
    transaction = id_ = ""
    for record in text.splitlines():
        code = record[3:6]
        if record.startswith("6"):
            transaction, id_ = record[1:3], record[39 : 39 + ID_CHARS].strip()
        elif record.startswith("799") and transaction in _RETURN_CODES and code not in _BETWEEN_BANKS:
            yield RejectedPayment(id_, "", code, "", returned=True)
        elif record.startswith("798"):
            doubts.append(
                Phrase(
                    "the bank of {reference:name} asks to correct its account ({code}: {text})",
                    reference=id_,
                    code=code,
                    text=record[35:64].strip(),
                )
            )
