"""Named errors of both packages keep their values and their text wherever they go."""

import copy
import dataclasses
import importlib
import inspect
import pickle
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import EnumType
from fractions import Fraction
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import coalition
import settlement
from coalition.api.error_codes import error_classes
from coalition.api.errors import Internal
from coalition.lab.numbers import Exact
from coalition.locale.check import english_runs
from coalition.locale.error_text import error_text
from coalition.locale.messages import translate
from coalition.refusals import RefusedByBook
from settlement import NamedFact
from settlement.ledger import BookSettings, Refusal
from settlement.sentences import places
from tests.support.books import make_settings

SAMPLES: dict[object, object] = {
    int: 7,
    bool: True,
    str: "x",
    object: ("a", 1),
    Fraction: Fraction(1, 3),
    Exact: Exact(1, 3),
    int | Fraction: Fraction(1, 3),
    Path: Path("a", "b"),
    Refusal: Refusal("shop_unknown", {"shop": "x"}),
    Sequence[str]: ["a", "b"],
    Iterable[str]: ["a", "b"],
    tuple[str, str]: ("a", "b"),
    tuple[tuple[str, str], ...]: (("a", "b"),),
    Sequence[tuple[int, str]]: [(1, "a"), (2, "b")],
    Sequence[tuple[int, object]]: [(1, "a"), (2, Refusal("shop_unknown", {"shop": "x"}))],
    BookSettings: make_settings(),
    float: 1.5,
    int | None: 3,
    Sequence[tuple[str, str, Mapping[str, Any]]]: [("points", "missing", {})],
}
"""A value of each type that an error is made from."""


def named_errors() -> list[type[NamedFact]]:
    """All classes of errors that have a sentence, from whichever module of both packages."""
    for package in (settlement, coalition):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            # These do their work when they are imported, or need what only a build has.
            if not module.name.endswith((".__main__", ".migrations.env", ".build_hook")):
                importlib.import_module(module.name)
    return sorted(error_classes(), key=lambda cls: (cls.__module__, cls.__name__))


def make(cls: type[NamedFact]) -> NamedFact:
    """An error of this class."""
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
    cls: type[NamedFact], again: Callable[[NamedFact], NamedFact]
) -> None:
    error = make(cls)
    copy_of = again(error)
    assert copy_of is not error
    assert type(copy_of) is cls
    assert (str(copy_of), copy_of.args, vars(copy_of)) == (str(error), error.args, vars(error))


@pytest.mark.parametrize("cls", named_errors())
def test_a_class_says_all_that_is_asked_of_an_error(cls: type[NamedFact]) -> None:
    own = {name for base in cls.__mro__ if base is not NamedFact for name in vars(base)}
    assert "code" in own or cls is RefusedByBook
    assert cls.public == ({"status", "title", "remedy"} <= own or cls in (Internal, RefusedByBook))
    assert cls.code.replace("_", "").isalnum()
    assert cls.remedy.endswith(".")


@pytest.mark.parametrize("cls", named_errors())
def test_the_places_of_a_sentence_are_the_values_of_its_error(cls: type[NamedFact]) -> None:
    values = {field.name for field in dataclasses.fields(cls)}
    computed = {name for name in places(cls.detail) - values if hasattr(make(cls), name)}
    assert places(cls.detail) - computed == values - set(cls.left_out)


@pytest.mark.parametrize("cls", named_errors())
def test_nothing_of_an_error_is_english_for_a_chinese_reader(cls: type[NamedFact]) -> None:
    for settings in (None, make_settings()):
        assert english_runs(error_text(make(cls), "zh", settings)) == []
    for sentence in (cls.title, cls.remedy):
        assert translate(sentence, "zh") != sentence


@pytest.mark.parametrize("cls", named_errors())
def test_an_error_that_is_printed_is_its_english_sentence(cls: type[NamedFact]) -> None:
    assert str(make(cls))
    assert "{" not in str(make(cls))
