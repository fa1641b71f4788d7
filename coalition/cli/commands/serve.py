"""`coalition serve` and `coalition work`: the server, and the jobs."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TextIO, cast

import typer
from rich.console import Console

from coalition.cli.language import language
from coalition.cli.options import DEFAULT_URL, RUN_IT, DatabaseUrl, LanguageOption, console, opened_database
from coalition.locale.formats import Lang
from coalition.locale.messages import N_, translate

if TYPE_CHECKING:
    from coalition.serve.first_start import FirstStart
    from settlement.ledger import Database

app = typer.Typer()
PANEL, POSITION = RUN_IT, 30

SECONDS_MAX = 3_600
KEEP_ALIVE_SECONDS = 75
"""Longer than clients and balancers use an idle connection (commonly 60 s), so that it is they who close it, and none
sends a request on a connection that is being closed."""
PORTS = 65_536


def _port(port: int) -> int:
    if not 0 < port < PORTS:
        values = {"port": port, "last": PORTS - 1}
        raise typer.BadParameter(translate("{port} is no port; there are 1 to {last}", language(), **values))
    return port


def _processes(count: int) -> int:
    if count < 1:
        raise typer.BadParameter(translate("{count} is no number of processes", language(), count=count))
    return count


def _seconds(seconds: float) -> float:
    if not 0 <= seconds <= SECONDS_MAX:
        values = {"seconds": f"{seconds:g}", "most": SECONDS_MAX}
        raise typer.BadParameter(translate("{seconds} is not between 0 and {most}", language(), **values))
    return seconds


Currency = Annotated[
    Literal["AUD", "EUR", "GBP", "USD"],
    typer.Option(metavar="CODE", help="The sandbox's currency: AUD, EUR, GBP or USD."),
]
Host = Annotated[str, typer.Option(help="The address to listen on; 0.0.0.0 for phones in the same network too.")]
Metrics = Annotated[
    str | None, typer.Option(help="Answer Prometheus here, as in 127.0.0.1:9464; keep it closed to the world.")
]


@app.command("serve")
def serve_command(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="COALITION_PORT", help="The port to take.", callback=_port)] = 8000,
    workers: Annotated[
        int, typer.Option(help="How many processes; more than one needs PostgreSQL.", callback=_processes)
    ] = 1,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="Add an example alliance with a clock that can be moved, and its keys.")
    ] = False,
    currency: Currency = "EUR",
    env_file: Annotated[Path | None, typer.Option(help="Write the sandbox's keys here, for a shell.")] = None,
    alliance: Annotated[
        Path | None, typer.Option(help="ALLIANCE.toml of the alliance that a first start opens; a plain one if none.")
    ] = None,
    owner: Annotated[
        str | None,
        typer.Option(
            envvar="COALITION_OWNER",
            metavar="EMAIL",
            help="The first owner, whom a first start invites; a terminal is asked.",
        ),
    ] = None,
    metrics: Metrics = None,
    drain_seconds: Annotated[
        float,
        typer.Option(
            help="How long to keep serving after a signal to stop, while /health/ready answers 503.",
            callback=_seconds,
            metavar="SECONDS",
        ),
    ] = 0,
    keep_alive_seconds: Annotated[
        int,
        typer.Option(
            help="How long an idle connection stays open; longer than a load balancer keeps its own.",
            callback=_seconds,
            metavar="SECONDS",
        ),
    ] = KEEP_ALIVE_SECONDS,
    jobs: Annotated[bool, typer.Option(help="Run background jobs too; otherwise `coalition work` runs them.")] = True,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Serve the HTTP API: its reference is at /docs, its description at /openapi.json.

    The first start makes the database and an alliance, and shows the key of its operator, this once.
    """
    from coalition.clock import system_clock
    from coalition.programme.rules import read_alliance
    from coalition.serve.addresses import local_url
    from coalition.serve.first_start import first_start
    from coalition.serve.server import Listen, address_of, serve

    screen, url = console(), local_url(host, port)
    figures = None if metrics is None else address_of(metrics)
    listen = Listen(host, port, workers, figures, drain_seconds, jobs, keep_alive_seconds)
    with ExitStack() as until_the_end:
        database = until_the_end.enter_context(opened_database(database_url))
        if sandbox:
            exports, levers = _start_sandbox(database, currency, url, until_the_end)
            screen.print(translate("# Stripe is a fake here; its levers: {url}", lang, url=levers), soft_wrap=True)
            _show_keys(screen, exports, env_file, lang)
        else:
            rules = None if alliance is None else read_alliance(alliance)
            first = first_start(database, system_clock, rules, lambda: owner or _asked_owner(lang), lang)
            if first is not None:
                _show_first_start(screen, first, url, lang)
        show_links(screen, host, port, lang)
        serve(database_url, listen)


