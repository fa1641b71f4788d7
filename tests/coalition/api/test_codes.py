"""The list of error codes is what the API answers with: nothing is missing on it, and nothing on it never comes."""

import ast
from collections.abc import Iterator
from pathlib import Path

from coalition.access.errors import AccessError
from coalition.api import problems
from coalition.api.app import DESCRIPTION
from coalition.api.codes import CODES
from coalition.api.titles import TITLES
from coalition.api.write_client import description
from coalition.lab.errors import LabError
from coalition.members.errors import MemberError
from settlement import DatabaseUnusable, SettlementError
from settlement.ledger import REFUSALS
from settlement.rails.bank.errors import BankFileNotFound
from settlement.rails.stripe.errors import StripeRefused

BASES = {"settlement_error", "member_error", "lab_error", "bank_error"}
FAULTS = {"book_corrupt", "nets_not_zero", "parts_do_not_fit", "waterfall_invalid", "waterfall_unbalanced"}
"""What no caller can bring about: answered as `internal`."""
BEFORE_THE_API = {"book_exists", "book_not_found"}
"""What happens where an alliance is set up, on the command line."""


def subclasses(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from subclasses(one)


def of_errors(base: type) -> set[str]:
    """The codes of our errors of a kind."""
    return {str(vars(one)["code"]) for one in subclasses(base) if "code" in vars(one)}


CODE_AT = {"super().__init__": 0, "ApiError": 0, "Refused": 0, "answer": 1, "_failed": 1}
"""Calls that answer with a problem, and where in them its code stands."""


def written() -> Iterator[str]:
    """The codes that the API's own code answers with by name."""
    for path in Path(problems.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and called in CODE_AT and node.args:
                code = node.args[CODE_AT[called]]
                if isinstance(code, ast.Constant):
                    yield str(code.value)


def test_the_list_has_every_code_that_is_raised_and_no_other() -> None:
    raised = {*written(), *problems.CODE_OF_STATUS.values(), *problems.SENTENCES.values(), *REFUSALS}
    raised |= of_errors(AccessError) | of_errors(MemberError) | of_errors(LabError)
    raised |= of_errors(SettlementError) - of_errors(DatabaseUnusable) - {"database_unusable"}
    assert StripeRefused.code in raised
    assert BankFileNotFound.code in raised
    assert raised - BASES - FAULTS - BEFORE_THE_API == set(CODES)


def test_every_code_has_a_title_in_both_languages() -> None:
    assert list(TITLES) == list(CODES) == sorted(CODES)
    assert all(set(one) == {"en", "zh"} for one in TITLES.values())


def test_the_description_lists_each_code_with_its_status_and_what_to_do() -> None:
    for code, one in CODES.items():
        assert f"| `{code}` | {one.status} | {one.remedy} |" in DESCRIPTION
        assert one.remedy.endswith(".")
    schemas = description()["components"]["schemas"]
    assert schemas["Problem"]["properties"]["code"]["enum"] == list(CODES)
    assert schemas["ItemShown"]["properties"]["code"]["anyOf"][0]["enum"] == list(CODES)


def test_the_status_of_a_problem_without_a_code_of_its_own_is_that_codes() -> None:
    assert all(CODES[code].status == status for status, code in problems.CODE_OF_STATUS.items())
