"""`coalition notices`: what is on the board."""

import typer

from coalition.cli.options import DEFAULT_URL, LOOK, AllianceName, DatabaseUrl, LanguageOption, console, open_book

app = typer.Typer()
PANEL = LOOK


@app.command("notices")
def notices_command(
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """List the notices on the board."""
    from coalition.alliance import Alliances
    from noticeboard.board import texts

    with open_book(database_url, alliance) as book:
        for text in texts(Alliances(book.database).get(book.alliance_id)):
            console().print(text)
