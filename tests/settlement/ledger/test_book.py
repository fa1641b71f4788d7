"""The book as a whole: opening it, configuring it, posting to it."""

from collections.abc import Callable
from contextlib import closing

import pytest

from settlement.errors import BookExists, BookNotFound, TermsNotLater
from settlement.ledger import AccountKind, Book, Earn, Expire, MoveKind, Poster, Posting, RefundSpend, Session, Spend
from tests.support.books import BookClient, account_ids, balances, check_book, make_settings, make_terms, shop_balance
from tests.support.clock import DAY, Clock


def test_points_earned_here_are_spent_there(book: Callable[..., Book], session: Session) -> None:
    town = book()
    till = BookClient(town, session)
    till.take(Earn("bakery", "ann", 100, 20251231))
    till.take(Spend("cafe", "ann", 60))
    assert shop_balance(town, session, AccountKind.LOT, "ann") == 40
    assert shop_balance(town, session, AccountKind.REDEEM, "cafe") == 60
    assert sum(balances(town, session).values()) == 0
    check_book(town)


def test_a_book_is_found_again_by_its_name_and_settings(book: Callable[..., Book], clock: Clock) -> None:
    town = book()
    again = Book.create(town.database, town.settings, make_terms(), clock)
    opened = Book.open(town.database, town.settings.name, clock)
    assert town.alliance_id == again.alliance_id == opened.alliance_id
    assert town.settings == again.settings == opened.settings


def test_a_book_with_other_settings_names_the_field(book: Callable[..., Book], clock: Clock) -> None:
    town = book()
    with pytest.raises(BookExists) as error:
        Book.create(town.database, make_settings(name=town.settings.name, currency="CHF"), make_terms(), clock)
    assert (error.value.field, error.value.existing, error.value.asked) == ("currency", "EUR", "CHF")


def test_a_book_that_is_not_there_names_those_that_are(book: Callable[..., Book], clock: Clock) -> None:
    town = book()
    with pytest.raises(BookNotFound) as error:
        Book.open(town.database, "elsewhere", clock)
    assert town.settings.name in error.value.known


def test_terms_take_effect_in_the_future_only(book: Callable[..., Book], clock: Clock) -> None:
    town = book()
    with pytest.raises(TermsNotLater):
        town.add_terms(make_terms(effective_at=clock()))
    town.add_terms(make_terms(effective_at=clock() + 2))
    with pytest.raises(TermsNotLater):
        town.add_terms(make_terms(effective_at=clock() + 1))


def test_no_postings_are_no_batch(book: Callable[..., Book], session: Session) -> None:
    town = book()
    before = town.header(session)
    assert town.post([], session) == []
    assert town.header(session) == before


def test_a_poster_that_knows_a_lot_already_expires_it_on_the_accounts_that_are_there(
    book: Callable[..., Book], session: Session, clock: Clock
) -> None:
    town = book()
    till = BookClient(town, session)
    for member in ("ann", "bob"):
        till.take(Earn("bakery", member, 10, 20240515))
    first, second = (id_ for name, id_ in account_ids(town, session).items() if name.kind == AccountKind.LOT)
    clock.forward(DAY)
    till.take(Expire(first))
    with closing(Poster(town)) as poster:
        # Through bob's spend it knows his lot, but not yet what expired of it.
        spent = poster.post(Posting("spend", clock() - DAY, {}, [Spend("cafe", "bob", 1)], clock() - DAY)).posting_id
        poster.post(Posting("expire", clock(), {}, [Expire(second)]))
        again = poster.post(Posting("refund", clock(), {}, [RefundSpend(spent, 1)]))
    assert again.total(MoveKind.EXPIRE) == 1
    assert [shop_balance(town, session, AccountKind.EXPIRED, member) for member in ("ann", "bob")] == [10, 10]
    check_book(town)
