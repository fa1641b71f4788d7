"""Bacs files in Standard 18, for banks in the United Kingdom: labels, payments of 106 characters, and a contra.

Amounts are pence. A payment names its day of processing (Julian, as byyddd), so that one file has several. References
have 18 characters: ours without its RF. A contra books the sum of each day on the alliance's own account (Bacs,
Electronic Funds Transfer file structures).
"""

from collections.abc import Sequence
from datetime import date

from settlement.calendar import date_of
from settlement.rails.bank.bank_days import next_bank_day
from settlement.rails.bank.facts import BankFileItem
from settlement.rails.bank.identifiers import CREDITOR_PREFIX, sepa_text
from settlement.rails.bank.national import bacs_account_problem, digits_of, sort_code_problem
from settlement.rails.bank.settings import BankSettings, FileKind
from settlement.rails.port import Direction, RailAccount
from settlement.sentences import Phrase

DETAILS = ("name", "sort_code", "account", "mandate_id", "mandate_signed_on")
"""What a file says of an account; the reference of a Direct Debit Instruction is its mandate's."""
MINOR_MAX = 99_999_999_999 - 1
REFERENCE_CHARS, MANDATE_CHARS = 18, 18
_CREDIT, _DEBIT = "99", "17"
"""Codes of payments. Every debit is one under an instruction that is set up already: its first needs no other code."""


def account_problem(settings: BankSettings, account: RailAccount, direction: Direction) -> str:  # noqa: ARG001
    """Why a participant's account can't be in such a file; empty where it can."""
    details = account.details
    problem = sort_code_problem(details.get("sort_code", "")) or bacs_account_problem(details.get("account", ""))
    if problem or direction is Direction.PAY:
        return problem
    mandate = details.get("mandate_id", "")
    if not mandate:
        return Phrase("there is no mandate")
    is_sound = len(mandate) <= MANDATE_CHARS and sepa_text(mandate, MANDATE_CHARS) == mandate
    return "" if is_sound else Phrase("a Direct Debit Instruction has a reference of at most 18 characters")


def bacs_file(
    settings: BankSettings, kind: FileKind, items: Sequence[BankFileItem], message_id: str, today: date
) -> bytes:
    """The file: its labels, a payment for each item, a contra for each day, and the closing labels."""
    serial = _text(message_id.rpartition("-")[2], 6)
    user, own = settings.service_user, digits_of(settings.sort_code) + digits_of(settings.own_account)
    days: dict[date, list[BankFileItem]] = {}
    for item in items:
        # It is processed on the day before the money arrives, and at the earliest on the one after today.
        days.setdefault(max(next_bank_day("GB", date_of(item.due_on)), next_bank_day("GB", today, 1)), []).append(item)
    label = f"A{user}S  1{user}{serial}00010001{'':6}{_julian(today)}{_julian(today)} 000000{'':20}"
    header = [
        f"VOL1{serial}{'':27}{'':4}{user}{'':4}{'':28}1",
        f"HDR1{label}",
        f"HDR2F0200000106{'':35}00{'':28}",
        f"UHL1{_julian(min(days))}999999    000000004 MULTI  001{'':40}",
    ]
    payments = []
    for day, batch in sorted(days.items()):
        for item in batch:
            number = digits_of(item.details["sort_code"]) + digits_of(item.details["account"])
            code, reference = _DEBIT if kind.is_debit else _CREDIT, item.reference.removeprefix(CREDITOR_PREFIX)
            name = item.details.get("name") or item.participant
            payments.append(_payment(settings, (number, code, own), item.minor, (reference, name), day))
        total = sum(item.minor for item in batch)
        contra = _CREDIT if kind.is_debit else _DEBIT
        payments.append(_payment(settings, (own, contra, own), total, ("CONTRA", settings.holder), day))
    minor, count = sum(item.minor for item in items), len(items)
    sums = (minor, minor, count, len(days)) if kind.is_debit else (minor, minor, len(days), count)
    closing = [
        header[1].replace("HDR1", "EOF1", 1),
        header[2].replace("HDR2", "EOF2", 1),
        f"UTL1{sums[0]:013}{sums[1]:013}{sums[2]:07}{sums[3]:07}{'':36}",
    ]
    return "".join(f"{record}\r\n" for record in (*header, *payments, *closing)).encode("ascii")


def _payment(settings: BankSettings, way: tuple[str, str, str], minor: int, texts: tuple[str, str], day: date) -> str:
    """A record: `way` is the account, the code and the account on the other side; `texts` reference and name."""
    number, code, own = way
    reference, name = (_text(text, REFERENCE_CHARS) for text in texts)
    holder = _text(settings.holder, REFERENCE_CHARS)
    return f"{number}0{code}{own}{'':4}{minor:011}{holder}{reference}{name}{_julian(day)}"


def _julian(day: date) -> str:
    """A day as byyddd."""
    return f" {day.strftime('%y%j')}"


def _text(text: str, chars: int) -> str:
    return sepa_text(text, chars).upper().ljust(chars)
