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
    from coalition.operation.encryption import BackupKey

app = typer.Typer()
PANEL, POSITION = RUN_IT, 40

STYLES = {"ok": "green", "warn": "yellow", "fail": "red bold"}
SUMMARY = N_("rows: {rows}, alliances: {alliances}, schema: {revision}")


@app.command("doctor")
def doctor_command(database_url: DatabaseUrl = DEFAULT_URL, *, lang: LanguageOption) -> None:
    """Look for problems, and say what to do about them. Changes nothing; exit code 1 if something fails."""
    from coalition.clock import system_clock
    from coalition.operation.doctor import examine
    from coalition.operation.doctor_text import LEVELS, NAMES, finding_text
    from coalition.operation.finding import Level
    from coalition.serve.first_start import machine_timezone

    findings = list(examine(database_url, system_clock))
    table = Table(box=None, show_header=False, pad_edge=False)
    for finding in findings:
        level = Text(translate(LEVELS[finding.level], lang), STYLES[finding.level])
        table.add_row(level, translate(NAMES[finding.name], lang), finding_text(finding, machine_timezone(), lang))
    console().print(table)
    if any(finding.level is Level.FAIL for finding in findings):
        raise typer.Exit(1)


KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file", help="The file with the key of backups; by default COALITION_KEY_FILE, or coalition.key."
    ),
]
Passphrase = Annotated[
    bool,
    typer.Option(
        "--passphrase", help="Use a passphrase in place of the key file: COALITION_BACKUP_PASSPHRASE, or asked for."
    ),
]


@app.command("backup")
def backup_command(
    file: Annotated[Path, typer.Argument(help="The file to write; one that is not there yet.")],
    key_file: KeyFile = None,
    passphrase: Passphrase = False,
    plain: Annotated[bool, typer.Option("--plain", help="Encrypt nothing: any tool opens the file.")] = False,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Write a backup of the whole database into one file, while everybody goes on working with it.

    It restores into SQLite and PostgreSQL alike, and is encrypted. The first one makes the key file: keep a copy of
    that apart from the backups, since without it they can't be read.
    """
    from coalition.clock import system_clock
    from coalition.operation.backup import backup
    from settlement.ledger import Database

    screen = console()
    key = None if plain else _key(key_file, passphrase=passphrase, make=True, lang=lang)
    with closing(Database(database_url)) as database, screen.status("…") as status:
        manifest = backup(database, file, system_clock, status.update, key)
    screen.print(f"{file}: {_summary(manifest, lang)}", soft_wrap=True)


@app.command("restore")
def restore_command(
    file: Annotated[Path, typer.Argument(help="A file that `coalition backup` wrote.")],
    key_file: KeyFile = None,
    passphrase: Passphrase = False,
    plain: Annotated[
        bool, typer.Option("--plain", help="Take a file that is not encrypted, from a safe place.")
    ] = False,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Restore a backup into an empty database, then read all of it back and audit every book."""
    from coalition.clock import system_clock
    from coalition.operation.restore import restore
    from settlement.ledger import Database

    screen = console()
    key = None if plain else _key(key_file, passphrase=passphrase, make=False, lang=lang)
    with closing(Database(database_url)) as database, screen.status("…") as status:
        manifest = restore(database, file, system_clock, status.update, key)
    restored = translate("{summary}; read back, and every audit holds", lang, summary=_summary(manifest, lang))
    screen.print(f"{database.public_url}: {restored}", soft_wrap=True)


def _key(named: Path | None, *, passphrase: bool, make: bool, lang: Lang) -> "BackupKey":
    """The key to use; the key file is made where there is none and one may be. Raises KeyFileUnusable."""
    from coalition.operation.encryption import key_of_passphrase, make_key_file, read_key_file
    from coalition.settings import read_settings

    settings = read_settings()
    key_file = named or settings.key_file
    if passphrase:
        text = settings.backup_passphrase or typer.prompt(
            translate("Passphrase", lang), hide_input=True, confirmation_prompt=make
        )
        return key_of_passphrase(text)
    if make and make_key_file(key_file):
        sentence = N_("{file} is new. Keep a copy apart from the backups: without it they can't be read.")
        console().print(translate(sentence, lang, file=key_file), soft_wrap=True)
    return read_key_file(key_file)


def _summary(manifest: "Manifest", lang: Lang) -> str:
    rows = sum(contents.rows for contents in manifest.tables.values())
    values = {"rows": points_text(rows, lang), "alliances": len(manifest.heads), "revision": manifest.revision}
    return translate(SUMMARY, lang, **values)
