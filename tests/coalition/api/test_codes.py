"""The table of error codes is made from the classes of errors, wherever they are."""

import subprocess
import sys
from collections import defaultdict

import pytest

from coalition.api import problems
from coalition.api.codes import CODES
from coalition.api.error_codes import error_classes, public_kinds
from coalition.api.titles import TITLES
from coalition.api.write_client import description
from coalition.locale.messages import translate
from coalition.refusals import RefusedByBook
from settlement import NamedFact
from settlement.ledger import REFUSALS


def test_every_kind_of_mistake_is_described_once() -> None:
    kinds = defaultdict(set)
    for kind in [*error_classes(), *REFUSALS.values()]:
        kinds[kind.code].add((kind.status, kind.title, kind.remedy))
    assert {code for code, described in kinds.items() if len(described) > 1} == set()


def test_every_public_error_has_a_kind_of_its_own_or_of_another() -> None:
    for cls in error_classes():
        own = cls.title != NamedFact.title or cls is RefusedByBook
        assert own == cls.public
        assert cls.status < 500 or not cls.public or cls.status == 503


@pytest.mark.parametrize("code", [code for code in public_kinds() if code not in CODES or code in REFUSALS])
def test_every_code_has_a_title_and_a_remedy_in_both_languages(code: str) -> None:
    kind = public_kinds()[code]
    for sentence in (kind.title, kind.remedy):
        assert translate(sentence, "zh") != sentence


def test_the_description_lists_each_code_with_its_status_and_what_to_do() -> None:
    kinds, described = public_kinds(), description()
    for code, kind in kinds.items():
        assert f"| `{code}` | {kind.status} | {kind.remedy} |" in described["info"]["description"]
        assert kind.remedy.endswith(".")
    schemas = described["components"]["schemas"]
    assert schemas["Problem"]["properties"]["code"]["enum"] == list(kinds)
    assert schemas["BatchItem"]["properties"]["code"]["anyOf"][0]["enum"] == list(kinds)


def test_a_process_that_only_serves_knows_all_of_them() -> None:
    command = "from coalition.api.write_client import description; print(description()['info']['description'])"
    served = subprocess.run([sys.executable, "-c", command], check=True, capture_output=True, text=True).stdout
    assert [code for code in public_kinds() if f"| `{code}` |" not in served] == []


def test_the_status_of_a_problem_without_a_code_of_its_own_is_that_codes() -> None:
    assert all(CODES[code].status == status for status, code in problems.CODE_OF_STATUS.items())


def test_every_code_that_is_still_listed_has_a_title() -> None:
    assert all(code in TITLES for code in CODES)
