"""The command `coalition`."""

import gc
import os
import sys
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from rich.text import Text

from coalition.cli.help_page import show_complaint
from coalition.cli.help_text import complaint, localize
from coalition.cli.language import chosen_language, speak
from coalition.cli.options import LanguageOption, console
from coalition.discovery import declared
from coalition.errors import CoalitionError
from coalition.locale.formats import Lang
from coalition.locale.messages import translate
from settlement import SettlementError

NAME = "coalition"
OBJECTS_BETWEEN_COLLECTIONS = 50_000


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        sys.stdout.write(f"{NAME} {version(NAME)}\n")
        raise typer.Exit


def _program(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
    *,
    lang: LanguageOption,
) -> None:
    """The options of the program itself."""


def _group(
    *,
    lang: LanguageOption,
) -> None:
    """The options of a group of commands."""


def program(lang: Lang) -> Any:
    """The program with all its commands, those of plugins too. Raises PluginNotInstalled."""
    root = typer.Typer(
        name=NAME,
        help="Coalition loyalty for local shops: one points currency, netted to the cent and settled in money.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    root.callback()(_program)
    for module in declared("commands", "app"):
        panel = getattr(module, "PANEL", None)
        if module.app.info.name:
            module.app.callback()(_group)
        else:
            for command in module.app.registered_commands:
                command.rich_help_panel = panel
        root.add_typer(module.app, rich_help_panel=panel)
    command = typer.main.get_command(root)
    localize(command, lang)
    return command


def main() -> None:
    """Run the command; an error is a sentence on stderr and exit code 1, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A letter that the terminal's encoding lacks becomes a question mark, not the end of the command.
            stream.reconfigure(errors="replace")
    # Loading makes many objects and no garbage; looking for it takes a tenth of the time.
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
    lang = chosen_language(sys.argv[1:], os.environ)
    speak(lang)
    try:
        sys.exit(program(lang).main(prog_name=NAME, standalone_mode=False))
    except typer.TyperException as error:
        show_complaint(error, complaint(error.format_message(), lang), lang)
        sys.exit(error.exit_code)
    except (CoalitionError, SettlementError) as error:
        from coalition.locale.error_text import error_text

        label = (translate("error:", lang), "red bold")
        console(stderr=True).print(Text.assemble(label, f" {error_text(error, lang)}"), soft_wrap=True)
        sys.exit(1)
    except typer.Abort:
        console(stderr=True).print(translate("Aborted.", lang))
        sys.exit(1)
