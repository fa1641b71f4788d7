"""What each folder declares is found by the names of its modules, so that nothing is listed in a second place.

| module          | declares                                       | found by                         |
|-----------------|------------------------------------------------|----------------------------------|
| tables.py       | tables, on the common metadata                 | coalition/schema.py              |
| event_types.py  | types of event, and how postings become events | coalition/events/types.py        |
| jobs.py         | JOBS                                           | coalition/schedule.py            |
| task_kinds.py   | TASKS, kinds of long work                      | coalition/tasks/task.py          |
| actions.py      | actions, which take two people                 | coalition/approvals/approvals.py |
| routes.py       | router                                         | coalition/api/routing.py         |
| pages.py        | router, error_page                             | coalition/api/routing.py         |
| credentials.py  | CREDENTIALS, kinds of what lets a person in    | coalition/access/end_credentials |
| member_hooks.py | what follows a member's contact, or erasure    | coalition/members/hooks.py       |
| feed_hooks.py   | what else a posting is news of                 | coalition/events/hooks.py        |
| mails.py        | MAILS, kinds of notification by e-mail         | coalition/notifications/mail.py  |
| shop_hooks.py   | what follows when a shop's state changes       | coalition/merchants/hooks.py     |
| commands.py     | app                                            | coalition/cli/main.py            |
| rails.py        | open_rail                                      | coalition/payments/rails/        |
| patterns.py     | PATTERN, a kind of finding                     | coalition/findings/pattern.py    |
| kinds.py        | KIND and read, of an earning rule              | coalition/earning/rules.py       |
| kinds.py        | BONUS, the model of a kind of bonus            | coalition/earning/bonus_kinds.py |
| kinds.py        | LIMIT, the model of a kind of limit            | coalition/spending/limit_kinds   |

They are looked for in each folder of `coalition/`, and in the packages of others that COALITION_PLUGINS names. Instead
of a module there may be a folder of that name: then each module in it and in its folders declares. A module's POSITION
is its place among those of its kind, where their order is seen.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from types import ModuleType

from coalition.errors import CoalitionError
from coalition.startup import read_startup

ROOT = "coalition"
LAST = 1_000
"""The position of a module that says nothing about it."""


class PluginNotInstalled(CoalitionError):
    """A package that COALITION_PLUGINS names and Python can't find."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"COALITION_PLUGINS names {name!r}, and there is no such package; install it, or take it out")


def declared(kind: str, attribute: str = "__name__") -> list[ModuleType]:
    """The modules of a kind that have the attribute, imported, by position. No other module is imported.

    The folders are looked through once in a process for each kind. Raises PluginNotInstalled.
    """
    return list(_declared(kind, attribute, tuple(plugins())))


@cache
def _declared(kind: str, attribute: str, plugins: tuple[str, ...]) -> Sequence[ModuleType]:
    modules = [import_module(name) for name in _names(kind, plugins)]
    declaring = [module for module in modules if hasattr(module, attribute)]
    return sorted(declaring, key=lambda module: (getattr(module, "POSITION", LAST), module.__name__))


def plugins() -> list[str]:
    """The packages of others that declare something, by name."""
    return [name for part in read_startup().plugins.split(",") if (name := part.strip())]


def folders_of(package: str) -> list[str]:
    """Where a package is, without importing it. Raises PluginNotInstalled."""
    spec = find_spec(package)
    if spec is None or spec.submodule_search_locations is None:
        raise PluginNotInstalled(package)
    return list(spec.submodule_search_locations)


def _names(kind: str, plugins: Iterable[str]) -> Iterator[str]:
    own = (f"{ROOT}.{module.name}" for module in iter_modules(folders_of(ROOT)) if module.ispkg)
    for package in (ROOT, *own, *plugins):
        for module in iter_modules(folders_of(package)):
            if module.name == kind and module.ispkg:
                yield from _modules_of(f"{package}.{kind}")
            elif module.name == kind:
                yield f"{package}.{kind}"


def _modules_of(package: str) -> Iterator[str]:
    for module in iter_modules(folders_of(package)):
        name = f"{package}.{module.name}"
        yield from _modules_of(name) if module.ispkg else (name,)
