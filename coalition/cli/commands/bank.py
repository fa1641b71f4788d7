"""`coalition bank`: files for the bank, files from the bank, and the lines that wait for somebody."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from coalition.cli.options import (
    DEFAULT_URL,
    SETTLE_IT,
    AllianceName,
    DatabaseUrl,
    LanguageOption,
    console,
    date_option,
    open_book,
    progress,
    read_file,
    shares_option,
    text,
)
from coalition.errors import CommandRefused, FileUnreadable
from coalition.locale.formats import Lang
from coalition.locale.messages import translate, translate_count
from settlement import Phrase, day_number

if TYPE_CHECKING:
    from settlement.ledger import Book
    from settlement.rails.bank import BankExport, BankImport, BankReport, BankSettings

app = typer.Typer(name="bank", no_args_is_help=True, help="Payments by bank files: export, import, match.")
PANEL, POSITION = SETTLE_IT, 80

BankOption = Annotated[
    Path,
    typer.Option("--bank", envvar="COALITION_BANK", metavar="BANK.toml", help="Your own account: holder, IBAN, kinds."),
]
ByOption = Annotated[str, typer.Option("--by", help="Who confirms it.", parser=text)]


@app.command("files")
def files_command(
    bank: BankOption,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """List the files for the bank, open and exported."""
    from coalition.cli.bank_tables import files_table
    from settlement.rails.bank import bank_files

    with _account(bank, database_url, alliance) as (book, settings):
        console().print(files_table(book.settings, bank_files(book, settings), lang))


@app.command("export")
def export_command(
    bank: BankOption,
    to: Annotated[Path, typer.Option(help="The folder to write to.", file_okay=False)] = Path(),
    file: Annotated[int | None, typer.Option(help="Only this file; an exported one is written again.")] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Export the open files for the bank; from then on their payments are on their way."""
    from settlement.rails.bank import bank_files, export_file

    screen = console()
    if not to.is_dir():
        raise FileUnreadable(to, Phrase("it is no folder; make it first"))
    with _account(bank, database_url, alliance) as (book, settings):
        open_files = [listed.id for listed in bank_files(book, settings) if listed.exported_at is None]
        wanted = open_files if file is None else [file]
        written: list[Path] = []
        with progress(screen, "…", len(wanted)) as advance:
            for number, file_id in enumerate(wanted, start=1):
                written.append(_write(to, export_file(book, settings, file_id)))
                advance(number)
    for path in written:
        screen.print(str(path), soft_wrap=True)
    if not written:
        screen.print(translate("no file is open, so there is nothing to export", lang))


