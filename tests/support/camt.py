"""A bank for tests: statements, notifications and status reports as banks write them, in any version."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from xml.sax.saxutils import escape

OWN_IBAN = "DE89370400440532013000"


@dataclass(frozen=True)
class Paid:
    """One payment within a movement. `minor` is signed, from the account's side; `instructed` is its own amount."""

    minor: int
    end_to_end: str = ""
    text: str = ""
    reason: str = ""
    ref: str = ""
    charges: int = 0
    instructed: int | None = None
    name: str = "Some Shop"
    iban: str = ""


@dataclass(frozen=True)
class Entry:
    """One movement. Without payments it is a sum that the bank does not break down."""

    minor: int
    booked: date
    ref: str = ""
    paid: Sequence[Paid] = field(default_factory=tuple)
    batch: str = ""
    message: str = ""
    status: str = "BOOK"
    reversal: bool = False
    text: str = ""


Span = tuple[date, int, date, int]
"""What a statement opens and closes with: a day and minor units, twice."""


@dataclass(frozen=True)
class AccountStatement:
    """A statement of one account."""

    entries: Iterable[Entry]
    iban: str = OWN_IBAN
    currency: str = "EUR"
    span: Span | None = None


def amount(minor: int) -> str:
    """Minor units of a euro as XML has them."""
    return f"{abs(minor) // 100}.{abs(minor) % 100:02d}"


def camt(
    entries: Iterable[Entry],
    version: int = 2,
    kind: int = 53,
    iban: str = OWN_IBAN,
    currency: str = "EUR",
    prefix: str = "",
    span: Span | None = None,
) -> bytes:
    """A camt.053 or camt.054 of a version; `prefix` gives its namespace one."""
    return camt_of([AccountStatement(entries, iban, currency, span)], version, kind, prefix)


def camt_of(statements: Iterable[AccountStatement], version: int = 2, kind: int = 53, prefix: str = "") -> bytes:
    """A message with statements of several accounts."""
    root, name = {53: ("BkToCstmrStmt", "Stmt"), 54: ("BkToCstmrDbtCdtNtfctn", "Ntfctn")}[kind]
    body = "".join(
        f"<{name}><Id>S1</Id><CreDtTm>2026-03-03T06:00:00+01:00</CreDtTm>"
        f"<Acct><Id><IBAN>{each.iban}</IBAN></Id></Acct>{_balances(each)}"
        f"{''.join(_entry(entry, version, each.currency) for entry in each.entries)}</{name}>"
        for each in statements
    )
    header = "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-03T06:00:00</CreDtTm></GrpHdr>"
    return document(f"<{root}>{header}{body}</{root}>", f"camt.0{kind}.001.{version:02d}", prefix)


def _balances(statement: AccountStatement) -> str:
    if statement.span is None:
        return ""
    opened, opening, closed, closing = statement.span
    return "".join(
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="{statement.currency}">{amount(minor)}</Amt>'
        f"{_sign(minor)}<Dt><Dt>{day.isoformat()}</Dt></Dt></Bal>"
        for code, day, minor in (("OPBD", opened, opening), ("CLBD", closed, closing))
    )


def document(body: str, schema: str, prefix: str = "") -> bytes:
    """A body as a document in the namespace of a schema."""
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{schema}"
    if prefix:
        body = body.replace("</", "\0").replace("<", f"<{prefix}:").replace("\0", f"</{prefix}:")
        return (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<{prefix}:Document xmlns:{prefix}="{namespace}">{body}'
            f"</{prefix}:Document>"
        ).encode()
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="{namespace}">{body}</Document>'.encode()


