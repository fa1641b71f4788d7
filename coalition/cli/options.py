"""What the commands share: their common options, the console, and the book that they work on."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from coalition.app import open_database
from coalition.clock import system_clock
from coalition.errors import AllianceNotChosen, DateUnreadable
from coalition.locale.formats import Lang
from coalition.settings import StartupSettings
from settlement.ledger import Book, book_names


class Language(StrEnum):
    """Languages of what is shown."""

    EN = "en"
    ZH = "zh"


DatabaseUrl = Annotated[
    str,
    typer.Option(
        envvar="COALITION_DATABASE_URL",
        help="Where the books live: sqlite:///FILE or postgresql://HOST/NAME.",
    ),
]
AllianceName = Annotated[str | None, typer.Option("--alliance", help="Which alliance, where the database has several.")]
LanguageOption = Annotated[
    Language, typer.Option("--lang", envvar="COALITION_LANGUAGE", help="Language of what is shown.")
]
DEFAULT_URL = StartupSettings().database_url


def date_option(option: str, text: str) -> date:
    """The date that an option was given. Raises DateUnreadable."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DateUnreadable(option, text) from None


def console(*, stderr: bool = False) -> Console:
    """A console that shows names as they are: one with brackets or colons in it is no markup and no emoji."""
    return Console(stderr=stderr, markup=False, emoji=False, highlight=False)


def new_table(
    word: Callable[[str, Lang], str],
    title: str,
    lang: Lang,
    left: Sequence[str],
    right: Sequence[str] = (),
    unit: str = "",
) -> Table:
    """A table with words to the left and figures, in a unit if it says so, to the right; `word` knows the columns."""
    shown = Table(title=title, title_justify="left", title_style="bold")
    for column in left:
        shown.add_column(word(column, lang), overflow="fold")
    for column in right:
        shown.add_column(word(column, lang) + (f" ({unit})" if unit else ""), justify="right")
    return shown


@contextmanager
def progress(shown_on: Console, title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar that goes away when it is done; it hears how many of the total are."""
    named = TextColumn("{task.description}", markup=False)
    columns = (SpinnerColumn(), named, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=shown_on, transient=True, disable=not shown_on.is_terminal) as bar:
        task = bar.add_task(title, total=total)
        yield lambda completed: bar.update(task, completed=completed)


@contextmanager
def book(url: str, name: str | None) -> Iterator[Book]:
    """The book of that name; the only one there is, where no name is given."""
    with closing(open_database(url)) as database:
        if name is None:
            names = book_names(database)
            if len(names) != 1:
                raise AllianceNotChosen(database.shown_url, names)
            name = names[0]
        yield Book.open(database, name, system_clock)
