"""A posting's reference: the caller's own name for it, beside the key."""

from collections.abc import Callable

import pytest

from settlement import KeyReused, SettlementError
from settlement.ledger import Answer, Book, Earn, Poster, Posting, Session
from tests.support.books import check_book

EXPIRES = 2025_05_31


def sale(book: Book, key: str, reference: str | None, points: int = 10) -> Posting:
    content = {"points": points, "reference": reference or ""}
    legs = [Earn("bakery", "ann", points, EXPIRES)]
    return Posting(key, book.clock(), content, legs, reference=reference)


@pytest.fixture(params=["straight", "posted"])
def post(request: pytest.FixtureRequest, book: Callable[..., Book], session: Session) -> Callable[..., object]:
    """Posts a batch to a book, straight or through a poster; returns its outcomes."""
    opened = book()
    poster = Poster(opened) if request.param == "posted" else None

    def post(*sales: tuple[str, str | None] | tuple[str, str | None, int]) -> list[Answer | SettlementError]:
        postings = [sale(opened, *values) for values in sales]
        return poster.submit(postings).result() if poster else opened.post(postings, session)

    yield post
    if poster:
        poster.close()
    check_book(opened)


def test_the_same_reference_under_a_new_key_finds_the_first_answer(post: Callable[..., object]) -> None:
    (first,) = post(("k1", "receipt 7"))
    (again,) = post(("k2", "receipt 7"))
    assert again.replayed
    assert again.posting_id == first.posting_id
    assert again.moves == first.moves


def test_so_it_does_within_a_batch(post: Callable[..., object]) -> None:
    first, again = post(("k1", "receipt 7"), ("k2", "receipt 7"))
    assert again == first._replace(replayed=True)


def test_a_reference_with_other_content_is_an_error_that_names_the_field(post: Callable[..., object]) -> None:
    post(("k1", "receipt 7"))
    (outcome,) = post(("k2", "receipt 7", 11))
    assert isinstance(outcome, KeyReused)
    assert (outcome.key, outcome.field, outcome.first, outcome.again) == ("receipt 7", "points", 10, 11)


def test_what_was_refused_frees_its_reference(post: Callable[..., object]) -> None:
    (refused,) = post(("k1", "receipt 7", -1))
    assert refused.refusal.code == "amount_not_positive"
    (taken,) = post(("k2", "receipt 7", 10))
    assert taken.refusal is None


def test_a_key_and_a_reference_of_the_same_text_are_two_things(post: Callable[..., object]) -> None:
    first, second = post(("receipt 7", None), ("k2", "receipt 7"))
    assert not second.replayed
    assert second.posting_id == first.posting_id + 1


def test_an_unprintable_reference_is_refused_by_name(post: Callable[..., object]) -> None:
    (outcome,) = post(("k1", "a\0b"))
    assert outcome.code == "key_malformed"
