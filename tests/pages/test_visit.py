"""What a page says of an error, and of which it says nothing."""

import pytest
from fastapi import Request

from coalition.access.errors import ApprovalAwaited
from coalition.members.errors import SpendLocked
from coalition.pages.visit import Visit
from settlement import DatabaseUnusable, NamedFact

VISIT = Visit(Request({"type": "http", "headers": []}), "en", None, None)


@pytest.mark.parametrize("error", [DatabaseUnusable("sqlite:////secret/town.db", "CHECK constraint failed")])
def test_what_is_for_the_log_alone_is_explained_on_no_page(error: NamedFact) -> None:
    with pytest.raises(type(error)) as raised:
        VISIT.explain(error)
    assert raised.value is error


def test_what_waits_for_a_second_person_is_said_without_the_words_of_the_api() -> None:
    sentence = VISIT.explain(ApprovalAwaited("raise_shop_limit", "apr_1"))
    assert "Approvals" in sentence
    assert "raise_shop_limit" not in sentence
    assert VISIT.explain(SpendLocked("ann"))
