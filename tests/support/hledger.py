"""What an accountant's own program says of the journal: hledger reads every entry, and checks every balance."""

import csv
import subprocess
from functools import cache
from io import StringIO
from itertools import groupby

from coalition.journal.as_csv import as_csv
from coalition.journal.chart import built_in_chart
from settlement import date_text
from settlement.clearing import journal_of
from settlement.ledger import Book, Session
from tests.support.debian import program

Row = dict[str, str]


def check_in_hledger(book: Book, session: Session) -> None:
    """The export for accountants, from the beginning to now, balances and ends at the balances that it states.

    An AssertionError says what hledger found.
    """
    now = book.clock()
    period = ("1970-01-01", date_text(book.calendar.local_date(now)))
    journal = journal_of(book, session, 0, now + 1)
    written = as_csv(book, journal, built_in_chart("en"), period, "en", balances=True)
    checked = subprocess.run(
        [_hledger(), "--file=-", "check", "--strict"],
        input=as_hledger(written.decode("utf-8-sig")),
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


def as_hledger(written: str) -> str:
    """The CSV as hledger's own format: its entries, and at the end what each account then must hold."""
    rows = list(csv.DictReader(StringIO(written, newline="")))
    entries = [row for row in rows if row["entry"]]
    accounts = {row["account"] for row in rows}
    ends = dict.fromkeys(accounts, 0)
    for row in rows:
        if row["text"].startswith("Closing balance"):
            ends[row["account"]] += _minor(row)
    lines = [f"account {account}" for account in sorted(accounts)]
    lines += [f"commodity 1000.00 {currency}" for currency in sorted({row["currency"] for row in rows})]
    for _, same in groupby(entries, key=lambda row: row["entry"]):
        parts = list(same)
        lines.append(f"\n{parts[0]['date']} ({parts[0]['entry']}) posting")
        lines += [f"    {row['account']}  {_amount(_minor(row), row['currency'])}" for row in parts]
    if rows:
        lines.append(f"\n{rows[-1]['date']} closing balances")
        currency = rows[0]["currency"]
        lines += [
            f"    {account}  {_amount(0, currency)} = {_amount(ends[account], currency)}" for account in sorted(ends)
        ]
    return "\n".join(lines) + "\n"


def _minor(row: Row) -> int:
    debit, credit = (int(row[side].replace(".", "") or 0) for side in ("debit", "credit"))
    return debit - credit


def _amount(minor: int, currency: str) -> str:
    """An amount of a currency with two decimals."""
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d} {currency}"


@cache
def _hledger() -> str:
    return program(("/usr/bin/hledger", "/usr/local/bin/hledger"), ("hledger",))
