"""Name, time zone and cut-offs that change from a window on: in one book, and in the other processes that have it."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import time
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from settlement import Cutoff
from settlement.audit import audit_book
from settlement.clearing import close_due, close_window, closed_windows, statement_of, windows_due
from settlement.errors import BookExists, UnknownTimeZone
from settlement.ledger import (
    Book,
    BookSettings,
    Database,
    Earn,
    Poster,
    Posting,
    Session,
    Spend,
    book_id,
    book_names,
)
from settlement.ledger.errors import NameTaken, SettingsNotLater, SettingsUnchanged
from tests.support.books import BookClient, check_book, expired_lots, make_book, make_settings, make_terms
from tests.support.clock import DAY, HOUR, MINUTE, Clock, instant

LATER = 2099_12_31
MONDAY = instant("2024-05-13T00:00", "Europe/Berlin")
WEEK = 7 * DAY
NEXT = MONDAY + WEEK
MONTHLY = {"cutoff": Cutoff("monthly")}


def changed(**fields: object) -> Callable[[BookSettings], BookSettings]:
    return lambda latest: replace(latest, **fields)  # type: ignore[arg-type]


@pytest.fixture
def till(book: Callable[..., Book], session: Session) -> BookClient:
    return BookClient(book(), session)


def trade(till: BookClient, at: int | None = None) -> int:
    """Something to settle; returns its window."""
    till.take(Earn("bakery", "ann", 100, LATER), at=at)
    return till.take(Spend("cafe", "ann", 40), at=at).window_id


def test_a_change_begins_with_the_window_that_opens_then_or_later(till: BookClient, clock: Clock) -> None:
    """Wednesday; weeks from Monday: what is agreed on for Thursday holds from Monday on."""
    era = till.book.change_settings(clock() + DAY, changed(**MONTHLY))
    assert (era.since, era.cutoff.every) == (NEXT, "monthly")
    assert trade(till) == MONDAY
    assert till.book.settings.cutoff.every == "weekly"
    clock.set(NEXT)
    assert till.book.settings.cutoff.every == "monthly"
    assert trade(till) == NEXT
    assert till.book.calendar.window(NEXT) == (NEXT, instant("2024-06-01T00:00", "Europe/Berlin"))
    # What is agreed on for the very moment at which a window opens holds from that moment on.
    june = instant("2024-06-01T00:00", "Europe/Berlin")
    assert till.book.change_settings(june, changed(timezone="Europe/Paris")).since == june
    assert audit_book(till.book, till.session).ok


def test_what_a_fast_clock_may_have_booked_stays_in_its_window(till: BookClient, clock: Clock) -> None:
    """Two minutes before the cut-off a till's sale of the next window may be there already."""
    clock.set(NEXT - 2 * MINUTE)
    assert trade(till, NEXT + MINUTE) == NEXT
    assert till.book.change_settings(clock() + MINUTE, changed(**MONTHLY)).since == NEXT + WEEK
    clock.set(NEXT + 3 * WEEK)
    close_due(till.book, till.session, clock())
    assert audit_book(till.book, till.session).ok


def test_a_change_lies_in_the_future_and_after_the_last_one(till: BookClient, clock: Clock) -> None:
    with pytest.raises(SettingsNotLater):
        till.book.change_settings(clock(), changed(**MONTHLY))
    era = till.book.change_settings(clock() + 4 * WEEK, changed(**MONTHLY))
    with pytest.raises(SettingsNotLater):
        till.book.change_settings(era.since, changed(timezone="Europe/Paris"))
    with pytest.raises(SettingsUnchanged):
        till.book.change_settings(era.since + 1, changed(**MONTHLY))
    with pytest.raises(UnknownTimeZone):
        till.book.change_settings(era.since + 1, changed(timezone="Europe/Bonn"))
    assert len(till.book.eras) == 2


def test_the_currency_stays(till: BookClient, clock: Clock) -> None:
    era = till.book.change_settings(clock() + 1, changed(name="Neustadt 1", currency="CHF", minor_digits=0))
    assert (era.currency, era.minor_digits) == ("EUR", 2)