@app.command("import")
def import_command(
    files: Annotated[
        list[Path], typer.Argument(help="camt.053, camt.054, pain.002, MT940, CSV, or an archive (zip) of these.")
    ],
    bank: BankOption,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Import files from the bank, each whole or not at all; the same file again changes nothing."""
    from settlement.rails.bank import import_file, waiting_lines

    screen = console()
    imported: list[BankImport] = []
    with _account(bank, database_url, alliance) as (book, settings):
        try:
            with progress(screen, "…", len(files)) as advance:
                for path in files:
                    imported.append(import_file(book, settings, str(path), read_file(path)))
                    advance(len(imported))
        finally:
            # Those before one that can't be read stand, so they are listed.
            _show(screen, book, imported, lang)
        waiting = len(waiting_lines(book, settings))
    if waiting:
        sentence = translate_count(
            "{count} line waits for somebody: `coalition bank lines`",
            "{count} lines wait for somebody: `coalition bank lines`",
            waiting,
            lang,
        )
        screen.print(sentence, soft_wrap=True)


@app.command("try")
def try_command(
    file: Annotated[Path, typer.Argument(help="A file from the bank, or an archive of them.")],
    bank: BankOption,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Show what would be read of a file with these settings; writes nothing."""
    from coalition.cli.bank_tables import reported_table, spans_table
    from settlement.rails.bank import read_files

    screen = console()
    with _account(bank, database_url, alliance) as (book, settings):
        reports = read_files(settings, book.calendar, str(file), read_file(file))
    for report in reports:
        screen.print(reported_table(book.settings, report, lang))
        if report.spans:
            screen.print(spans_table(book.settings, report.spans, lang))
        _print_notes(screen, book, str(file), report, lang)


@app.command("lines")
def lines_command(
    bank: BankOption,
    first: Annotated[
        str | None, typer.Option("--from", metavar="YYYY-MM-DD", help="All lines from this day on, matched ones too.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", metavar="YYYY-MM-DD", help="Up to this day, included.")] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """List the lines that wait for somebody, with the payments that each could be; or all lines of some days."""
    from coalition.cli.bank_tables import lines_table, queue_table
    from settlement.rails.bank import all_lines, waiting_lines

    with _account(bank, database_url, alliance) as (book, settings):
        if first is None and last is None:
            table = queue_table(book.settings, waiting_lines(book, settings), lang)
        else:
            days = date_option("--from", first or "0001-01-01"), date_option("--to", last or "9999-12-31")
            lines = all_lines(book, settings, *map(day_number, days))
            table = lines_table(book.settings, lines, lang)
    console().print(table)


@app.command("match")
def match_command(
    line: Annotated[str, typer.Argument(help="The line, as `coalition bank lines` lists it.", parser=text)],
    by: ByOption,
    bank: BankOption,
    payments: Annotated[
        list[str] | None,
        typer.Argument(
            help="The payment that it was, by key or reference, whatever it comes to; or several, as PAYMENT=9.50 "
            "where they don't add up to it.",
            parser=text,
        ),
    ] = None,
    aside: Annotated[bool, typer.Option("--aside", help="It is not one of our payments.")] = False,
    note: Annotated[str, typer.Option(help="What the line was, or how you know.", parser=text)] = "",
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Record which payment a line was, or that it was not one of ours. This is final."""
    from settlement.rails.bank import match_by_hand, set_line_aside

    if bool(payments) == aside:
        raise CommandRefused(Phrase("name the payment that the line was, or say --aside if it was none of ours"))
    if aside and not note.strip():
        raise CommandRefused(Phrase("say with --note what the line was, for whoever asks later"))
    with _account(bank, database_url, alliance) as (book, settings):
        if payments:
            names, amounts_minor = shares_option(payments, settings.minor_digits)
            match_by_hand(book, settings, line, names, by, note, amounts_minor)
        else:
            set_line_aside(book, settings, line, by, note)


@app.command("fail")
def fail_command(
    payment: Annotated[str, typer.Argument(help="The payment, by key or reference.", parser=text)],
    by: ByOption,
    why: Annotated[str, typer.Option(help="Why it won't be paid.", parser=text)],
    bank: BankOption,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Record that a payment has failed: nobody will pay it, or the bank was told not to. This is final."""
    from settlement.rails.bank import give_up_payment

    with _account(bank, database_url, alliance) as (book, settings):
        give_up_payment(book, settings, payment, by, why)


@contextmanager
def _account(bank: Path, url: str, alliance: str | None) -> "Iterator[tuple[Book, BankSettings]]":
    """The book that is meant, and its account at the bank."""
    from coalition.payments.bank_settings import read_bank

    with open_book(url, alliance) as book:
        yield book, read_bank(bank, book.settings)


def _show(screen: Console, book: "Book", imported: "list[BankImport]", lang: Lang) -> None:
    from coalition.cli.bank_tables import imports_table, known_note, missing_table

    new = [file for file in imported if file.known_since is None]
    if new:
        screen.print(imports_table(book.settings, new, lang))
    for file in imported:
        _print_notes(screen, book, file.name, file, lang)
        if file.known_since is not None:
            screen.print(known_note(book.settings, file, lang), soft_wrap=True)
    if imported and imported[-1].missing:
        screen.print(missing_table(book.settings, imported[-1].missing, lang))


def _print_notes(screen: Console, book: "Book", name: str, report: "BankImport | BankReport", lang: Lang) -> None:
    """How a file was read, what was left out, and what does not add up."""
    from coalition.locale.error_text import reason_text

    if report.read_as:
        form = ", ".join(reason_text(part, lang, book.settings) for part in report.read_as)
        screen.print(translate("{file}: read with {form}", lang, file=name, form=form), soft_wrap=True)
    for account in report.others:
        sentence = translate(
            "{file}: has statements of account {account} too; import it again with the settings of that account",
            lang,
            file=name,
            account=account,
        )
        screen.print(sentence, soft_wrap=True)
    for doubt in report.doubts:
        screen.print(f"{name}: {reason_text(doubt, lang, book.settings)}", soft_wrap=True)


def _write(folder: Path, exported: "BankExport") -> Path:
    path = folder / exported.file_name
    try:
        path.write_bytes(exported.content)
    except OSError as error:
        # It is frozen already, and can be written again.
        problem = Phrase(
            "it can't be written ({reason}); write it again with --file {file}",
            reason=error.strerror,
            file=exported.file_id,
        )
        raise FileUnreadable(path, problem) from None
    return path
