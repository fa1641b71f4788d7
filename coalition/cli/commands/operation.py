"""`coalition doctor`, `coalition backup` and `coalition restore`."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from coalition.cli.options import DEFAULT_URL, RUN_IT, DatabaseUrl, LanguageOption, console
from coalition.locale.formats import Lang, points_text
from coalition.locale.messages import N_, translate

if TYPE_CHECKING:
    from coalition.operation.archive import Manifest

app = typer.Typer()
PANEL, POSITION = RUN_IT, 40

STYLES = {"ok": "green", "warn": "yellow", "fail": "red bold"}
SUMMARY = N_("{rows} rows of {alliances} alliances, schema {revision}")


@app.command("doctor")
def doctor_command(database_url: DatabaseUrl = DEFAULT_URL, *, lang: LanguageOption) -> None:
    """Look for problems, and say what to do about them. Changes nothing; exit code 1 if something fails."""
    from coalition.clock import system_clock
    from coalition.operation.doctor import Level, examine
    from coalition.operation.doctor_text import LEVELS, NAMES, finding_text
    from coalition.serve.first_start import machine_timezone

    findings = list(examine(database_url, system_clock))
    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        level = Text(translate(LEVELS[finding.level], lang), STYLES[finding.level])
        table.add_row(level, translate(NAMES[finding.name], lang), finding_text(finding, machine_timezone(), lang))
    console().print(table)
    if any(finding.level is Level.FAIL for finding in findings):
        raise typer.Exit(1)


@app.command("backup")
def backup_command(
    file: Annotated[Path, typer.Argument(help="The file to write; one that is not there yet.")],
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Write a backup of the whole database into one file, while everybody goes on working with it.

    It restores into SQLite and PostgreSQL alike. It has everything in it, people included: keep it as safe.
    """
    from coalition.clock import system_clock
    from coalition.operation.backup import backup
    from settlement.ledger import Database

    screen = console()
    with closing(Database(database_url)) as database, screen.status("…") as status:
        manifest = backup(database, file, system_clock, status.update)
    screen.print(f"{file}: {_summary(manifest, lang)}", soft_wrap=True)


@app.command("restore")
def restore_command(
    file: Annotated[Path, typer.Argument(help="A file that `coalition backup` wrote.")],
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Restore a backup into an empty database, then read all of it back and audit every book."""
    from coalition.clock import system_clock
    from coalition.operation.restore import restore
    from settlement.ledger import Database

    screen = console()
    with closing(Database(database_url)) as database, screen.status("…") as status:
        manifest = restore(database, file, system_clock, status.update)
    restored = translate("{summary}; read back, and every audit holds", lang, summary=_summary(manifest, lang))
    screen.print(f"{database.public_url}: {restored}", soft_wrap=True)


def _summary(manifest: "Manifest", lang: Lang) -> str:
    rows = sum(contents.rows for contents in manifest.tables.values())
    values = {"rows": points_text(rows, lang), "alliances": len(manifest.heads), "revision": manifest.revision}
    return translate(SUMMARY, lang, **values)
