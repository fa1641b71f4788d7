"""`coalition backing`: the proof of a day's backing, for whoever checks it without this software."""

from pathlib import Path
from typing import Annotated

import typer

from coalition.cli.options import (
    DEFAULT_URL,
    SETTLE_IT,
    AllianceName,
    DatabaseUrl,
    LanguageOption,
    console,
    date_option,
    open_book,
    write_file,
)
from coalition.locale.messages import translate

app = typer.Typer()
PANEL, POSITION = SETTLE_IT, 86


@app.command("backing")
def backing_command(
    day: Annotated[str, typer.Argument(metavar="YYYY-MM-DD", help="As of the end of this day.")],
    since: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="Only what came after the end of this day.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="The file; backing-DAY.jsonl.gz if left out.")] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Prove what stands behind the points, for somebody who checks it without this software.

    coalition/reports/README.md says how; coalition/reports/check_backing.py does it.
    """
    from coalition.reports.prove_backing import prove_backing

    asked = date_option("DAY", day)
    before = None if since is None else date_option("--since", since)
    screen = console(stderr=True)
    with open_book(database_url, alliance) as book, screen.status("…"):
        proof = prove_backing(book, asked, before)
    file = output or Path(f"backing-{asked.isoformat()}.jsonl.gz")
    write_file(file, proof)
    screen.print(
        translate("{file}: check it with coalition/reports/check_backing.py.", lang, file=file), soft_wrap=True
    )
