"""The journal as plain text accounting has it: a file that hledger reads, and checks by itself.

Accounts and the currency are declared, so `hledger check --strict` takes it. An account is its code and its name. Above
zero is a debit. With balances, a first entry brings what each account begins with, and a last one states what it then
must hold: where an entry were missing, hledger would refuse the file.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from coalition.journal.chart import Chart, Code, codes_of
from coalition.journal.entry_text import entry_text
from coalition.locale.formats import Lang
from coalition.locale.messages import translate
from settlement import date_text, decimal_text
from settlement.clearing import Journal, MoneyAccount
from settlement.ledger import Book, BookSettings

Codes = Mapping[MoneyAccount, Code]
Balances = Mapping[MoneyAccount, int]


def as_hledger(
    book: Book, journal: Journal, chart: Chart, period: tuple[str, str], lang: Lang, *, balances: bool
) -> bytes:
    """Write a journal; `period` are its first and last day (YYYY-MM-DD). Raises AccountsUnmapped."""
    codes, settings = codes_of(journal, chart), book.settings
    begins, ends = translate("Opening balances", lang), translate("Closing balances", lang)
    lines = [f"account {name}" for name in sorted({_name(code) for code in codes.values()})]
    lines.append(f"commodity {decimal_text(1000 * 10**settings.minor_digits, settings.minor_digits)}{_dot(settings)}")
    if balances and journal.opening:
        lines += ["", f"{period[0]} {begins}"]
        lines += (f"    {name}  {_amount(settings, minor)}" for name, minor in _by_name(codes, journal.opening).items())
    for entry in journal.entries:
        day = date_text(book.calendar.local_date(entry.at))
        lines += ["", f"{day} ({entry.posting_id}) {_plain(entry.key)}"]
        for line in entry.lines:
            text = _plain(entry_text(entry, line, book.calendar, lang))
            lines.append(f"    {_name(codes[line.account])}  {_amount(settings, line.debit_minor)}  ; {text}")
    if balances and codes:
        lines += ["", f"{period[1]} {ends}", *_closing(settings, codes, journal.closing)]
    return ("\n".join(lines) + "\n").encode()


def _closing(settings: BookSettings, codes: Codes, closing: Balances) -> Iterator[str]:
    ends = dict.fromkeys(sorted({_name(code) for code in codes.values()}), 0) | _by_name(codes, closing)
    for name, minor in ends.items():
        yield f"    {name}  {_amount(settings, 0)} = {_amount(settings, minor)}"


def _by_name(codes: Codes, balances: Balances) -> dict[str, int]:
    """What each account of the chart holds: debits less credits, where ours are the other way round."""
    sums: dict[str, int] = defaultdict(int)
    for account, minor in balances.items():
        sums[_name(codes[account])] -= minor
    return dict(sorted(sums.items()))


def _name(code: Code) -> str:
    return _plain(f"{code.code} {code.name}".strip()).replace(":", ".")


def _plain(text: str) -> str:
    """Text without what means something to hledger: a comment's semicolon, a note's bar, two spaces."""
    return " ".join(text.replace(";", ",").replace("|", "/").split())


def _amount(settings: BookSettings, minor: int) -> str:
    return f"{decimal_text(minor, settings.minor_digits)} {settings.currency}"


def _dot(settings: BookSettings) -> str:
    """The currency behind an example of an amount, which needs a decimal point also where there are no decimals."""
    return f"{'' if settings.minor_digits else '.'} {settings.currency}"
