"""What the commands share: their common options, the console, tables, and the book that they work on."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from coalition.cli.language import OPTION, language
from coalition.errors import CommandRefused, DateUnreadable, NoAllianceYet, SeveralAlliances, unreadable, unwritable
from coalition.locale.formats import Lang
from coalition.locale.messages import N_, translate
from coalition.startup import read_startup
from settlement import Phrase, clean_text, reason_of, written_date, written_minor

if TYPE_CHECKING:
    from settlement.ledger import Book, BookSettings, Database

TRY_IT, RUN_IT, SETTLE_IT, LOOK = N_("Try it"), N_("Run it"), N_("Settle it"), N_("Look")
"""The groups in which `coalition --help` shows the commands."""

DatabaseUrl = Annotated[
    str,
    typer.Option(
        envvar="COALITION_DATABASE_URL",
        help="Where the books live: sqlite:///FILE or postgresql://HOST/NAME.",
    ),
]


def text(value: str) -> str:
    """What a person wrote as an argument, checked and trimmed as everywhere. Raises CommandRefused.

    An empty one is left to the command, for which it may stand for none.
    """
    try:
        return clean_text(value) if value else value
    except ValueError as error:
        raise CommandRefused(
            Phrase("{text:name} can't be used: {reason}", text=value, reason=reason_of(error))
        ) from None


AllianceName = Annotated[
    str | None, typer.Option("--alliance", help="Which alliance, if the database has several.", parser=text)
]
LanguageOption = Annotated[
    Lang,
    typer.Option(
        OPTION,
        envvar="COALITION_LANGUAGE",
        default_factory=language,
        show_default=False,
        help="Language of the output; by default the terminal's.",
    ),
]
DEFAULT_URL = read_startup().database_url


def date_option(option: str, text: str) -> date:
    """The date that an option was given. Raises DateUnreadable."""
    try:
        return written_date(text)
    except ValueError:
        raise DateUnreadable(option, text) from None


def shares_option(payments: list[str], minor_digits: int) -> tuple[list[str], list[int]]:
    """The payments that a line was, and how much of it each is, in minor units, where that is said."""
    named = [each.partition("=") for each in payments]
    if not any(equals for _, equals, _ in named):
        return payments, []
    amounts: list[int] = []
    for name, _, written in named:
        minor = written_minor(written, minor_digits)
        if minor is None or minor <= 0:
            raise CommandRefused(Phrase("write how much of the line {payment:name} is, as PAYMENT=9.50", payment=name))
        amounts.append(minor)
    return [name for name, _, _ in named], amounts


def money_option(option: str, text: str, settings: "BookSettings") -> int:
    """The minor units of an amount such as 12.50, exactly and not negative. Raises CommandRefused."""
    minor = written_minor(text, settings.minor_digits)
    if minor is None or minor < 0:
        why = Phrase(
            "{option} {text}: write an amount of {currency} with at most {digits} decimals, as in {example}",
            option=option,
            text=text,
            currency=settings.currency,
            digits=settings.minor_digits,
            example=f"{Decimal(1250).scaleb(-settings.minor_digits):f}",
        )
        raise CommandRefused(why)
    return minor


PIPE_COLUMNS = 240
"""How wide a line may be where no terminal says how wide it is: no id is cut, and no line broken, in a pipe."""


def console(*, stderr: bool = False) -> Console:
    """A console that shows names as they are: one with brackets or colons in it is no markup and no emoji."""
    made = Console(stderr=stderr, markup=False, emoji=False, highlight=False)
    if not made.is_terminal and not os.environ.get("COLUMNS"):
        made.width = PIPE_COLUMNS
    return made


def read_file(path: Path) -> bytes:
    """What is in a file. Raises FileUnreadable."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise unreadable(path, error) from None


def write_file(path: Path, content: bytes) -> None:
    """Write a file. Raises FileUnreadable."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise unwritable(path, error) from None


def new_table(
    title: str, lang: Lang, left: Sequence[str] = (), right: Sequence[str] = (), unit: str = "", ids: Sequence[str] = ()
) -> Table:
    """A table: ids, which are never broken, words to the left, and figures to the right, in a unit where one is given.

    The columns' names are marked sentences.
    """
    table = Table(title=title, title_justify="left", title_style="bold")
    for column in ids:
        # An id that is cut in two can't be copied into the next command.
        table.add_column(translate(column, lang), no_wrap=True, overflow="ignore")
    for column in left:
        table.add_column(translate(column, lang), overflow="fold")
    for column in right:
        table.add_column(translate(column, lang) + (f" ({unit})" if unit else ""), justify="right", overflow="fold")
    return table


@contextmanager
def progress(console: Console, title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar that goes away when it is done; it is called with how many of the total are."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    named = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), named, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=total)
        yield lambda completed: bar.update(task, completed=completed)


@contextmanager
def opened_database(url: str) -> Iterator["Database"]:
    """The database at a URL, at the newest schema, in a process that is set up for a book."""
    from coalition.app import open_database, tune_process

    tune_process()
    with closing(open_database(url)) as database:
        yield database


@contextmanager
def open_book(url: str, name: str | None) -> Iterator["Book"]:
    """The book of that name; the only one there is if no name is given. Raises NoAllianceYet and SeveralAlliances."""
    from coalition.clock import system_clock
    from settlement.ledger import Book

    with opened_database(url) as database:
        yield Book.open(database, name or _only_name(database), system_clock)


def alliance_id(database: "Database", name: str | None) -> int:
    """The id of the alliance of that name; of the only one there is if no name is given.

    Raises NoAllianceYet, SeveralAlliances and BookNotFound.
    """
    from coalition.clock import system_clock
    from settlement.ledger import Book

    return Book.open(database, name or _only_name(database), system_clock).alliance_id


def _only_name(database: "Database") -> str:
    from settlement.ledger import book_names

    names = book_names(database)
    if not names:
        raise NoAllianceYet(database.public_url)
    if len(names) > 1:
        raise SeveralAlliances(database.public_url, names)
    return names[0]


def check_shop(book: "Book", shop: str | None) -> None:
    """Raise CommandRefused where a shop is named that the alliance does not have."""
    with closing(book.database.session()) as session:
        if shop is not None and shop not in book.config(session).by_ref:
            raise CommandRefused(
                Phrase(
                    "there is no shop {shop:name} in {alliance}; `coalition shops` lists them",
                    shop=shop,
                    alliance=book.settings.name,
                )
            )
