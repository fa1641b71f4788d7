"""`coalition windows`, `shops`, `plan`, `statement` and `audit`: what a book says."""

import sys
from contextlib import closing
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalition.cli.options import (
    DEFAULT_URL,
    LOOK,
    AllianceName,
    DatabaseUrl,
    LanguageOption,
    console,
    open_book,
    text,
    write_file,
)
from coalition.errors import CommandRefused, DateUnreadable, NoClosedWindow
from settlement import Phrase, SettlementError

if TYPE_CHECKING:
    from settlement.ledger import Book, Session

app = typer.Typer()
PANEL, POSITION = LOOK, 90


class Format(StrEnum):
    """Formats of a statement."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    PDF = "pdf"


WindowOption = Annotated[
    str | None, typer.Option(help="A date (YYYY-MM-DD) that lies in the window; the last closed one by default.")
]


@app.command("windows")
def windows_command(
    alliance: AllianceName = None, database_url: DatabaseUrl = DEFAULT_URL, *, lang: LanguageOption
) -> None:
    """List the closed windows, with what was settled in each."""
    from coalition.cli.window_tables import windows_table
    from settlement.clearing import closed_windows

    with open_book(database_url, alliance) as book, closing(book.database.session()) as session:
        windows = closed_windows(book, session)
    console().print(windows_table(book, windows, lang))


@app.command("shops")
def shops_command(
    alliance: AllianceName = None, database_url: DatabaseUrl = DEFAULT_URL, *, lang: LanguageOption
) -> None:
    """List the shops with what each has at risk, against its deposit and its limit."""
    from coalition.cli.window_tables import shops_table
    from settlement.clearing import exposures

    with open_book(database_url, alliance) as book, closing(book.database.session()) as session:
        rows = exposures(book, session)
    console().print(shops_table(book.settings, rows, lang))


@app.command("plan")
def plan_command(
    window: WindowOption = None,
    direct: Annotated[
        bool, typer.Option("--direct", help="Shops pay each other, with the fewest payments, not through the house.")
    ] = False,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Who pays whom for a closed window: through the clearing house, or shop to shop."""
    from coalition.cli.window_tables import plan_note, plan_table
    from settlement.clearing import closed_window, settle_directly, settle_through_house

    with open_book(database_url, alliance) as book, closing(book.database.session()) as session:
        nets = closed_window(book, session, _window(book, session, window)).nets
    plan = settle_directly(nets) if direct else None
    payments = settle_through_house(nets) if plan is None else plan.payments
    screen = console()
    screen.print(plan_table(book.settings, payments, lang))
    screen.print(plan_note(payments, proven_minimal=None if plan is None else plan.proven_minimal, lang=lang))


@app.command("statement")
def statement_command(
    shop: Annotated[str, typer.Argument(help="The shop, or operator, or pool.", parser=text)],
    window: WindowOption = None,
    format: Annotated[Format, typer.Option(help="How it is written.")] = Format.TEXT,  # noqa: A002 - the option's name
    moves: Annotated[bool, typer.Option("--moves", help="Drill down from each line to its moves.")] = False,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of the terminal.")] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """A shop's statement of a closed window: what it received, what it pays, and why."""
    from coalition import statements
    from coalition.payments.bank_settings import read_bank
    from coalition.settings import read_settings
    from settlement.clearing import moves_behind, statement_of

    with (
        open_book(database_url, alliance) as book,
        closing(book.database.session()) as session,
        book.database.engine.connect() as connection,
    ):
        rendered = statement_of(book, connection, session, shop, _window(book, session, window))
        behind = moves_behind(book, connection, session, rendered) if moves else None
        bank = read_settings().bank
        account = None if bank is None else read_bank(bank, book.settings)
        details = statements.details_of(book, connection, session, rendered, account, lang)
    written = statements.render(rendered, behind, format.value, lang, details)
    if output is not None:
        write_file(output, written)
    elif format is Format.PDF and sys.stdout.isatty():
        raise CommandRefused(Phrase("a PDF is not for a terminal; name a file with --output statement.pdf"))
    else:
        sys.stdout.buffer.write(written)


@app.command("audit")
def audit_command(
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    incremental: Annotated[
        bool, typer.Option("--incremental", help="Read what is new since the last audit, and a part of the rest.")
    ] = False,
    lang: LanguageOption,
) -> None:
    """Check that a book is sound: recompute everything from its moves and compare. Exit code 1 if it is not."""
    from coalition.cli.window_tables import audit_note, audit_table
    from coalition.clock import system_clock
    from settlement.audit import audit_on

    screen = console()
    with (
        open_book(database_url, alliance) as book,
        closing(book.database.session()) as session,
        screen.status("…") as status,
    ):
        audit = audit_on(book, session, system_clock(), status.update, full=not incremental)
    screen.print(audit_table(book.settings, audit, lang))
    screen.print(audit_note(book.settings, audit, lang))
    if not audit.ok:
        raise typer.Exit(1)


def _window(book: "Book", session: "Session", date: str | None) -> int:
    """The window that a local date lies in, by its opening; the last closed one if none is given."""
    from settlement.clearing import closed_windows

    if date is None:
        windows = closed_windows(book, session)
        if not windows:
            raise NoClosedWindow
        return windows[-1].opens_at
    try:
        moment = datetime.fromisoformat(date)
        return book.calendar.window(book.calendar.wall(moment))[0]
    except (ValueError, SettlementError):
        raise DateUnreadable("--window", date) from None
