"""`coalition journal`: the money book of a period as journal lines, for accountants."""

import sys
from pathlib import Path
from typing import Annotated

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
from coalition.journal.journal_form import JournalForm
from coalition.locale.messages import translate_count

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
    form: Annotated[
        JournalForm, typer.Option("--format", help="A table (csv), or a file for plain text accounting (hledger).")
    ] = JournalForm.CSV,
    balances: Annotated[bool, typer.Option("--balances", help="With each account's balance at both ends.")] = False,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """The money book of a period, for accountants: every entry balances and ties to the balances.

    MAP.toml gives each kind of account, or one account of a kind, a code of your own chart:
    a table `accounts` with lines such as cash = "1200" and "cash/stripe" = "1210".
    """
    from coalition.journal.chart import built_in_chart, read_chart
    from coalition.journal.errors import PeriodReversed
    from coalition.journal.export_journal import export_journal

    chart = built_in_chart(lang) if accounts is None else read_chart(accounts, lang)
    days = date_option("--from", first), date_option("--to", last)
    if days[1] < days[0]:
        raise PeriodReversed(first, last)
    screen = console(stderr=True)
    with open_book(database_url, alliance) as book, screen.status("…"):
        written = export_journal(book, *days, chart, lang, form=form, balances=balances)
    if output is None:
        sys.stdout.buffer.write(written.content)
        return
    write_file(output, written.content)
    count = written.entries
    sentence = translate_count("{file}: {count} entry", "{file}: {count} entries", count, lang, file=output)
    screen.print(sentence, soft_wrap=True)
