"""The table of error codes is made from the classes of errors, wherever they are."""

import subprocess
import sys
from collections import defaultdict

import pytest

from coalition.api.error_codes import error_classes, public_kinds
from coalition.api.write_client import description
from coalition.locale.messages import translate
from settlement.ledger import REFUSALS


def test_every_kind_of_mistake_is_described_once() -> None:
    kinds = defaultdict(set)
    for kind in [*error_classes(), *REFUSALS.values()]:
        kinds[kind.code].add((kind.status, kind.title, kind.remedy))
    assert {code for code, described in kinds.items() if len(described) > 1} == set()


def test_what_the_api_answers_with_is_a_mistake_of_its_caller_or_passes_by_itself() -> None:
    statuses = {kind.status for code, kind in public_kinds().items() if code != "internal"}
    assert all(status < 500 or status == 503 for status in statuses)


@pytest.mark.parametrize("code", public_kinds())
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
