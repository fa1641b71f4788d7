"""`coalition secrets …`: keys for the secrets that the database keeps."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from coalition.cli.options import DEFAULT_URL, RUN_IT, DatabaseUrl, LanguageOption, console
from coalition.locale.messages import N_, translate, translate_count

app = typer.Typer(name="secrets", help="Seal the secrets that the database keeps.", no_args_is_help=True)
PANEL, POSITION = RUN_IT, 45


@app.command("create-key")
def create_key_command(
    file: Annotated[Path, typer.Argument(help="The file to write; one that is not there yet.")],
    *,
    lang: LanguageOption,
) -> None:
    """Make a key that secrets are sealed with, in a file that the user of this process alone can read."""
    from coalition.sealing import make_key

    make_key(file)
    sentence = N_(
        "{file} is new. Name it in COALITION_SECRETS_KEY_FILE of every process, keep a copy apart from the database "
        "(without it the secrets are lost), and run `coalition secrets seal`."
    )
    console().print(translate(sentence, lang, file=file), soft_wrap=True)


@app.command("seal")
def seal_command(database_url: DatabaseUrl = DEFAULT_URL, *, lang: LanguageOption) -> None:
    """Seal every secret in the database with the first key: after the key was made, or another was put before it.

    Meanwhile everybody goes on. Once it is done, older keys can be taken away.
    """
    from coalition.app import open_database
    from coalition.operation.seal_secrets import seal_secrets

    with closing(open_database(database_url)) as database:
        count = seal_secrets(database)
    console().print(
        translate_count("{count} secret is sealed.", "{count} secrets are sealed.", count, lang), soft_wrap=True
    )
