"""In which language the program speaks: as --lang says, or COALITION_LANGUAGE, or the locale of the terminal."""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar

from coalition.locale.formats import Lang
from coalition.startup import read_startup

OPTION = "--lang"
LOCALE_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")
"""The first that is set says which language people want, as POSIX has it."""

_current: ContextVar[Lang] = ContextVar("language", default="en")


def chosen_language(arguments: Sequence[str], environment: Mapping[str, str]) -> Lang:
    """The language that a call asks for. English where it asks for one that there is not: that the option refuses."""
    named = _of_arguments(arguments) or read_startup().language
    if not named:
        named = next((environment[name] for name in LOCALE_VARIABLES if environment.get(name)), "")
    return "zh" if named.partition("_")[0].lower() == "zh" else "en"


def speak(lang: Lang) -> None:
    """Speak this language from now on."""
    _current.set(lang)


def language() -> Lang:
    """The language that the program speaks."""
    return _current.get()


def _of_arguments(arguments: Sequence[str]) -> str:
    for place, argument in enumerate(arguments):
        if argument == OPTION:
            return "".join(arguments[place + 1 : place + 2])
        if argument.startswith(f"{OPTION}="):
            return argument.removeprefix(f"{OPTION}=")
    return ""
