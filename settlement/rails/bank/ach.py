"""ACH files of Nacha for banks in the United States: batches of company credits and debits (CCD with an addenda each).

Every record has 94 characters, and a file a multiple of ten records (Nacha Operating Rules, Appendix Three). Amounts
are cents. The bank that gets the file is both its destination and the originator's; the reference of a payment stands
whole in its addenda, and its first 15 characters are the id that the receiver sees.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from settlement.calendar import date_of
from settlement.rails.bank.bank_days import next_bank_day
from settlement.rails.bank.facts import BankFileItem
from settlement.rails.bank.identifiers import sepa_text
from settlement.rails.bank.national import digits_of, routing_problem
from settlement.rails.bank.settings import BankSettings, FileKind
from settlement.rails.port import Direction, RailAccount
from settlement.sentences import Phrase

DETAILS = ("name", "account", "routing", "account_type", "mandate_id", "mandate_signed_on")
"""What a file says of an account; to collect, the authorization is a mandate as with other debits."""
MINOR_MAX = 9_999_999_999
ACCOUNT_CHARS, ID_CHARS, NAME_CHARS, TEXT_CHARS = 17, 15, 22, 80
_RECORD_CHARS, _BLOCK = 94, 10
_CODES: Mapping[tuple[str, Direction], str] = {
    ("checking", Direction.PAY): "22",
    ("checking", Direction.COLLECT): "27",
    ("savings", Direction.PAY): "32",
    ("savings", Direction.COLLECT): "37",
}
"""Codes of transactions by kind of account."""
_CREDITS_ONLY, _DEBITS_ONLY = "220", "225"
_MICROSECONDS = 1_000_000


def account_problem(settings: BankSettings, account: RailAccount, direction: Direction) -> str:  # noqa: ARG001
    """Why a participant's account can't be in such a file; empty where it can."""
    details = account.details
    problem = routing_problem(details.get("routing", ""))
    if problem:
        return problem
    number = digits_of(details.get("account", ""))
    if not 0 < len(number) <= ACCOUNT_CHARS or not number.isalnum():
        return Phrase("the account needs a number of at most {count:number} characters", count=ACCOUNT_CHARS)
    kinds = [kind for kind, way in _CODES if way is direction]
    if (details.get("account_type") or kinds[0]) not in kinds:
        return Phrase("account_type must be one of {choices}", choices=kinds)
    if direction is Direction.COLLECT and not details.get("mandate_id"):
        return Phrase("there is no mandate")
    return ""


def ach_file(settings: BankSettings, kind: FileKind, items: Sequence[BankFileItem], now: int, today: date) -> bytes:
    """The file: one batch for each day of settlement."""
    created = datetime.fromtimestamp(now // _MICROSECONDS, UTC)
    records = [
        "101" + f" {settings.routing}".rjust(10) + _text(settings.company_id, 10)
        + created.strftime("%y%m%d%H%M") + "A094101" + _text("", 23) + _text(settings.holder, 23) + _text("", 8),
    ]  # fmt: skip
    days: dict[date, list[BankFileItem]] = {}
    for item in items:
        days.setdefault(next_bank_day("US", max(date_of(item.due_on), today)), []).append(item)
    totals: list[tuple[int, int, int]] = []
    traced = 0
    for number, (day, batch) in enumerate(sorted(days.items()), start=1):
        made, total = _batch(settings, kind, batch, day, (number, traced))
        traced += len(batch)
        records += made
        totals.append(total)
    count, routing_sum, minor = (sum(column) for column in zip(*totals, strict=True))
    blocks = -(-(len(records) + 1) // _BLOCK)
    records.append(
        "9" + _number(len(days), 6) + _number(blocks, 6) + _number(count, 8) + _number(routing_sum, 10)
        + _sums(kind, minor) + _text("", 39)
    )  # fmt: skip
    records += ["9" * _RECORD_CHARS] * (blocks * _BLOCK - len(records))
    return "".join(f"{record}\r\n" for record in records).encode("ascii")


def _batch(
    settings: BankSettings, kind: FileKind, items: Sequence[BankFileItem], day: date, place: tuple[int, int]
) -> tuple[list[str], tuple[int, int, int]]:
    """Records of one batch; how many entries and addenda, the sum of routing numbers, and of cents.

    `place` is its number and how many entries stand before it.
    """
    number, before = place
    service = _DEBITS_ONLY if kind.is_debit else _CREDITS_ONLY
    bank = settings.routing[:8]
    records = [
        "5" + service + _text(settings.holder, 16) + _text("", 20) + _text(settings.company_id, 10) + "CCD"
        + _text("SETTLEMENT", 10) + _text("", 6) + day.strftime("%y%m%d") + "   1" + bank + _number(number, 7),
    ]  # fmt: skip
    for entry, item in enumerate(items, start=before + 1):
        trace = _number(entry, 7)
        details = item.details
        records += [
            "6" + _CODES[details.get("account_type") or "checking", item.direction] + details["routing"]
            + _text(digits_of(details["account"]), ACCOUNT_CHARS) + _number(item.minor, 10)
            + _text(item.reference, ID_CHARS) + _text(details.get("name") or item.participant, NAME_CHARS) + "  1"
            + bank + trace,
            "705" + _text(f"{item.reference} {item.text}", TEXT_CHARS) + "0001" + trace,
        ]  # fmt: skip
    count = 2 * len(items)
    routing_sum = sum(int(item.details["routing"][:8]) for item in items)
    minor = sum(item.minor for item in items)
    records.append(
        "8" + service + _number(count, 6) + _number(routing_sum, 10) + _sums(kind, minor)
        + _text(settings.company_id, 10) + _text("", 25) + bank + _number(number, 7)
    )  # fmt: skip
    return records, (count, routing_sum, minor)


def _sums(kind: FileKind, minor: int) -> str:
    """The sum of debits, then of credits."""
    return _number(minor if kind.is_debit else 0, 12) + _number(0 if kind.is_debit else minor, 12)


def _number(value: int, digits: int) -> str:
    """So many digits, the last ones where there are more, as sums of routing numbers are cut."""
    return str(value).zfill(digits)[-digits:]


def _text(text: str, chars: int) -> str:
    return sepa_text(text, chars).ljust(chars)
