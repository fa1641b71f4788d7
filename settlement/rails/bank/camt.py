"""Statements (camt.053) and notifications (camt.054) of ISO 20022, versions .02 to .13, as banks write them.

What is read is alike in all versions but for two wrappers: a status and a party may have an element of its own
around their text. Only what is booked counts; what is pending comes again when it is.
"""

from collections.abc import Sequence
from datetime import datetime

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
from settlement.rails.bank.xml import XmlNode
from settlement.sentences import Phrase, reason_of

STATEMENTS = {"BkToCstmrStmt": ("camt.053", "Stmt"), "BkToCstmrDbtCdtNtfctn": ("camt.054", "Ntfctn")}
BOOKED = "BOOK"
OPENING, CLOSING = ("OPBD", "PRCD"), ("CLBD",)
"""Kinds of balances, the first that a statement has: what it opens with, what it closes with."""
INTRADAY = "BkToCstmrAcctRpt"

_SIGNS = {"CRDT": 1, "DBIT": -1}
_TEXT_CHARS = 1_000


def read_camt(message: XmlNode, settings: BankSettings, calendar: Calendar) -> BankReport:
    """All booked movements of the account in a message; statements of other accounts are left to their own settings.

    Raises BankFileUnreadable, and ForeignStatement where no statement is the account's.
    """
    kind, name = STATEMENTS[message.tag]
    entries: list[BankEntry] = []
    spans: list[StatementSpan] = []
    doubts: list[Phrase] = []
    others: dict[str, XmlNode] = {}
    own = 0
    for statement in message.all(name):
        account = _account_of(statement, settings)
        if account != settings.own_account:
            others.setdefault(account, statement)
            continue
        own += 1
        booked = [entry for entry in statement.all("Ntry") if entry.needed("Sts/Cd", "Sts") == BOOKED]
        read = [_entry(entry, settings, calendar) for entry in booked]
        # What is booked at nothing, as banks do to tell of something, moved no money.
        entries += [entry for entry in read if any(part.minor for part in entry.parts)]
        span = _span(statement, settings)
        if span is not None:
            spans.append(span)
            doubt = span_doubt(span, read)
            doubts += [doubt] if doubt else []
    for account, statement in others.items() if not own else ():
        raise ForeignStatement(
            statement.file, statement.path, Phrase("account {account}", account=account), settings.own_account
        )
    return BankReport(kind, tuple(entries), spans=tuple(spans), others=tuple(others), doubts=tuple(doubts))


def _account_of(statement: XmlNode, settings: BankSettings) -> str:
    """The account of a statement, with its currency where one number has accounts in several."""
    account = compact(statement.needed("Acct/Id/IBAN", "Acct/Id/Othr/Id"))
    currency = statement.text("Acct/Ccy")
    return account if currency in ("", settings.currency) else f"{account} {currency}"


def _span(statement: XmlNode, settings: BankSettings) -> StatementSpan | None:
    """The balances that a statement opens and closes with; None where it lacks one of them, as notifications do."""
    opening, closing = (_balances(statement, codes, settings) for codes in (OPENING, CLOSING))
    return StatementSpan(*opening[0], *closing[-1]) if opening and closing else None


def _balances(statement: XmlNode, codes: Sequence[str], settings: BankSettings) -> list[tuple[int, int]]:
    """Days (yyyymmdd) and amounts of the balances of the first of these kinds that a statement has."""
    for code in codes:
        balances = [
            (_day_of(node), _sign(node) * _amount(node, settings))
            for node in statement.all("Bal")
            if node.text("Tp/CdOrPrtry/Cd") == code
        ]
        if balances:
            return balances
    return []


def _day_of(balance: XmlNode) -> int:
    try:
        return day_number(written_date(balance.needed("Dt/Dt", "Dt/DtTm")[:10], EARLIEST))
    except (ValueError, SettlementError) as error:
        raise balance.error(reason_of(error)) from None


def _entry(entry: XmlNode, settings: BankSettings, calendar: Calendar) -> BankEntry:
    total = _sign(entry) * _amount(entry, settings)
    at, booked_on = _booked(entry, calendar)
    details = list(entry.all("NtryDtls/TxDtls"))
    changed = [_signed(entry, detail, total, len(details), settings) for detail in details]
    charged: list[int] = [sum(_listed_charges(detail, settings)) for detail in details]
    if len(details) > 1 and any(charged) and sum(changed) - sum(charged) == total:
        # Each payment is given without what the bank took with it.
        changed = [minor - charge for minor, charge in zip(changed, charged, strict=True)]
    parts = [_part(entry, detail, settings, minor) for detail, minor in zip(details, changed, strict=True)]
    if not parts or sum(part.minor - part.fee_minor for part in parts) != total:
        # Details in another currency, cut off, or without amounts don't add up: then only the movement itself is sure,
        # and which payments it names.
        parts = [_whole(entry, parts, settings, total)]
    return BankEntry(
        reference_or_empty(entry.text("AcctSvcrRef")) or _only_reference(details), at, booked_on, tuple(parts)
    )


def _only_reference(details: list[XmlNode]) -> str:
    """The bank's reference of the one payment of a movement, where the movement itself has none."""
    return reference_or_empty(details[0].text("Refs/AcctSvcrRef", "Refs/TxId")) if len(details) == 1 else ""


def _signed(entry: XmlNode, detail: XmlNode, total: int, count: int, settings: BankSettings) -> int:
    """What one payment of a movement changed the account by."""
    if count == 1:
        return total
    node = detail.first("Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt")
    minor = None if node is None else _minor(node, settings)
    sign = _sign(detail) if detail.first("CdtDbtInd") else _sign(entry)
    return 0 if minor is None else sign * minor


