"""Statements in MT940, the older form of SWIFT, read by the library `mt-940`: several statements of several accounts.

An account is an IBAN, or the number within it beside the bank's code. What field 86 says is structured by a country's
custom: German sub-fields (?20EREF+…), or words between slashes (/EREF/…), or plain text.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from settlement.calendar import EARLIEST, Calendar, day_number, written_date
from settlement.errors import SettlementError
from settlement.rails.bank.errors import BankFileUnreadable, ForeignStatement
from settlement.rails.bank.identifiers import compact
from settlement.rails.bank.reported import (
    BankEntry,
    BankReport,
    ReportedPayment,
    StatementSpan,
    minor_of,
    reference_or_empty,
    span_doubt,
)
from settlement.rails.bank.settings import BankSettings
from settlement.sentences import Phrase, reason_of

KIND = "MT940"
_OPENING = ("final_opening_balance", "intermediate_opening_balance")
_CLOSING = ("final_closing_balance", "intermediate_closing_balance")
_START = re.compile(r"^:20:", re.MULTILINE)
_STATEMENT = re.compile(r"^:(25|28C?|60[FM]):", re.MULTILINE)
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", re.ASCII)
_CURRENCY = re.compile(r"(?<=[0-9])[A-Z]{3}$", re.ASCII)
_WORDS = re.compile(r"/(EREF|REMI|NAME|IBAN|RTRN|PREF|ORDP|BENM|CSID|MARF|TRTP|BIC|KREF|PURP|ULTD|ULTC)/", re.ASCII)
_REASON = re.compile(r"\b(?:RTRN|RETURN|SVWZ\+RETURN/REFUND)[/ ]*([A-Z]{2}[0-9]{2})\b", re.ASCII)
_RETURNED_CODES = frozenset({"108", "109", "159"})
"""German codes of business for debits and transfers that come back."""
_NUMBER_CHARS = 7
"""A number of fewer characters is not taken for the end of an IBAN."""
_PLACE_CHARS, _TEXT_CHARS = 40, 1_000


def is_mt940(text: str) -> bool:
    """Whether a text is of this form."""
    return _START.search(text) is not None and _STATEMENT.search(text) is not None


def read_mt940(file: str, text: str, settings: BankSettings, calendar: Calendar) -> BankReport:
    """All movements of the account. Raises BankFileUnreadable, and ForeignStatement where none is the account's."""
    import mt940

    try:
        statements = mt940.parse_statements(text, options=mt940.Options.all())
    except (RuntimeError, ValueError, ArithmeticError, LookupError, TypeError) as error:
        line = str(error.args[-1])[:_PLACE_CHARS] if error.args else ""
        raise BankFileUnreadable(file, Phrase("line {line:name}", line=line), Phrase("this is not MT940")) from None
    entries: list[BankEntry] = []
    spans: list[StatementSpan] = []
    doubts: list[Phrase] = []
    others: dict[str, Phrase] = {}
    own = 0
    for statement in statements:
        number = str(statement.data.get("account_identification") or "").strip()
        place = Phrase("statement {number}", number=str(statement.data.get("statement_number") or "?"))
        if not number and not len(statement):
            continue
        currency = str(statement.currency or settings.currency)
        if not is_own(number, settings) or currency != settings.currency:
            others.setdefault(f"{number} {currency}" if currency != settings.currency else number, place)
            continue
        own += 1
        # Only what has an amount is a movement: other fields of a bank's own follow the last one in some files.
        moved = [line.data for line in statement if "amount" in line.data]
        read = [_entry(file, place, data, settings, calendar) for data in moved]
        entries += read
        span = _span(file, place, statement.data, settings)
        if span is not None:
            spans.append(span)
            doubt = span_doubt(span, read)
            doubts += [doubt] if doubt else []
    for number, place in others.items() if not own else ():
        raise ForeignStatement(file, place, Phrase("account {account}", account=number), settings.own_account)
    if not own:
        raise BankFileUnreadable(file, Phrase("the whole file"), Phrase("{paths} is missing", paths=":25:"))
    kept = tuple(entry for entry in entries if entry.total)
    return BankReport(KIND, kept, spans=tuple(spans), others=tuple(others), doubts=tuple(doubts))


