"""A claim: a name that a posting takes once and for all, together with all else that it does."""

from collections.abc import Callable

import pytest

from settlement.ledger import Answer, Book, Earn, Poster, Posting, Session, Spend, TakeToken
from tests.support.books import check_book

EXPIRES = 2025_05_31


@pytest.fixture(params=["straight", "posted"])
def post(request: pytest.FixtureRequest, book: Callable[..., Book], session: Session) -> Callable[..., list[Answer]]:
    """Posts legs, each under a key of its own, in one batch: straight or through a poster."""
    opened = book()
    poster = Poster(opened) if request.param == "posted" else None

    def post(**legs: tuple[object, ...]) -> list[Answer]:
        postings = [Posting(key, opened.clock(), {"key": key}, asked) for key, asked in legs.items()]
        return poster.submit(postings).result() if poster else opened.post(postings, session)

    yield post
    if poster:
        poster.close()
    check_book(opened)


def test_a_name_is_taken_once(post: Callable[..., list[Answer]]) -> None:
    first, second = post(a=(TakeToken("code"),), b=(TakeToken("code"), Earn("bakery", "ann", 1, EXPIRES)))
    (third,) = post(c=(TakeToken("code"),))
    (other,) = post(d=(TakeToken("another"),))
    assert first.refusal is None
    assert other.refusal is None
    assert [answer.refusal and answer.refusal.code for answer in (second, third)] == ["claim_taken", "claim_taken"]
    assert not second.moves


def test_a_retry_is_answered_as_before(post: Callable[..., list[Answer]]) -> None:
    (first,), (again,) = post(a=(TakeToken("code"),)), post(a=(TakeToken("code"),))
    assert (again.replayed, again.posting_id, again.refusal) == (True, first.posting_id, None)


def test_what_is_refused_leaves_the_name_free(post: Callable[..., list[Answer]]) -> None:
    refused, taken = post(a=(TakeToken("code"), Spend("cafe", "ann", 1)), b=(TakeToken("code"),))
    assert refused.refusal is not None
    assert taken.refusal is None
