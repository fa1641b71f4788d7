"""Each requirement of OWASP's ASVS 5.0, levels 1 and 2: met and proven by a test, or it is said plainly why not.

The table is `asvs.csv`. Its ids are the standard's (CC BY-SA 4.0), its words are ours.
"""

import ast
import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).parents[1]
GUIDES = (Path("coalition/operation/security.md"), Path("coalition/operation/README.md"))
MET, ELSEWHERE, OUTSIDE, NOT_MET = "met", "does not apply", "operator", "not met"
"""`operator`: met by whoever runs the server, as a guide says."""

SECTIONS: Mapping[int, Mapping[int, int]] = {
    1: {1: 2, 2: 9, 3: 11, 4: 3, 5: 2},
    2: {1: 3, 2: 3, 3: 4, 4: 1},
    3: {2: 2, 3: 4, 4: 6, 5: 5, 7: 2},
    4: {1: 3, 2: 1, 3: 2, 4: 4},
    5: {1: 1, 2: 3, 3: 2, 4: 3},
    6: {1: 3, 2: 12, 3: 4, 4: 4, 5: 5, 6: 3, 8: 4},
    7: {1: 3, 2: 4, 3: 2, 4: 5, 5: 2, 6: 2},
    8: {1: 2, 2: 3, 3: 1, 4: 1},
    9: {1: 3, 2: 4},
    10: {1: 2, 2: 2, 3: 4, 4: 11, 5: 5, 6: 2, 7: 3},
    11: {1: 2, 2: 3, 3: 3, 4: 4, 5: 1, 6: 1},
    12: {1: 3, 2: 2, 3: 4},
    13: {1: 1, 2: 5, 3: 2, 4: 5},
    14: {1: 2, 2: 4, 3: 3},
    15: {1: 3, 2: 3, 3: 7},
    16: {1: 1, 2: 5, 3: 4, 4: 3, 5: 3},
    17: {1: 1, 2: 4, 3: 2},
}
"""By chapter and section of the standard: how many requirements of levels 1 and 2 it has; they come first in each."""

NOT_MET_YET = {
    "6.3.3",  # members and shops' people have one factor
    "11.2.2",  # hashes of tokens and of the chain are fixed
    "14.3.3",  # the wallet's last page is kept on the phone
}


class Requirement(NamedTuple):
    """A row of the table."""

    id: str
    level: str
    state: str
    how: str
    tests: str


def rows() -> list[Requirement]:
    with (Path(__file__).with_name("asvs.csv")).open(encoding="utf-8", newline="") as file:
        return [Requirement(**row) for row in csv.DictReader(file)]


def test_every_requirement_is_in_the_table_once() -> None:
    wanted = [
        f"{chapter}.{section}.{number}"
        for chapter, sections in SECTIONS.items()
        for section, count in sections.items()
        for number in range(1, count + 1)
    ]
    assert [row.id for row in rows()] == wanted
    assert {row.level for row in rows()} == {"1", "2"}


def test_what_is_met_names_a_test_that_is_there_or_a_chapter_of_a_guide() -> None:
    headings = {
        heading.replace(" ", "-")
        for guide in GUIDES
        for heading in re.findall(r"^#+ (.+)$", (TESTS.parent / guide).read_text(encoding="utf-8"), re.M)
    }
    known: dict[str, set[str]] = {}
    wrong = []
    for row in rows():
        proofs = row.tests.split()
        if row.state in (MET, OUTSIDE) and not proofs:
            wrong.append(f"{row.id}: names nothing that proves it")
        for proof in proofs:
            path, _, name = proof.partition("::")
            if path.startswith("doc:"):
                proven = path.removeprefix("doc:") in headings
            else:
                proven = name in known.setdefault(path, names_of_tests(TESTS / path))
            if not proven:
                wrong.append(f"{row.id}: there is no {proof}")
    assert wrong == []


def test_what_is_not_met_is_said_plainly_and_is_a_short_list() -> None:
    assert {row.state for row in rows()} == {MET, ELSEWHERE, OUTSIDE, NOT_MET}
    assert {row.id for row in rows() if row.state == NOT_MET} == NOT_MET_YET
    assert [row.id for row in rows() if not row.how] == []


def names_of_tests(path: Path) -> set[str]:
    """The names of the tests in a file."""
    if not path.is_file():
        return set()
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}
