"""Help and complaints of the command line in the reader's language, those of the library that reads it included."""

import re
from collections.abc import Iterator
from functools import cache
from string import Formatter
from typing import Any

from coalition.cli.help_page import show_help
from coalition.locale.formats import Lang
from coalition.locale.help_texts import translate_help
from coalition.locale.messages import N_, translate

USAGE = N_("Usage:")
OPTIONS = N_("[OPTIONS]")
SUBCOMMAND = N_("COMMAND [ARGS]...")
SHOW_HELP = N_("Show this message and exit.")
COMPLETION = (
    N_("Install completion for the current shell."),
    N_("Show completion for the current shell, to copy it or customize the installation."),
)
"""Help of the options that the library adds."""

COMPLAINTS = (
    N_("No such command '{name}'. Did you mean {others}?"),
    N_("No such command '{name}'."),
    N_("No such option: {name} (Possible options: {others})"),
    N_("No such option: {name}"),
    N_("Missing command."),
    N_("Missing option {name} (env var: {variable})."),
    N_("Missing option {name}."),
    N_("Missing argument {name}."),
    N_("Option '{name}' requires an argument."),
    N_("Option '{name}' does not take a value."),
    N_("Got unexpected extra argument(s) ({arguments})"),
    N_("Invalid value for {name} (env var: {variable}): {problem}"),
    N_("Invalid value for {name}: {problem}"),
    N_("Invalid value: {problem}"),
)
"""What the library says of a call that makes no sense."""
PROBLEMS = (
    N_("{value} is not a valid int."),
    N_("{value} is not a valid float."),
    N_("File {path} does not exist."),
    N_("File {path} is a directory."),
    N_("File {path} is not readable."),
    N_("Directory {path} does not exist."),
    N_("Directory {path} is a file."),
    N_("{value} is not one of {choices}."),
    N_("file '{path}' does not exist."),
    N_("file '{path}' is a directory."),
    N_("file '{path}' is not readable."),
    N_("directory '{path}' does not exist."),
    N_("directory '{path}' is a file."),
    N_("Input should be a valid integer, unable to parse string as an integer"),
    N_("Input should be a valid number, unable to parse string as a number"),
    N_("{value} is not in the range {range}."),
    N_("Input should be greater than or equal to {least}"),
    N_("Input should be less than or equal to {most}"),
)
"""What it says of a value, in the words of each version that may be installed."""


_VALUE_ERROR = "Value error, "
"""What pydantic puts before a problem that the library has found."""


def localize(root: Any, lang: Lang) -> None:
    """Show a program's help in a language, and that of all its commands."""
    for command in _all_commands(root):
        _localize_command(command, lang)


def complaint(text: str, lang: Lang) -> str:
    """A complaint of the library's, or of our own about a value, in a language; one that is unknown stays English."""
    text = text.removeprefix(_VALUE_ERROR)
    for sentence in (*COMPLAINTS, *PROBLEMS):
        match = _pattern(sentence).fullmatch(text)
        if match is not None:
            values = match.groupdict()
            if "problem" in values:
                values["problem"] = complaint(values["problem"], lang)
            return translate(sentence, lang, **values) if values else translate(sentence, lang)
    return text


def _all_commands(command: Any) -> Iterator[Any]:
    yield command
    for inner in getattr(command, "commands", {}).values():
        yield from _all_commands(inner)


def _localize_command(command: Any, lang: Lang) -> None:
    if command.help:
        command.help = translate_help(command.help, lang)
    if command.rich_help_panel:
        command.rich_help_panel = translate(command.rich_help_panel, lang)
    if command.options_metavar == OPTIONS:
        command.options_metavar = translate(OPTIONS, lang)
    if getattr(command, "subcommand_metavar", None) == SUBCOMMAND:
        command.subcommand_metavar = translate(SUBCOMMAND, lang)
    for parameter in command.params:
        if parameter.help:
            parameter.help = translate_help(parameter.help, lang)
    _localize_help_of(command, lang)


def _localize_help_of(command: Any, lang: Lang) -> None:
    """Show what the library writes into a command's help in a language."""
    usage_of, help_option_of = command.get_usage, command.get_help_option

    def get_usage(context: Any) -> str:
        return str(usage_of(context)).replace(USAGE, translate(USAGE, lang), 1)

    def get_help_option(context: Any) -> Any:
        option = help_option_of(context)
        if option is not None:
            option.help = translate(SHOW_HELP, lang)
        return option

    def format_help(context: Any, _: Any) -> None:
        show_help(command, context, lang)

    command.get_usage, command.get_help_option, command.format_help = get_usage, get_help_option, format_help


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    """What a sentence looks like once its places are filled."""
    parts = [re.escape(text) + (f"(?P<{name}>.+)" if name else "") for text, name, _, _ in Formatter().parse(sentence)]
    return re.compile("".join(parts), re.DOTALL)
