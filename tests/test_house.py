"""The house stays in order: floors without rings, plain names, one name for one thing, short functions and files."""

import ast
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("coalition", "settlement")
GENERATED = {"coalition/client/api.py"}
"""Written by `python -m coalition.api.write_client`."""

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 400
MAY_BE_LONG = {
    "coalition/migrations/versions": "a migration lists the columns of the tables that it makes, and is never changed",
}

VAGUE_NAMES = {"who", "one", "found", "told", "there", "said", "given", "shown"}
"""Not the name of anything: a caller, a member, a shop, a row, an existing row, a message …"""
REPLACED_WORDS = {
    "told": "notified, published, reported",
    "given": "…Create, …Update, request",
    "shown": "the thing's own name, rendered",
    "standings": "MemberCache, states",
    "desk": "PaymentContext, context",
    "office": "StripeWebhookHandler, handler",
    "news": "WebhookInbox, webhooks",
    "saying": "confirmation",
    "borne": "allocated",
    "survivor": "the member that the others were merged into",
}
"""Words that no name has as a part, each with what to say in its place."""
WORDS_OF_A_FIELD: Mapping[str, set[str]] = {
    "coalition/api/routes/member_schemas.py": {"given"},
    "coalition/gifts/gift.py": {"GIVEN"},
    "coalition/members/member.py": {"given"},
}
"""By file: names that are the field's own word for a state, though not for a thing: a consent and a gift are given."""
REPLACED_CLASSES = {"Change", "Hint", "Letter", "LookUps", "Standing", "Till", "Word"}
"""Classes that have better names now: UnitOfWork, ResourceRef, Notification, MemberLoader, …Status, CashLedger, …"""

SHARED_NAMES: Mapping[str, str] = {}
"""Classes that may share a name, with the reason. A schema of the API may be called like the thing that it renders."""


def sources(*folders: str) -> Iterator[tuple[str, str]]:
    """Path and text of every source file in these folders, those that are generated apart."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name not in GENERATED:
                yield name, path.read_text(encoding="utf-8")


# -- floors and rings -----------------------------------------------------------------------------------------


@cache
def import_graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES)


def children_graph(package: str) -> dict[str, set[str]]:
    """By child of a package (file or folder): the other children that anything in it imports."""
    graph = import_graph()
    depth = package.count(".") + 1
    arrows: dict[str, set[str]] = defaultdict(set)
    for module in graph.find_descendants(package):
        child = module.split(".")[depth]
        for imported in graph.find_modules_directly_imported_by(module):
            if imported.startswith(f"{package}.") and (other := imported.split(".")[depth]) != child:
                arrows[child].add(other)
    return arrows


def packages() -> list[str]:
    """All folders of the two packages, in dots."""
    graph = import_graph()
    return sorted(module for module in graph.modules if graph.find_children(module))


def floors(container: str) -> list[tuple[set[str], bool]]:
    """The floors of a package from the top, as in the import contracts: folders, and whether they are independent."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (layers,) = [each["layers"] for each in contracts if each["type"] == "layers" and each["containers"] == [container]]
    return [(set(re.findall(r"\w+", layer)), "|" in layer) for layer in layers]


def arrows_up(container: str) -> list[str]:
    """Imports from a floor to a higher one, or between independent folders of one floor.

    A folder that the contract does not name stands on the floor of the nouns, so a new noun needs no edit there.
    """
    levels, independent, nouns = {}, set(), 0
    for level, (names, apart) in enumerate(floors(container)):
        levels |= dict.fromkeys(names, level)
        independent |= names if apart else set()
        nouns = level if "purchases" in names else nouns
    return [
        f"{container}.{folder} imports {container}.{other}"
        for folder, others in children_graph(container).items()
        for other in others
        if levels.get(other, nouns) < levels.get(folder, nouns)
        or (levels.get(other, nouns) == levels.get(folder, nouns) and {folder, other} <= independent)
    ]


@pytest.mark.parametrize("container", PACKAGES)
def test_no_folder_imports_one_of_a_higher_floor(container: str) -> None:
    assert arrows_up(container) == []


@pytest.mark.parametrize("package", packages())
def test_no_files_or_folders_of_a_package_import_each_other_in_a_ring(package: str) -> None:
    try:
        TopologicalSorter(children_graph(package)).prepare()
    except CycleError as error:
        pytest.fail(f"{package}: {' ← '.join(error.args[1])}")


