"""`coalition members`: take over the members of an older scheme."""

from pathlib import Path
from typing import Annotated

import typer

from coalition.cli.acting import ActingUser, open_acting
from coalition.cli.options import (
    DEFAULT_URL,
    RUN_IT,
    AllianceName,
    DatabaseUrl,
    LanguageOption,
    console,
    new_table,
    progress,
    read_file,
)
from coalition.locale.messages import N_, translate

app = typer.Typer(name="members", no_args_is_help=True, help="Members: take over those of an older scheme.")
PANEL, POSITION = RUN_IT, 44

AT_ONCE = 500
"""Rows between two steps of the progress bar."""


@app.command("import")
def import_command(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="MEMBERS.csv",
            help="Columns: ref, phone, email, name, language, birthday, shop, points, release_on, expires_on.",
        ),
    ],
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Import members and their old balances; a row that is in already changes nothing. Exit code 1 if a row fails."""
    from coalition.access.caller import OWNERS
    from coalition.access.log import record_separately
    from coalition.locale.error_text import error_text, phrase_text
    from coalition.members.import_file import check_readable, import_readable, read_rows
    from coalition.members.import_members import ImportedMember
    from coalition.members.releases import release_due
    from coalition.try_again import try_again
    from settlement import customs_of

    content = read_file(file)
    screen = console()
    with open_acting(database_url, alliance, user, OWNERS) as acting:
        settings = acting.alliance.book.settings
        rows, form, *_ = read_rows(content, customs_of(settings.timezone))
        try_again(check_readable, acting.alliance, acting.approvals, acting.caller, [row for _, row in rows])
        try_again(record_separately, acting.alliance.database, acting.caller, "members.import", file.name)
        answers = []
        with progress(console(stderr=True), translate("Importing", lang), len(rows)) as done:
            for first in range(0, len(rows), AT_ONCE):
                answers += import_readable(acting.alliance, [row for _, row in rows[first : first + AT_ONCE]])
                done(len(answers))
        release_due(acting.alliance)
    for part in form:
        screen.print(phrase_text(part, lang))
    failed = [(ref, why) for (ref, _), why in zip(rows, answers, strict=True) if not isinstance(why, ImportedMember)]
    imported = [answer for answer in answers if isinstance(answer, ImportedMember)]
    summary = N_(
        "Rows imported: {imported}, of them before: {again}. Members enrolled: {enrolled}. Rows failed: {failed}."
    )
    counts = {
        "imported": len(imported),
        "again": sum(answer.again for answer in imported),
        "enrolled": sum(answer.new and not answer.again for answer in imported),
        "failed": len(failed),
    }
    screen.print(translate(summary, lang, **counts), soft_wrap=True)
    if failed:
        table = new_table(translate("Rows that failed", lang), lang, ids=[N_("Row")], left=[N_("Why")])
        for ref, why in failed:
            table.add_row(ref, phrase_text(why, lang) if isinstance(why, str) else error_text(why, lang, settings))
        screen.print(table)
        raise typer.Exit(1)