@app.command("work")
def work_command(database_url: DatabaseUrl = DEFAULT_URL, *, lang: LanguageOption) -> None:  # noqa: ARG001 - of its help
    """Run background jobs, and nothing else: events, webhooks, expiry, closing of windows. Ctrl-C or SIGTERM stops it.

    `coalition serve` runs them too; use this beside a `serve --no-jobs`, on as many machines as you like.
    """
    from coalition.app import tune_process
    from coalition.serve.work import work

    tune_process()
    work(database_url)


def _start_sandbox(database: "Database", currency: str, url: str, until_the_end: ExitStack) -> tuple[str, str]:
    """Open the sandbox and its fake of Stripe: its keys as lines for a shell, and where the levers of the fake are."""
    # The fake, and Stripe's library with it, is loaded by those who want it only.
    from coalition.clock import system_clock
    from coalition.serve.example_stripe import SandboxStripe
    from coalition.serve.example_town import open_sandbox

    # Nobody has a phone here: codes are read in the log. Told to the processes that this one starts, too.
    os.environ["COALITION_MESSAGES_TO_LOG"] = "true"
    # Nothing here is worth anything, so a phone in the same network gets in without a certificate.
    os.environ["COALITION_LOG_IN_OVER_HTTP"] = "true"
    keys = open_sandbox(database, system_clock, currency)
    # A developer's receiver of webhooks is on the same machine.
    os.environ.setdefault("COALITION_WEBHOOKS_ALLOW_PRIVATE", "yes")
    fake = until_the_end.enter_context(SandboxStripe(keys.book, system_clock, url))
    return keys.as_exports(url), fake.control_url


def _asked_owner(lang: Lang) -> str | None:
    """The e-mail address that is typed at a terminal; None where there is none, or nothing is typed."""
    if not sys.stdin.isatty():
        return None
    question = translate("E-mail address of the first owner (empty for nobody yet)", lang)
    return str(typer.prompt(question, default="", show_default=False, err=True)).strip() or None


def show_links(screen: Console, host: str, port: int, lang: Lang) -> None:
    """Where the reference, the console and the members' wallet are; the last as a QR code too where phones reach it."""
    from coalition.serve.addresses import is_reached_by_phones, local_url, people_url
    from coalition.settings import read_settings

    screen.print(f"{local_url(host, port)}/docs", soft_wrap=True)
    base = people_url(host, port, read_settings().public_url)
    sentence = N_("The console of the alliance and its shops: {link}")
    screen.print(translate(sentence, lang, link=f"{base}/console"), soft_wrap=True)
    link = f"{base}/wallet"
    screen.print(translate("The members' wallet: {link}", lang, link=link), soft_wrap=True)
    if is_reached_by_phones(base) and screen.is_terminal:
        import segno

        segno.make(link).terminal(cast("TextIO", screen.file), compact=True)


def _show_first_start(screen: Console, first: "FirstStart", url: str, lang: Lang) -> None:
    from coalition.settings import read_settings

    name = repr(first.alliance)
    lines = [
        translate("Opened {alliance}. Its operator's key, shown this once:", lang, alliance=name),
        first.operator_key,
    ]
    if first.invitation is None:
        lines.append(translate("It has no owner yet: `coalition users add EMAIL` invites one.", lang))
    else:
        reached_at = (read_settings().public_url or url).rstrip("/")
        link = f"{reached_at}/invitation#{first.invitation}"
        lines += [translate("The invitation of its first owner, good for seven days:", lang), link]
    for line in lines:
        screen.print(line, soft_wrap=True)


def _show_keys(screen: Console, exports: str, env_file: Path | None, lang: Lang) -> None:
    from coalition.serve.example_town import write_keys

    if env_file is None:
        screen.print(exports, soft_wrap=True, end="")
    else:
        write_keys(env_file, exports)
        sourced = env_file if env_file.is_absolute() else f"./{env_file}"
        sentence = translate("The sandbox's keys are in {file}: `. {sourced}`", lang, file=env_file, sourced=sourced)
        screen.print(sentence, soft_wrap=True)