# -- names ----------------------------------------------------------------------------------------------------


def defined_names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Names of functions, classes, arguments and variables, each with its line."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not node.name.startswith("test_"):
                yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr, node.lineno


def words_of(name: str) -> set[str]:
    """The words of a name in snake_case, CamelCase or capitals."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def bad_words(name: str) -> set[str]:
    """What is wrong with a name: the name itself, or words of it."""
    return ({name} & (VAGUE_NAMES | REPLACED_CLASSES)) or (words_of(name) & REPLACED_WORDS.keys())


@pytest.mark.parametrize("folder", [*PACKAGES, "tests"])
def test_names_say_what_they_name(folder: str) -> None:
    bad = [
        f"{path}:{line}: {name}"
        for path, text in sources(folder)
        for name, line in defined_names(ast.parse(text))
        if name not in WORDS_OF_A_FIELD.get(path, ())
        if bad_words(name)
    ]
    assert bad == []


def class_places() -> dict[str, list[str]]:
    """By name of a class: the files that have one."""
    places: dict[str, list[str]] = defaultdict(list)
    for path, text in sources(*PACKAGES):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(path)
    return places


def is_shared(paths: list[str]) -> bool:
    """Whether two schemas of the API, or two classes of all else, are in these files."""
    schemas = [path.startswith("coalition/api/") for path in paths]
    return schemas.count(True) > 1 or schemas.count(False) > 1


def test_no_two_classes_share_a_name() -> None:
    shared = {name: paths for name, paths in class_places().items() if is_shared(paths)}
    assert {name: paths for name, paths in shared.items() if name not in SHARED_NAMES} == {}


# -- sizes and docstrings -------------------------------------------------------------------------------------


def too_long() -> list[tuple[str, str]]:
    """Files and functions that are too long, each with its path."""
    long = []
    for path, text in sources(*PACKAGES, "tests"):
        if path.startswith(tuple(MAY_BE_LONG)):
            continue
        if (lines := len(text.splitlines())) > FILE_LINES_MAX:
            long.append((path, f"{lines} lines"))
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                if lines > FUNCTION_LINES_MAX:
                    long.append((path, f"{node.name} in line {node.lineno} has {lines} lines"))
    return long


def test_a_function_fits_a_screen_and_a_file_a_sitting() -> None:
    assert too_long() == []


SAME_EVERYWHERE = {"actions", "env", "errors", "event_types", "jobs", "output", "store", "tables", "words"}
"""Files that mean the same in each folder, so no folder's docstring needs to name them."""


COLLECTIONS = {
    "coalition": "the README has the map",
    "coalition.api.routes": "a file for each kind of thing",
    "coalition.findings.patterns": "a file for each kind of finding",
    "coalition.fake_stripe": "a file for each kind of thing that Stripe has",
    "coalition.lab.schemes": "a file for each scheme",
    "coalition.lab.schemes.crowds": "a file for each scheme",
    "coalition.migrations": "a file for each revision",
    "coalition.migrations.versions": "a file for each revision",
    "settlement.rails": "a file or folder for each rail",
}
"""Folders of many alike, which no docstring needs to list."""


def stale(docstring: str, folder: Path) -> list[str]:
    """What a docstring names that is not there; and, if it names less than a quarter of the files, the others."""
    missing = [path for path in re.findall(r"`([a-z_/]+(?:\.py|/))`", docstring) if not (folder / path).exists()]
    modules = {
        path.stem
        for path in folder.iterdir()
        if path.suffix == ".py" or (path / "__init__.py").exists()
        if not path.stem.startswith("_")
    } - SAME_EVERYWHERE
    text = docstring.lower()
    unnamed = [module for module in modules if not any(part[:4] in text for part in module.split("_") if len(part) > 3)]
    return missing + (sorted(unnamed) if len(unnamed) * 4 > len(modules) * 3 else [])


@pytest.mark.parametrize("package", packages())
def test_a_folder_has_a_docstring_that_names_what_is_in_it(package: str) -> None:
    folder = ROOT / package.replace(".", "/")
    docstring = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    assert docstring
    assert package in COLLECTIONS or stale(docstring, folder) == []
