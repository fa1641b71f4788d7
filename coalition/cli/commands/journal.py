"""`coalition journal`: the money book of a period as journal lines, for accountants."""

import sys
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalition.cli.options import (
    DEFAULT_URL,
    SETTLE_IT,
    AllianceName,
    DatabaseUrl,
    LanguageOption,
    console,
    date_option,
    open_book,
    write_file,
)
from coalition.locale.messages import translate_count

if TYPE_CHECKING:
    from settlement.ledger import Book

app = typer.Typer()
PANEL, POSITION = SETTLE_IT, 85


@app.command("journal")
def journal_command(
    first: Annotated[str, typer.Option("--from", metavar="YYYY-MM-DD", help="The first day.")],
    last: Annotated[str, typer.Option("--to", metavar="YYYY-MM-DD", help="The last day, included.")],
    accounts: Annotated[
        Path | None, typer.Option(metavar="MAP.toml", help="Codes of your own chart; a small one is built in.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of the terminal.")] = None,
    balances: Annotated[bool, typer.Option("--balances", help="With each account's balance at both ends.")] = False,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """The money book of a period as CSV, for accountants: every entry balances and ties to the balances.

    MAP.toml gives each kind of account, or one account of a kind, a code of your own chart:
    a table `accounts` with lines such as cash = "1200" and "cash/stripe" = "1210".
    """
    from coalition.journal.as_csv import as_csv
    from coalition.journal.chart import built_in_chart, read_chart
    from coalition.journal.errors import PeriodReversed
    from settlement.clearing import journal_of

    chart = built_in_chart(lang) if accounts is None else read_chart(accounts, lang)
    days = date_option("--from", first), date_option("--to", last)
    if days[1] < days[0]:
        raise PeriodReversed(first, last)
    screen = console(stderr=True)
    with (
        open_book(database_url, alliance) as book,
        closing(book.database.session()) as session,
        screen.status("…"),
    ):
        journal = journal_of(book, session, _midnight(book, days[0], 0), _midnight(book, days[1], 1))
        period = days[0].isoformat(), days[1].isoformat()
        written = as_csv(book, journal, chart, period, lang, balances=balances)
    if output is None:
        sys.stdout.buffer.write(written)
        return
    write_file(output, written)
    count = len(journal.entries)
    sentence = translate_count("{file}: {count} entry", "{file}: {count} entries", count, lang, file=output)
    screen.print(sentence, soft_wrap=True)


def _midnight(book: "Book", day: date, later: int) -> int:
    """The instant at which a day begins, or with `later` = 1 ends."""
    from settlement import day_number, next_day

    number = day_number(day)
    return book.calendar.start_of_day(next_day(number) if later else number)
