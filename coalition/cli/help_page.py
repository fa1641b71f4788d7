"""The pages that a person meets before a command runs: its help in panels, and the refusal of a call without sense.

The library draws them too, but to do so it loads a reader of Markdown and highlighters of program texts, which takes
longer than all the rest of a call for help.
"""

import inspect
from collections.abc import Iterable, Sequence
from typing import Any

import typer
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from coalition.locale.formats import Lang
from coalition.locale.messages import N_, translate

ARGUMENTS, OPTIONS, COMMANDS, ERROR = N_("Arguments"), N_("Options"), N_("Commands"), N_("Error")
"""Titles of panels."""
_OPTION = r"(?<![\w-])--?[a-z][\w-]*"
"""An option in running text, such as --lang."""


def show_help(command: Any, context: Any, lang: Lang) -> None:
    """Print a command's usage, what it does, its arguments and options, and the commands in it."""
    console = Console()
    # Lines break anywhere: Chinese has no spaces, and would be cut off where a column ends.
    console.print(Padding(Text(command.get_usage(context), "bold"), 1))
    for number, paragraph in enumerate(_paragraphs(command.help or "")):
        console.print(Padding(_marked(paragraph, "dim" if number else ""), (0, 1, 1, 1)))
    parameters = [each for each in command.get_params(context) if not getattr(each, "hidden", False)]
    for title, kind in ((ARGUMENTS, "argument"), (OPTIONS, "option")):
        rows = [_row(each, context, lang) for each in parameters if each.param_type_name == kind]
        if rows:
            console.print(_panel(translate(title, lang), _table(rows)))
    panels = _by_panel(command, context, translate(COMMANDS, lang))
    width = max((len(each.name) for commands in panels.values() for each in commands), default=0)
    for title, commands in panels.items():
        rows = [(Text(each.name.ljust(width), "bold cyan"), _summary(each)) for each in commands]
        console.print(_panel(title, _table(rows)))


def show_complaint(error: typer.TyperException, sentence: str, lang: Lang) -> None:
    """Print why a call makes no sense, and where its help is, on standard error."""
    console = Console(stderr=True)
    context = getattr(error, "ctx", None)
    if context is not None:
        console.print(Text(context.get_usage(), "bold"))
        call = Text(f"'{context.command_path} {context.help_option_names[0]}'", "blue")
        before, after = translate(N_("Try {call} for help."), lang, call="\0").split("\0")
        console.print(Text.assemble(before, call, after, style="dim"))
    title = Text(translate(ERROR, lang))
    console.print(Panel(Text(sentence, overflow="fold"), border_style="red", title=title, title_align="left"))


def _by_panel(group: Any, context: Any, plain: str) -> dict[str, list[Any]]:
    """The commands of a group by the titles of their panels, those of none under the plain title and first."""
    panels: dict[str, list[Any]] = {plain: []}
    for name in getattr(group, "commands", ()):
        command = group.get_command(context, name)
        if not command.hidden:
            panels.setdefault(command.rich_help_panel or plain, []).append(command)
    return {title: commands for title, commands in panels.items() if commands}


def _row(parameter: Any, context: Any, lang: Lang) -> Sequence[Text]:
    """Names, negative names, type and help of an argument or an option."""
    if parameter.param_type_name == "argument":
        kind = parameter.type.get_metavar(param=parameter, ctx=context) or f"<{parameter.type.name}>"
        names, negative = [parameter.metavar or parameter.name], []
    else:
        kind = "" if getattr(parameter, "is_flag", False) else parameter.make_metavar(ctx=context)
        names, negative = parameter.opts, parameter.secondary_opts
    describe_range = getattr(parameter.type, "_describe_range", None)
    if kind and describe_range is not None:
        kind += f" [{describe_range()}]"
    long = [name for name in names if name.startswith("--")]
    short = [name for name in names if not name.startswith("--")]
    return (
        Text("*" if parameter.required else "", "red"),
        Text(",".join(long), "bold cyan"),
        Text(",".join(short), "bold green"),
        Text(",".join(negative), "bold magenta"),
        Text(kind, "bold yellow"),
        _help_of(parameter, context, lang),
    )


def _help_of(parameter: Any, context: Any, lang: Lang) -> Text:
    parts = [_marked(" ".join((parameter.help or "").split()), "")]
    if parameter.envvar and parameter.show_envvar:
        parts.append(Text(translate(N_("[env var: {name}]"), lang, name=parameter.envvar), "dim yellow"))
    default = _default_text(parameter, context) if parameter.show_default else ""
    if default:
        parts.append(Text(translate(N_("[default: {value}]"), lang, value=default), "dim"))
    if parameter.required:
        parts.append(Text(translate(N_("[required]"), lang), "dim red"))
    return Text(" ", overflow="fold").join(part for part in parts if part)


def _default_text(parameter: Any, context: Any) -> str:
    """What a parameter is without being given; nothing where that goes without saying, or is found out by a call."""
    default = parameter.get_default(context, call=False)
    if default is None or callable(default):
        return ""
    if isinstance(default, bool):
        on, off = parameter.opts[0], (parameter.secondary_opts or [""])[0]
        return str(on if default else off).lstrip("-") if off else ""
    if isinstance(default, list | tuple):
        return ", ".join(map(str, default))
    return str(default)


def _summary(command: Any) -> Text:
    return _marked(next(iter(_paragraphs(command.help or "")), ""), "")


def _paragraphs(text: str) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in inspect.cleandoc(text).split("\n\n") if paragraph.strip()]


def _marked(text: str, style: str) -> Text:
    """A text with its markup, such as [bold]; options in it stand out."""
    marked = Text.from_markup(text, style=style, emoji=False, overflow="fold")
    marked.highlight_regex(_OPTION, "bold cyan")
    return marked


def _table(rows: Iterable[Sequence[Text]]) -> Table:
    """Rows without lines between them; a column that is empty in all of them is left out."""
    filled = [column for column in zip(*rows, strict=True) if any(column)]
    table = Table(box=None, show_header=False, expand=True, pad_edge=False)
    for column in filled[:-1]:
        # A type may be long; names stay whole.
        table.add_column(overflow="fold", no_wrap=column[0].style != "bold yellow")
    table.add_column(overflow="fold", ratio=1)
    for row in zip(*filled, strict=True):
        table.add_row(*row)
    return table


def _panel(title: str, table: Table) -> Panel:
    return Panel(table, title=Text(title), title_align="left", border_style="dim")
