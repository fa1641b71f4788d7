"""`coalition bank`: files for the bank, files from the bank, and the lines that wait for somebody."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from coalition.cli.bank_tables import files_table, imports_table, known_note, lines_table, queue_table
from coalition.cli.options import (
    DEFAULT_URL,
    AllianceName,
    DatabaseUrl,
    Language,
    LanguageOption,
    date_option,
    progress,
)
from coalition.cli.options import book as book_named
from coalition.cli.options import console as new_console
from coalition.errors import FileUnreadable, unreadable
from coalition.payments.bank_errors import MatchUnclear
from coalition.payments.bank_settings import read_bank
from settlement import day_number
from settlement.ledger import Book
from settlement.rails.bank import (
    BankSettings,
    Exported,
    Imported,
    all_lines,
    bank_files,
    export_file,
    give_up,
    import_file,
    match_by_hand,
    set_aside,
    waiting_lines,
)

app = typer.Typer(no_args_is_help=True, help="Payments by bank files: export, import, match.")

BankOption = Annotated[
    Path,
    typer.Option("--bank", envvar="COALITION_BANK", metavar="BANK.toml", help="Your own account: holder, IBAN, kinds."),
]
ByOption = Annotated[str, typer.Option("--by", help="Who says so.")]


@app.command("files")
def files_command(
    bank: BankOption,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    lang: LanguageOption = Language.EN,
) -> None:
    """List the files for the bank, open and exported."""
    with _account(bank, database_url, alliance) as (book, settings):
        new_console().print(files_table(book.settings, bank_files(book, settings), lang.value))


@app.command("export")
def export_command(
    bank: BankOption,
    to: Annotated[Path, typer.Option(help="The folder to write to.", file_okay=False)] = Path(),
    file: Annotated[int | None, typer.Option(help="Only this file; an exported one is written again.")] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    lang: LanguageOption = Language.EN,
) -> None:
    """Freeze what is open and write it for the bank: from then on it is under way."""
    console = new_console()
    if not to.is_dir():
        raise FileUnreadable(to, "is no folder; make it first")
    with _account(bank, database_url, alliance) as (book, settings):
        wanted = [one.id for one in bank_files(book, settings) if one.exported_at is None] if file is None else [file]
        written: list[Path] = []
        with progress(console, "…", len(wanted)) as done:
            for number, file_id in enumerate(wanted, start=1):
                written.append(_write(to, export_file(book, settings, file_id)))
                done(number)
    for path in written:
        console.print(str(path), soft_wrap=True)
    if not written:
        console.print("没有待导出的文件" if lang is Language.ZH else "no file is open, so there is nothing to export")


@app.command("import")
def import_command(
    files: Annotated[list[Path], typer.Argument(help="camt.053, camt.054, pain.002, or a table of lines (CSV).")],
    bank: BankOption,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    lang: LanguageOption = Language.EN,
) -> None:
    """Import files from the bank, each whole or not at all; the same file again changes nothing."""
    console = new_console()
    done: list[Imported] = []
    with _account(bank, database_url, alliance) as (book, settings):
        try:
            with progress(console, "…", len(files)) as advance:
                for path in files:
                    done.append(import_file(book, settings, str(path), _read(path)))
                    advance(len(done))
        finally:
            # Those before one that can't be read stand, so they are told.
            _show(console, book, done, lang)
        waiting = len(waiting_lines(book, settings))
    if waiting and lang is Language.ZH:
        console.print(f"{waiting} 条流水待处理：`coalition bank lines`")
    elif waiting:
        console.print(f"{waiting} lines wait for somebody: `coalition bank lines`")


@app.command("lines")
def lines_command(
    bank: BankOption,
    first: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="All lines from this day on, matched ones too.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Up to this day, included.")] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    lang: LanguageOption = Language.EN,
) -> None:
    """List the lines that wait for somebody, with the payments that each could be; or all lines of some days."""
    with _account(bank, database_url, alliance) as (book, settings):
        if first is None and last is None:
            table = queue_table(book.settings, waiting_lines(book, settings), lang.value)
        else:
            days = date_option("--from", first or "0001-01-01"), date_option("--to", last or "9999-12-31")
            lines = all_lines(book, settings, *map(day_number, days))
            table = lines_table(book.settings, lines, lang.value)
    new_console().print(table)


@app.command("match")
def match_command(
    line: Annotated[str, typer.Argument(help="The line, as `coalition bank lines` lists it.")],
    by: ByOption,
    bank: BankOption,
    payments: Annotated[
        list[str] | None, typer.Argument(help="The payment that it was, by key or reference; or several, its sum.")
    ] = None,
    aside: Annotated[bool, typer.Option("--aside", help="It is none of our payments.")] = False,
    note: Annotated[str, typer.Option(help="What it was, or how you know.")] = "",
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
) -> None:
    """Say which payment a line was, or that it was none of ours. It stands."""
    if bool(payments) == aside:
        raise MatchUnclear("name the payment that the line was, or say --aside where it was none of ours")
    if aside and not note.strip():
        raise MatchUnclear("say with --note what the line was, for whoever asks later")
    with _account(bank, database_url, alliance) as (book, settings):
        if payments:
            match_by_hand(book, settings, line, payments, by, note)
        else:
            set_aside(book, settings, line, by, note)


@app.command("fail")
def fail_command(
    payment: Annotated[str, typer.Argument(help="The payment, by key or reference.")],
    by: ByOption,
    why: Annotated[str, typer.Option(help="Why it won't be paid.")],
    bank: BankOption,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
) -> None:
    """Say that a payment has failed: nobody will pay it, or the bank was told not to. It stands."""
    with _account(bank, database_url, alliance) as (book, settings):
        give_up(book, settings, payment, by, why)


@contextmanager
def _account(bank: Path, url: str, alliance: str | None) -> Iterator[tuple[Book, BankSettings]]:
    """The book that is meant, and its account at the bank."""
    with book_named(url, alliance) as book:
        yield book, read_bank(bank, book.settings)


def _show(console: Console, book: Book, done: list[Imported], lang: Language) -> None:
    new = [one for one in done if one.known_since is None]
    if new:
        console.print(imports_table(book.settings, new, lang.value))
    for one in done:
        if one.known_since is not None:
            console.print(known_note(book.settings, one, lang.value), soft_wrap=True)


def _write(folder: Path, exported: Exported) -> Path:
    path = folder / exported.file_name
    try:
        path.write_bytes(exported.content)
    except OSError as error:
        # It is frozen already, and can be written again.
        problem = f"can't be written: {error.strerror}; write it again with --file {exported.file_id}"
        raise FileUnreadable(path, problem) from None
    return path


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None
