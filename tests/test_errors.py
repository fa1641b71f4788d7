"""Named errors of both packages keep their values and their text wherever they go."""

import copy
import importlib
import inspect
import pickle
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import EnumType
from fractions import Fraction
from pathlib import Path
from typing import get_type_hints

import pytest

import coalition
import settlement
from coalition.errors import CoalitionError
from settlement import SettlementError
from settlement.ledger import Refusal

SAMPLES: dict[object, object] = {
    int: 7,
    str: "x",
    object: ("a", 1),
    Fraction: Fraction(1, 3),
    int | Fraction: Fraction(1, 3),
    Path: Path("a", "b"),
    Refusal: Refusal("shop_unknown", {"shop": "x"}),
    Sequence[str]: ["a", "b"],
    Iterable[str]: ["a", "b"],
    tuple[str, str]: ("a", "b"),
    Sequence[tuple[int, str]]: [(1, "a"), (2, "b")],
}
"""A value of each type that an error is made from."""


def below(base: type[Exception]) -> Iterator[type[Exception]]:
    """`base` and all classes below it."""
    yield base
    for cls in base.__subclasses__():
        yield from below(cls)


def named_errors() -> list[type[Exception]]:
    """All of both packages, from whichever module."""
    for package in (settlement, coalition):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            # These do their work when they are imported, or need what only a build has.
            if not module.name.endswith((".__main__", ".migrations.env", ".build_hook")):
                importlib.import_module(module.name)
    return sorted({*below(SettlementError), *below(CoalitionError)}, key=lambda cls: (cls.__module__, cls.__name__))


def make(cls: type[Exception]) -> Exception:
    """An error of this class; one that is not made from values of its own takes a text."""
    if not inspect.isfunction(cls.__init__):
        return cls("x")
    hints = get_type_hints(cls.__init__)
    return cls(*(sample(hints[name]) for name in inspect.signature(cls).parameters))


def sample(kind: object) -> object:
    """A value of this type: of an enumeration its first."""
    return next(iter(kind)) if isinstance(kind, EnumType) else SAMPLES[kind]


def test_all_trees_of_errors_are_walked() -> None:
    assert {cls.__module__ for cls in named_errors()} >= {
        "settlement.errors",
        "coalition.errors",
        "coalition.statements.errors",
    }


@pytest.mark.parametrize("cls", named_errors())
@pytest.mark.parametrize(
    "again",
    [copy.copy, copy.deepcopy, lambda error: pickle.loads(pickle.dumps(error))],  # noqa: S301 - our own bytes
    ids=["copied", "deeply copied", "pickled"],
)
def test_an_error_that_is_copied_or_pickled_is_the_same(
    cls: type[Exception], again: Callable[[Exception], Exception]
) -> None:
    error = make(cls)
    copy_of = again(error)
    assert copy_of is not error
    assert type(copy_of) is cls
    assert (str(copy_of), copy_of.args, vars(copy_of)) == (str(error), error.args, vars(error))