def is_own(number: str, settings: BankSettings) -> bool:
    """Whether an account as a statement names it is the alliance's: IBAN, bank and number, or BIC and number."""
    own = settings.own_account
    parts = [compact(part) for part in number.split("/") if part.strip()]
    if len(parts) > 1 and _BIC.fullmatch(parts[0]):
        parts = parts[1:]
    if not parts:
        return False
    parts[-1] = _CURRENCY.sub("", parts[-1])
    if len(parts) == 1 and parts[0] == own:
        return True
    national = own[4:]
    bank, account = "".join(parts[:-1]), parts[-1].lstrip("0")
    is_long = len(parts) > 1 or len(account) >= _NUMBER_CHARS
    return bool(account) and is_long and national.endswith(account) and national.startswith(bank)


def _entry(file: str, place: str, data: Mapping[str, Any], settings: BankSettings, calendar: Calendar) -> BankEntry:
    minor = _minor(file, place, data["amount"].amount, settings)
    try:
        day = written_date(str(data.get("entry_date") or data["date"]), EARLIEST)
    except (ValueError, SettlementError) as error:
        raise BankFileUnreadable(file, place, reason_of(error)) from None
    details = str(data.get("transaction_details") or "").replace("\n", "").replace("\r", "")
    words = _words(details)
    purpose = _joined(data, ("purpose", "additional_purpose")) or words.get("REMI") or details
    reference = str(data.get("end_to_end_reference") or "") or words.get("EREF", "")
    reason = _REASON.search(f"{details} {purpose}")
    returned = (
        reason is not None
        or str(data.get("status", "")).startswith("R")
        or data.get("transaction_code") in _RETURNED_CODES
        or str(data.get("id", "")) == "NRTI"
    )
    part = ReportedPayment(
        minor=minor,
        end_to_end=reference_or_empty(reference),
        batch=reference_or_empty(_batch(data, words)),
        returned=returned,
        code="" if reason is None else reason[1],
        counterparty=_joined(data, ("applicant_name", "applicant_iban")) or _joined(words, ("NAME", "IBAN")),
        text=" ".join(filter(None, (purpose, str(data.get("extra_details") or ""))))[:_TEXT_CHARS],
    )
    number = day_number(day)
    return BankEntry(
        reference_or_empty(str(data.get("bank_reference") or "")), calendar.start_of_day(number), number, (part,)
    )


def _batch(data: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """The reference of the file that the movement stands for; what field 86 says of it follows what field 61 says."""
    stated = data.get("additional_position_reference") or words.get("KREF") or data.get("customer_reference") or ""
    return str(stated).splitlines()[-1] if stated else ""


def _span(file: str, place: str, data: Mapping[str, Any], settings: BankSettings) -> StatementSpan | None:
    opening, closing = (next((data[name] for name in names if name in data), None) for names in (_OPENING, _CLOSING))
    if opening is None or closing is None:
        return None
    return StatementSpan(
        day_number(opening.date),
        _minor(file, place, opening.amount.amount, settings),
        day_number(closing.date),
        _minor(file, place, closing.amount.amount, settings),
    )


def _minor(file: str, place: str, amount: Decimal, settings: BankSettings) -> int:
    minor = minor_of(f"{amount:f}", settings.minor_digits)
    if minor is None:
        problem = Phrase(
            "{text:name} is not an amount with at most {digits} decimals",
            text=str(amount),
            digits=settings.minor_digits,
        )
        raise BankFileUnreadable(file, place, problem)
    return minor


def _words(details: str) -> dict[str, str]:
    """What stands after each word between slashes, as Dutch and Belgian banks write it."""
    pieces = _WORDS.split(details)
    return {word: text.strip("/ ") for word, text in zip(pieces[1::2], pieces[2::2], strict=True)}


def _joined(data: Mapping[str, Any], names: Sequence[str]) -> str:
    return " ".join(str(data[name]) for name in names if data.get(name))