def pain_002(
    message_id: str,
    payments: Iterable[tuple[str, str, str]] = (),
    part: tuple[str, str] = ("", ""),
    group: str = "",
    code: str = "AC04",
    version: int = 3,
) -> bytes:
    """A status report: payments as (end-to-end id, status, code), a part as (id, status), the group's status."""
    reason = f"<StsRsnInf><Rsn><Cd>{code}</Cd></Rsn></StsRsnInf>"
    reported = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{id_}</OrgnlEndToEndId><TxSts>{status}</TxSts>"
        f"<StsRsnInf><Rsn><Cd>{why}</Cd></Rsn></StsRsnInf></TxInfAndSts>"
        for id_, status, why in payments
    )
    sts = f"<PmtInfSts>{part[1]}</PmtInfSts>{reason if part[1] == 'RJCT' else ''}" if part[1] else ""
    parts = (
        f"<OrgnlPmtInfAndSts><OrgnlPmtInfId>{part[0] or message_id}</OrgnlPmtInfId>{sts}{reported}</OrgnlPmtInfAndSts>"
        if reported or part[0]
        else ""
    )
    header = f"<GrpSts>{group}</GrpSts>{reason if group == 'RJCT' else ''}" if group else ""
    return document(
        "<CstmrPmtStsRpt><GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-03-03T06:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>{message_id}</OrgnlMsgId><OrgnlMsgNmId>pain.008</OrgnlMsgNmId>{header}"
        f"</OrgnlGrpInfAndSts>{parts}</CstmrPmtStsRpt>",
        f"pain.002.001.{version:02d}",
    )


def _entry(entry: Entry, version: int, currency: str) -> str:
    status = f"<Cd>{entry.status}</Cd>" if version >= 7 else entry.status
    batch = ""
    if entry.batch or entry.message:
        message = f"<MsgId>{entry.message}</MsgId>" if entry.message else ""
        part = f"<PmtInfId>{entry.batch}</PmtInfId>" if entry.batch else ""
        batch = f"<Btch>{message}{part}<NbOfTxs>2</NbOfTxs></Btch>"
    details = batch + "".join(_paid(payment, version, currency) for payment in entry.paid)
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount(entry.minor)}</Amt>{_sign(entry.minor)}'
        f"{'<RvslInd>true</RvslInd>' if entry.reversal else ''}<Sts>{status}</Sts>"
        f"<BookgDt><Dt>{entry.booked.isoformat()}</Dt></BookgDt>"
        f"{f'<AcctSvcrRef>{entry.ref}</AcctSvcrRef>' if entry.ref else ''}"
        f"{f'<NtryDtls>{details}</NtryDtls>' if details else ''}"
        f"{f'<AddtlNtryInf>{escape(entry.text)}</AddtlNtryInf>' if entry.text else ''}</Ntry>"
    )


def _sign(minor: int) -> str:
    return f"<CdtDbtInd>{'CRDT' if minor > 0 else 'DBIT'}</CdtDbtInd>"


def _paid(paid: Paid, version: int, currency: str) -> str:
    refs = f"<AcctSvcrRef>{paid.ref}</AcctSvcrRef>" if paid.ref else ""
    refs += f"<EndToEndId>{escape(paid.end_to_end)}</EndToEndId>" if paid.end_to_end else ""
    own = f'<Amt Ccy="{currency}">{amount(paid.minor)}</Amt>{_sign(paid.minor)}' if version >= 4 else ""
    details = ""
    if paid.instructed is not None:
        inner = f'<Amt Ccy="{currency}">{amount(paid.instructed)}</Amt>'
        details = f"<AmtDtls><InstdAmt>{inner}</InstdAmt></AmtDtls>"
    elif version < 4:
        details = f'<AmtDtls><TxAmt><Amt Ccy="{currency}">{amount(paid.minor)}</Amt></TxAmt></AmtDtls>'
    charges = ""
    if paid.charges:
        inner = f'<Amt Ccy="{currency}">{amount(paid.charges)}</Amt>'
        charges = f"<Chrgs><Rcrd>{inner}</Rcrd></Chrgs>" if version >= 4 else f"<Chrgs>{inner}</Chrgs>"
    role = "Dbtr" if paid.minor > 0 else "Cdtr"
    name = f"<Nm>{escape(paid.name)}</Nm>"
    party = f"<Pty>{name}</Pty>" if version >= 8 else name
    account = f"<{role}Acct><Id><IBAN>{paid.iban}</IBAN></Id></{role}Acct>" if paid.iban else ""
    parties = f"<RltdPties><{role}>{party}</{role}>{account}</RltdPties>"
    text = f"<RmtInf><Ustrd>{escape(paid.text)}</Ustrd></RmtInf>" if paid.text else ""
    back = f"<RtrInf><Rsn><Cd>{paid.reason}</Cd></Rsn></RtrInf>" if paid.reason else ""
    return f"<TxDtls><Refs>{refs}</Refs>{own}{details}{charges}{parties}{text}{back}</TxDtls>"