def test_closed_windows_and_their_statements_stay_as_they_were(
    till: BookClient, session: Session, clock: Clock
) -> None:
    name = till.book.settings.name
    trade(till)
    clock.set(NEXT)
    first = close_window(till.book, session, MONDAY)
    trade(till)
    with till.book.database.engine.connect() as connection:
        before = statement_of(till.book, connection, session, "cafe", MONDAY)
    till.book.change_settings(
        clock() + 1, changed(name="New Name", timezone="America/New_York", cutoff=Cutoff("daily"))
    )
    clock.set(NEXT + WEEK)
    trade(till)
    # The first window of the new zone has the six hours until midnight in New York.
    assert windows_due(till.book, session, NEXT + WEEK + 6 * HOUR) == [NEXT, NEXT + WEEK]
    clock.set(NEXT + WEEK + DAY)
    trade(till)
    clock.set(NEXT + 2 * WEEK)
    assert [window.closes_at for window in close_due(till.book, session, clock())] == [
        NEXT + WEEK,
        NEXT + WEEK + 6 * HOUR,
        NEXT + WEEK + 30 * HOUR,
    ]
    assert closed_windows(till.book, session)[0] == first
    names = [
        window.document.partition('"alliance":"')[2].partition('"')[0] for window in closed_windows(till.book, session)
    ]
    assert names == [name, name, "New Name", "New Name"]
    with till.book.database.engine.connect() as connection:
        assert statement_of(till.book, connection, session, "cafe", MONDAY) == before
        later = statement_of(till.book, connection, session, "cafe", NEXT + WEEK)
    assert (before.alliance, before.timezone) == (name, "Europe/Berlin")
    assert (later.alliance, later.timezone) == ("New Name", "America/New_York")
    assert audit_book(till.book, session).ok
    check_book(till.book)


def test_another_process_goes_by_the_change(till: BookClient, clock: Clock) -> None:
    """It has the book open from before, has posted, and decides ahead of the database."""
    other = Book.open(till.book.database, till.book.settings.name, clock)
    with closing(Poster(other)) as poster, closing(other.database.session()) as session:
        poster.post(Posting("other-1", clock(), {}, [Earn("bakery", "bob", 10, LATER)]))
        till.book.change_settings(clock() + 1, changed(name="Renamed", **MONTHLY))
        clock.set(NEXT + 9 * DAY)
        answer = poster.post(Posting("other-2", clock(), {}, [Earn("bakery", "bob", 10, LATER)]))
        assert answer.window_id == NEXT
        assert (other.settings.name, other.calendar) == ("Renamed", till.book.calendar)
        clock.set(instant("2024-06-01T00:00", "Europe/Berlin"))
        assert [window.opens_at for window in close_due(other, session, clock())] == [MONDAY, NEXT]
        assert audit_book(other, session).ok


def test_a_process_that_only_reads_learns_of_the_change(till: BookClient, clock: Clock) -> None:
    other = Book.open(till.book.database, till.book.settings.name, clock)
    till.book.change_settings(clock() + 1, changed(timezone="Asia/Tokyo"))
    with other.database.engine.connect() as connection:
        other.refresh(connection)
    assert other.calendar == till.book.calendar
    assert other.calendar.zone_at(clock()) == "Europe/Berlin"


def test_a_book_is_found_by_each_name_it_has_had(till: BookClient, database: Database, clock: Clock) -> None:
    first = till.book.settings.name
    till.book.change_settings(clock() + 1, changed(name="Neustadt"))
    assert book_names(database) == ["Neustadt"]
    for name in (first, "Neustadt"):
        assert book_id(database, name) == Book.open(database, name, clock).alliance_id == till.book.alliance_id
    # Until then it is called as before.
    assert till.book.settings.name == Book.open(database, "Neustadt", clock).settings.name == first
    other = make_book(database, clock)
    for name in (first, "Neustadt"):
        with pytest.raises(NameTaken):
            other.change_settings(clock() + 1, changed(name=name))
        with pytest.raises(BookExists):
            make_book(database, clock, make_settings(name=name, currency="CHF"))
    # Its own earlier name is still its own.
    assert till.book.change_settings(clock() + 2 * WEEK, changed(name=first)).name == first
    assert book_names(database) == sorted([first, other.settings.name])


def test_a_book_is_opened_again_under_any_settings_it_has_had(till: BookClient, clock: Clock) -> None:
    opened = till.book.settings
    till.book.change_settings(clock() + 1, changed(timezone="Europe/Paris", **MONTHLY))
    for asked in (opened, replace(opened, timezone="Europe/Paris", **MONTHLY)):
        assert Book.create(till.book.database, asked, make_terms(), clock).alliance_id == till.book.alliance_id
    with pytest.raises(BookExists) as error:
        Book.create(till.book.database, replace(opened, timezone="Asia/Tokyo", **MONTHLY), make_terms(), clock)
    assert (error.value.field, error.value.existing, error.value.asked) == ("timezone", "Europe/Paris", "Asia/Tokyo")


