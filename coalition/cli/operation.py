"""`coalition doctor`, `coalition backup` and `coalition restore`."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from coalition.cli.options import DEFAULT_URL, DatabaseUrl, Language, LanguageOption, console
from coalition.clock import system_clock
from coalition.locale.messages import translate
from coalition.operation.archive import Manifest
from coalition.operation.backup import backup
from coalition.operation.doctor import Level, examine
from coalition.operation.doctor_text import LEVELS, NAMES, finding_text
from coalition.operation.restore import restore
from coalition.serve.first_start import machine_timezone
from settlement.ledger import Database

STYLES = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red bold"}


def add_commands(app: typer.Typer) -> None:
    """Add them to the program's."""
    app.command("doctor")(doctor_command)
    app.command("backup")(backup_command)
    app.command("restore")(restore_command)


def doctor_command(database_url: DatabaseUrl = DEFAULT_URL, lang: LanguageOption = Language.EN) -> None:
    """Look for what may be wrong, and say what to do about it. Changes nothing; exit code 1 where something fails."""
    failed = False
    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in examine(database_url, system_clock):
        failed = failed or finding.level is Level.FAIL
        level = Text(translate(LEVELS[finding.level], lang.value), STYLES[finding.level])
        name, text = translate(NAMES[finding.name], lang.value), finding_text(finding, machine_timezone(), lang.value)
        table.add_row(level, name, text)
    console().print(table)
    if failed:
        raise typer.Exit(1)


def backup_command(
    file: Annotated[Path, typer.Argument(help="The file to write; one that is not there yet.")],
    database_url: DatabaseUrl = DEFAULT_URL,
) -> None:
    """Write a backup of the whole database into one file, while everybody goes on working with it.

    It restores into SQLite and PostgreSQL alike. It has everything in it, people included: keep it as safe.
    """
    shown = console()
    with closing(Database(database_url)) as database, shown.status("…") as status:
        manifest = backup(database, file, system_clock, status.update)
    shown.print(f"{file}: {_summary(manifest)}", soft_wrap=True)


def restore_command(
    file: Annotated[Path, typer.Argument(help="A file that `coalition backup` wrote.")],
    database_url: DatabaseUrl = DEFAULT_URL,
) -> None:
    """Restore a backup into an empty database, then read all of it back and audit every book."""
    shown = console()
    with closing(Database(database_url)) as database, shown.status("…") as status:
        manifest = restore(database, file, system_clock, status.update)
    shown.print(f"{database.shown_url}: {_summary(manifest)}; read back, and every audit holds", soft_wrap=True)


def _summary(manifest: Manifest) -> str:
    rows = sum(contents.rows for contents in manifest.tables.values())
    return f"{rows:,} rows of {len(manifest.heads)} alliances, schema {manifest.revision}"
