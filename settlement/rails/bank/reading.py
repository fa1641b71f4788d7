"""Which form a file from the bank has, and what it says: XML, MT940, returns, a table, or an archive of these."""

from collections.abc import Iterator
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from settlement.calendar import Calendar
from settlement.customs import customs_of
from settlement.rails.bank import bacs_returns
from settlement.rails.bank.ach_returns import is_ach, read_ach_returns
from settlement.rails.bank.camt import INTRADAY, STATEMENTS, read_camt
from settlement.rails.bank.csv_exports import has_layout, read_export
from settlement.rails.bank.csv_lines import read_csv
from settlement.rails.bank.errors import BankFileUnreadable, ForeignStatement
from settlement.rails.bank.mt940 import is_mt940, read_mt940
from settlement.rails.bank.reported import BankReport
from settlement.rails.bank.settings import BankSettings
from settlement.rails.bank.status_report import STATUS_REPORT, read_status_report
from settlement.rails.bank.xml import BYTES_MAX, read_xml
from settlement.sentences import Phrase
from settlement.table_file import TableUnreadable, decoded_table

_PDF, _ZIP, _OLE_MARK, _EXCEL_PART = b"%PDF", b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"xl/workbook.xml"
FILES_MAX = 1_000
"""How many files an archive may have: a year of days, three of each."""
_WHOLE = Phrase("the whole file")


def read_files(settings: BankSettings, calendar: Calendar, name: str, content: bytes) -> list[BankReport]:
    """What a file from the bank says, or each file of an archive. `name` is how errors call it.

    Statements of other accounts beside ours are named in the report and left to their own settings. Raises
    BankFileUnreadable, and ForeignStatement where nothing is of our account.
    """
    if not content.startswith(_ZIP) or _is_spreadsheet(content):
        return [read_file(settings, calendar, name, content)]
    reports: list[BankReport] = []
    foreign: ForeignStatement | None = None
    for inner, bytes_ in _unpacked(name, content):
        try:
            reports.append(read_file(settings, calendar, inner, bytes_))
        except ForeignStatement as error:
            foreign = error
    if not reports:
        raise foreign or BankFileUnreadable(name, _WHOLE, Phrase("there is no file in this archive"))
    if foreign is not None:
        reports.append(BankReport(reports[0].kind, others=(foreign.stated,)))
    return reports


def read_file(settings: BankSettings, calendar: Calendar, name: str, content: bytes) -> BankReport:
    """What one file says. Raises BankFileUnreadable and ForeignStatement."""
    if content.startswith(_PDF):
        raise BankFileUnreadable(
            name, _WHOLE, Phrase("this is a PDF, which is for people to read; ask the bank for camt.053, MT940 or CSV")
        )
    if _is_spreadsheet(content):
        raise BankFileUnreadable(name, _WHOLE, Phrase("this is a spreadsheet; save it as “CSV UTF-8” and import that"))
    if _is_xml(content):
        return _read_message(settings, calendar, name, content)
    try:
        text, _ = decoded_table(content, customs_of(calendar.zone))
    except TableUnreadable:
        # MT940 is ASCII by its standard; what is not is some bank's letter in a name.
        text = content.decode("latin-1")
    if is_mt940(text):
        return read_mt940(name, text, settings, calendar)
    if is_ach(text):
        return read_ach_returns(text)
    if b"\x00" in content and not _is_utf16(content):
        raise BankFileUnreadable(name, _WHOLE, Phrase("this is neither XML nor text"))
    if settings.csv is not None and has_layout(content, settings.csv, calendar):
        return read_export(name, content, settings.csv, settings, calendar)
    return read_csv(name, content, settings, calendar)


def _read_message(settings: BankSettings, calendar: Calendar, name: str, content: bytes) -> BankReport:
    root = read_xml(name, content)
    for message in root.all(STATUS_REPORT):
        return read_status_report(message)
    for report in root.all(bacs_returns.REPORT) if root.path == bacs_returns.ROOT else ():
        return bacs_returns.read_arudd(report, settings)
    for tag in STATEMENTS:
        for message in root.all(tag):
            return read_camt(message, settings, calendar)
    if root.first(INTRADAY):
        raise BankFileUnreadable(
            name, root.path, Phrase("this is a camt.052, which may still change; import camt.053 or camt.054")
        )
    raise BankFileUnreadable(
        name, root.path, Phrase("this is no camt.053, camt.054 or pain.002; ask the bank for one of these")
    )


def _is_spreadsheet(content: bytes) -> bool:
    return content.startswith(_OLE_MARK) or (content.startswith(_ZIP) and _EXCEL_PART in content)


def _is_utf16(content: bytes) -> bool:
    return content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content[:2]


def _is_xml(content: bytes) -> bool:
    start = content[:200]
    if _is_utf16(start):
        start = start.replace(b"\x00", b"").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<")


def _unpacked(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    """The files of an archive, by name; PDFs beside other files are for people, and left out."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > FILES_MAX or sum(member.file_size for member in members) > BYTES_MAX:
                raise BankFileUnreadable(
                    name,
                    _WHOLE,
                    Phrase(
                        "it has more than {size} MB; ask the bank for one file per day", size=BYTES_MAX // 1024 // 1024
                    ),
                )
            for member in sorted(members, key=lambda member: member.filename):
                inner = archive.read(member)
                if inner.startswith(_ZIP):
                    raise BankFileUnreadable(name, member.filename, Phrase("this archive is in another one; unpack it"))
                if not inner.startswith(_PDF) or len(members) == 1:
                    yield f"{name}/{member.filename}", inner
    except (BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        problem = Phrase("this archive can't be unpacked ({reason})", reason=type(error).__name__)
        raise BankFileUnreadable(name, _WHOLE, problem) from None