@pytest.mark.parametrize(
    ("zone", "hours"),
    [pytest.param("America/New_York", 6, id="west"), pytest.param("Asia/Tokyo", -7, id="east")],
)
def test_the_last_day_of_points_ends_on_the_clocks_of_that_day(
    till: BookClient, session: Session, clock: Clock, zone: str, hours: int
) -> None:
    """Points that are good until the end of May stay so, and May ends when it ends in the zone of then."""
    till.take(Earn("bakery", "ann", 100, 2024_05_31))
    till.book.change_settings(clock() + 1, changed(timezone=zone))
    over = instant("2024-06-01T00:00", "Europe/Berlin") + hours * HOUR
    clock.set(over - 1)
    till.take(Spend("cafe", "ann", 1))
    assert expired_lots(till.book, session, clock()) == []
    clock.set(over)
    assert till.post(Spend("cafe", "ann", 1)).refusal is not None
    (expiry,) = expired_lots(till.book, session, clock())
    assert expiry.occurred_at == over
    (answer,) = till.book.post([expiry], session)
    assert not isinstance(answer, Exception)
    assert answer.refusal is None
    assert audit_book(till.book, session).ok


def test_a_day_that_a_move_east_cuts_short_ends_with_its_era(
    book: Callable[..., Book], session: Session, clock: Clock
) -> None:
    """Windows close at noon; Monday noon in Berlin is Tuesday 00:00 in Kiritimati, whose clock skips half of Monday."""
    till = BookClient(book(make_settings(cutoff=Cutoff("weekly", at=time(12)))), session)
    till.take(Earn("bakery", "ann", 100, 2024_05_20))
    noon = till.book.change_settings(clock() + 1, changed(timezone="Pacific/Kiritimati")).since
    assert noon == instant("2024-05-20T12:00", "Europe/Berlin")
    clock.set(noon - 1)
    till.take(Spend("cafe", "ann", 1))
    clock.set(noon)
    (expiry,) = expired_lots(till.book, session, clock())
    assert expiry.occurred_at == noon
    till.book.post([expiry], session)
    assert expired_lots(till.book, session, clock()) == []


def test_eras_are_written_once(till: BookClient, clock: Clock) -> None:
    till.book.change_settings(clock() + 1, changed(**MONTHLY))
    for statement in ("UPDATE eras SET name = 'X'", "DELETE FROM eras"):
        with pytest.raises(Exception, match="append-only"), till.book.database.engine.begin() as connection:
            connection.execute(text(statement))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("pass"), st.integers(0, 40 * 24)),
        st.tuples(st.just("trade"), st.integers(-20 * 24 * 60, 5)),
        st.tuples(
            st.just("change"),
            st.tuples(
                st.integers(1, 60 * 24),
                st.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago"]),
                st.builds(
                    Cutoff,
                    st.sampled_from(["daily", "weekly", "monthly"]),
                    st.integers(0, 6),
                    st.integers(1, 31),
                    st.times(timezones=st.none()),
                ),
            ),
        ),
        st.tuples(st.just("close"), st.just(0)),
    ),
    min_size=4,
    max_size=12,
)


@given(STEPS)
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_agreed_on_windows_close_in_order_and_the_audit_is_green(
    database: Database, steps: list[tuple[str, object]]
) -> None:
    """Two processes take turns: one agrees and closes, the other sells."""
    clock = Clock(MONDAY + 2 * DAY)
    mine = make_book(database, clock)
    theirs = Book.open(database, mine.settings.name, clock)
    with closing(database.session()) as session:
        till = BookClient(theirs, session)
        for step, value in [*steps, ("pass", 24 * 62), ("close", 0)]:
            match step, value:
                case "pass", int(hours):
                    clock.forward(hours * HOUR)
                case "trade", int(minutes):
                    trade(till, clock() + minutes * MINUTE)
                case "change", (int(hours), str(zone), Cutoff() as cutoff):
                    agree(mine, clock() + hours * HOUR, timezone=zone, cutoff=cutoff)
                case "close", _:
                    close_due(mine, session, clock())
        closed = closed_windows(mine, session)
        assert windows_due(theirs, session, clock()) == []
        assert [mine.calendar.window(window.opens_at)[1] for window in closed] == [w.closes_at for w in closed]
        assert all(before.closes_at <= after.opens_at for before, after in pairwise(closed))
        audit = audit_book(mine, session)
        assert audit.ok, [check for check in audit.checks if not check.ok]


def agree(book: Book, effective_at: int, **fields: object) -> None:
    """Agree on a change, where it is one and lies after the last."""
    with_latest = max(effective_at, book.eras[-1].since + 1)
    try:
        era = book.change_settings(with_latest, changed(**fields))
    except SettingsUnchanged:
        return
    assert book.calendar.window(era.since)[0] == era.since >= with_latest
