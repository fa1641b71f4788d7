"""Say what a line of the bank's statement was: one payment, several, or none of ours."""

from collections.abc import Sequence

from coalition.access.caller import Caller
from coalition.access.log import record_separately
from coalition.alliance import Alliance
from settlement.rails.bank import BankSettings, match_by_hand, set_line_aside


def match_bank_line(
    alliance: Alliance,
    settings: BankSettings,
    caller: Caller,
    line: str,
    payments: Sequence[str],
    note: str,
    amounts_minor: Sequence[int] = (),
) -> None:
    """A waiting line is these payments, by their keys or references; without any it is set aside. This is final.

    `amounts_minor` says how much of the line each of several is. Raises BankLineNotFound, BankLineSettled,
    AttemptNotFound and LineDoesNotFit.
    """
    if payments:
        match_by_hand(alliance.book, settings, line, payments, caller.id, note, amounts_minor)
    else:
        set_line_aside(alliance.book, settings, line, caller.id, note)
    record_separately(
        alliance.database, caller, "bank_line.match", line, {"payments": " ".join(payments), "note": note}
    )