def _part(entry: XmlNode, detail: XmlNode, settings: BankSettings, changed: int) -> ReportedPayment:
    fee = _charges(entry, detail, settings, changed)
    reason = detail.first("RtrInf")
    texts = [node.text() for path in ("RmtInf/Ustrd", "RmtInf/Strd/CdtrRefInf/Ref") for node in detail.all(path)]
    text = " ".join(text for text in texts if text)
    return ReportedPayment(
        minor=changed + fee,
        fee_minor=fee,
        end_to_end=reference_or_empty(detail.text("Refs/EndToEndId")),
        batch=_batch(entry, detail),
        returned=reason is not None or entry.text("RvslInd") == "true",
        code="" if reason is None else reason.text("Rsn/Cd", "Rsn/Prtry"),
        counterparty=_counterparty(detail, "Dbtr" if changed > 0 else "Cdtr"),
        text=(text or detail.text("AddtlTxInf") or entry.text("AddtlNtryInf"))[:_TEXT_CHARS],
    )


def _whole(entry: XmlNode, parts: list[ReportedPayment], settings: BankSettings, total: int) -> ReportedPayment:
    """A movement of which no payments are told, or none that add up to it."""
    texts = [part.text for part in parts] or [entry.text("AddtlNtryInf")]
    return ReportedPayment(
        minor=total + _charges(entry, entry, settings, total),
        fee_minor=_charges(entry, entry, settings, total),
        end_to_end=" ".join(part.end_to_end for part in parts if part.end_to_end)[:_TEXT_CHARS],
        batch=_batch(entry, entry),
        returned=entry.text("RvslInd") == "true",
        text=" ".join(dict.fromkeys(text for text in texts if text))[:_TEXT_CHARS],
    )


def _charges(entry: XmlNode, detail: XmlNode, settings: BankSettings, changed: int) -> int:
    """What the bank kept of a payment, or took with it: the account changed by the payment less this.

    It counts as such where the payment's own amount is given beside, and the charges are what lies between.
    """
    sign = 1 if changed > 0 else -1
    for path in ("AmtDtls/InstdAmt/Amt", "AmtDtls/TxAmt/Amt", "Amt"):
        node = detail.first(path) or (entry.first(path) if path != "Amt" else None)
        minor = None if node is None else _minor(node, settings)
        between = 0 if minor is None else sign * minor - changed
        if between > 0:
            returned = detail.first("RtrInf") is not None
            stated = sum(_listed_charges(detail, settings)) or sum(_listed_charges(entry, settings))
            if between == stated or (returned and not stated):
                return between
    return 0


def _listed_charges(node: XmlNode, settings: BankSettings) -> list[int]:
    """Charges beside a payment: the single ones, else their total."""
    for path in ("Chrgs/Rcrd/Amt", "Chrgs/Amt", "Chrgs/TtlChrgsAndTaxAmt"):
        charges = [_minor(amount, settings) or 0 for amount in node.all(path)]
        if charges:
            return charges
    return []


def _batch(entry: XmlNode, detail: XmlNode) -> str:
    return (
        reference_or_empty(detail.text("Refs/PmtInfId", "NtryDtls/Btch/PmtInfId"))
        or reference_or_empty(entry.text("NtryDtls/Btch/PmtInfId"))
        or reference_or_empty(detail.text("Refs/MsgId"))
        or reference_or_empty(entry.text("NtryDtls/Btch/MsgId"))
    )


def _counterparty(detail: XmlNode, role: str) -> str:
    parties = detail.first("RltdPties")
    if parties is None:
        return ""
    name = parties.text(f"{role}/Nm", f"{role}/Pty/Nm")
    account = parties.text(f"{role}Acct/Id/IBAN", f"{role}Acct/Id/Othr/Id")
    return f"{name} {account}".strip()


def _booked(entry: XmlNode, calendar: Calendar) -> tuple[int, int]:
    """When a movement was booked, as an instant and as a local date (yyyymmdd)."""
    stated = entry.needed("BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
    try:
        # A date in XML may carry an offset, which says nothing about a day of booking.
        day = written_date(stated[:10], EARLIEST)
        if "T" not in stated:
            return calendar.start_of_day(day_number(day)), day_number(day)
    except (ValueError, SettlementError) as error:
        raise entry.error(reason_of(error)) from None
    try:
        at = calendar.wall(datetime.fromisoformat(stated))
        return at, calendar.local_date(at)
    except (ValueError, SettlementError):
        raise entry.error(Phrase("{date:name} is not a date", date=stated)) from None


def _sign(node: XmlNode) -> int:
    direction = node.needed("CdtDbtInd")
    if direction not in _SIGNS:
        raise node.error(Phrase("CdtDbtInd is {direction:name}, not CRDT or DBIT", direction=direction))
    return _SIGNS[direction]


def _amount(entry: XmlNode, settings: BankSettings) -> int:
    """A movement's amount, which must be of the account's currency."""
    node = entry.first("Amt")
    if node is None:
        raise entry.error(Phrase("{paths} is missing", paths="Amt"))
    currency = node.element.get("Ccy", settings.currency)
    if currency != settings.currency:
        raise ForeignStatement(
            node.file, node.path, Phrase("currency {currency}", currency=currency), settings.currency
        )
    minor = _minor(node, settings)
    if minor is None or minor < 0:
        problem = Phrase(
            "{text:name} is not an amount with at most {digits} decimals",
            text=node.element.text or "",
            digits=settings.minor_digits,
        )
        raise BankFileUnreadable(node.file, node.path, problem)
    return minor


def _minor(amount: XmlNode, settings: BankSettings) -> int | None:
    """An amount of the account's currency in minor units; None where it is of another one, or none."""
    if amount.element.get("Ccy", settings.currency) != settings.currency:
        return None
    return minor_of(amount.element.text or "", settings.minor_digits)
