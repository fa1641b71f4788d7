"""The relay: each posting that was taken becomes its event, once, in order; histories see what was just written."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from coalition.events.emit import emit
from coalition.events.event import Event
from coalition.events.relay import catch_up, postings_behind, relay
from coalition.feed.read import events_from, find_event, member_events, next_seq
from coalition.members.event_types import MEMBER_ENROLLED, MEMBER_FROZEN
from settlement.clearing import close_due
from settlement.ledger import (
    Capture,
    Earn,
    Give,
    Hold,
    Leg,
    Posting,
    RefundEarn,
    RefundSpend,
    Release,
    Spend,
    lapsed_holds,
)
from tests.support.books import expired_lots
from tests.support.clock import DAY, HOUR
from tests.support.town_api import ApiTown

LATER = 20991231


def post(town: ApiTown, key: str, *legs: Leg, **content: str | int) -> int:
    answer = town.alliance.poster.post(Posting(key, town.clock(), content, legs))
    assert answer.refusal is None, answer.refusal
    return answer.posting_id


def feed(town: ApiTown, after: int = 0, limit: int = 1_000) -> list[Event]:
    catch_up(town.alliance)
    with town.database.engine.connect() as connection:
        return events_from(connection, town.alliance.id, after, limit)


def buy(town: ApiTown, key: str, **fields: object) -> dict[str, object]:
    shop = fields.get("shop", "bakery")
    body = {"shop": shop, "member": "ann", "amount_minor": 10_000, **fields}
    answer = town.till(str(shop)).post("/v1/purchases", json=body, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_purchase_is_told_with_the_fields_that_the_api_answered(town: ApiTown) -> None:
    earned = buy(town, "k1", external_ref="r1")
    spent = buy(town, "k2", shop="cafe", amount_minor=2_000, points="all")
    first, second = feed(town)
    # What a bonus or a stamp gives is said in a reader's language, and an event has no reader yet.
    assert [answer.pop(name) for name in ("bonuses", "stamps") for answer in (earned, spent)] == [[]] * 4
    assert (first.type, first.shop, first.member, first.at) == ("purchase.created", "bakery", "ann", town.clock())
    assert first.payload == {**earned, "expires_on": "2025-05-31"}
    assert second.payload == {**spent, "spent_from": {"bakery": 500}, "expires_on": "2025-05-31"}


def rows(town: ApiTown, *asked: str) -> list[tuple[object, ...]]:
    return [
        (event.type, event.shop, event.member, *(event.payload.get(name) for name in asked)) for event in feed(town)
    ]


def test_each_kind_of_posting_has_its_event(town: ApiTown) -> None:
    bought = post(town, "1", Earn("bakery", "ann", 1_000, LATER), type="adjustment", shop="bakery", member="ann")
    spent = post(town, "2", Spend("cafe", "ann", 100), type="adjustment", shop="cafe", member="ann")
    post(town, "3", RefundSpend(spent, 40), type="refund", shop="cafe", member="ann")
    post(town, "4", RefundEarn(bought, 60), type="refund", shop="bakery", member="ann")
    held = post(town, "5", Hold("diner", "ann", 30, town.clock() + HOUR), type="hold", shop="diner", member="ann")
    post(town, "6", Capture(held, 20), type="capture")
    held = post(town, "7", Hold("diner", "ann", 5, town.clock() + HOUR), type="hold", shop="diner", member="ann")
    post(town, "8", Release(held), type="release")
    post(town, "9", Give("ann", "bob", 7), type="gift", gift="gift_1", member="ann", receiver="bob")
    post(town, "10", Earn("bakery", "ann", 1, LATER), type="adjustment", member="ann")
    names = ("points_earned", "points_spent", "points_returned", "points_taken_back", "points_held", "points_released")
    assert rows(town, *names, "points_moved") == [
        ("adjustment.created", "bakery", "ann", 1_000, None, None, None, None, None, None),
        ("adjustment.created", "cafe", "ann", None, 100, None, None, None, None, None),
        ("refund.created", "cafe", "ann", None, None, 40, None, None, None, None),
        ("refund.created", "bakery", "ann", None, None, None, 60, None, None, None),
        ("hold.created", "diner", "ann", None, None, None, None, 30, None, None),
        ("hold.captured", "diner", "ann", None, 20, None, None, None, 10, None),
        ("hold.created", "diner", "ann", None, None, None, None, 5, None, None),
        ("hold.released", "diner", "ann", None, None, None, None, None, 5, None),
        ("gift.created", None, "ann", None, None, None, None, None, None, 7),
        ("adjustment.created", None, "ann", 1, None, None, None, None, None, None),
    ]
    events = feed(town)
    assert events[7].payload["hold"] == events[6].payload["id"]
    assert events[8].second_member == "bob"


def test_what_time_brings_about_is_told(town: ApiTown) -> None:
    book, clock = town.alliance.book, town.clock
    held = Hold("cafe", "ann", 10, clock() + HOUR)
    post(town, "1", Earn("bakery", "ann", 100, 20240531), type="adjustment", shop="bakery", member="ann")
    post(town, "2", held, type="hold", shop="cafe", member="ann", lapses_at=clock() + HOUR)
    clock.forward(30 * DAY)
    with closing(town.database.session()) as session:
        for sweep in (lapsed_holds, expired_lots):
            town.alliance.poster.submit(sweep(book, session, clock())).result()
        (closed,) = close_due(book, session, clock())[:1]
    assert rows(town, "points_released", "points_expired", "expires_on")[2:4] == [
        ("hold.lapsed", "cafe", "ann", 10, 10, "2024-05-31"),
        ("points.expired", "bakery", "ann", None, 90, "2024-05-31"),
    ]
    window = feed(town)[4]
    assert (window.type, window.shop, window.posting_id is None) == ("window.closed", None, False)
    assert window.payload.keys() == {"id", "opens_at", "closes_at"}
    assert closed.closes_at == book.calendar.window(closed.opens_at)[1]


def test_a_refusal_and_what_is_no_fact_are_not_told(town: ApiTown) -> None:
    poster, now = town.alliance.poster, town.clock()
    refused = Posting("1", now, {"type": "adjustment"}, [Spend("cafe", "ann", 1)])
    silent = Posting("2", now, {"rules": "of a replay"}, [])
    poster.submit([refused, silent]).result()
    post(town, "3", Earn("bakery", "ann", 1, LATER), type="adjustment")
    assert [event.seq for event in feed(town)] == [1]
    assert postings_behind(town.alliance) == 0


def test_a_purchase_of_a_replay_is_told_too(town: ApiTown) -> None:
    content = {"type": "purchase", "shop": "bakery", "member": "ann", "amount_minor": 500, "asked": 0, "at": 7}
    post(town, "purchase:2", Earn("bakery", "ann", 25, LATER), **content)
    (event,) = feed(town)
    assert (event.payload["points_earned"], event.payload["cash_due_minor"]) == (25, 500)
    assert not {"asked", "at", "type"} & event.payload.keys()


def test_any_text_is_told_as_it_is(town: ApiTown) -> None:
    odd = "a\tb\\n\n\r\"'{}\\N 店 🥐"
    post(town, "1", Earn("bakery", odd, 1, LATER), type="adjustment", shop="bakery", member=odd, note=odd)
    (event,) = feed(town)
    assert (event.member, event.payload["note"]) == (odd, odd)


def test_many_relays_at_once_tell_each_posting_once(town: ApiTown) -> None:
    postings = [
        Posting(f"{number}", town.clock(), {"type": "adjustment", "number": number}, [Earn("bakery", "a", 1, LATER)])
        for number in range(600)
    ]
    town.alliance.poster.submit(postings).result()

    def run(number: int) -> int:
        if number % 4:
            with closing(town.database.session()) as session:
                return relay(town.alliance, session, 7)
        with town.database.engine.begin() as connection:
            emit(connection, town.alliance.id, MEMBER_ENROLLED, town.clock(), {"number": number})
        return 0

    with ThreadPoolExecutor(6) as threads:
        passed = sum(threads.map(run, range(60)))
    assert passed == 45 * 7
    events = feed(town)
    assert [event.seq for event in events] == list(range(1, 616))
    assert [event.payload["number"] for event in events if event.posting_id] == list(range(600))


def test_catching_up_goes_no_further_than_it_may(town: ApiTown) -> None:
    for number in range(5):
        post(town, f"{number}", Earn("bakery", "ann", 1, LATER), type="adjustment", member="ann", shop="bakery")
    assert [catch_up(town.alliance, 3), catch_up(town.alliance, 3), catch_up(town.alliance, 3)] == [3, 2, 0]


def test_an_emitted_event_is_there_exactly_if_its_transaction_is(town: ApiTown) -> None:
    for kept in (False, True):
        with town.database.engine.connect() as connection:
            emit(connection, town.alliance.id, MEMBER_FROZEN, town.clock(), {"shop": "cafe"}, shop="cafe")
            if kept:
                connection.commit()
    assert [(event.seq, event.type, event.shop) for event in feed(town)] == [(1, "member.frozen", "cafe")]


def test_a_members_history_is_read_back_page_by_page(town: ApiTown) -> None:
    for number in range(7):
        post(town, f"{number}", Earn("bakery", "ann", 1, LATER), type="adjustment", member="ann", shop="bakery")
        post(town, f"o{number}", Earn("cafe", "bob", 1, LATER), type="adjustment", member="bob", shop="cafe")
    post(town, "g", Give("bob", "ann", 3), type="gift", gift="gift_1", member="bob", receiver="ann")
    catch_up(town.alliance)
    pages, before = [], None
    with town.database.engine.connect() as connection:
        while page := member_events(connection, town.alliance.id, "ann", 3, before=before):
            pages.append([event.seq for event in page])
            before = page[-1].seq
        gifts = member_events(connection, town.alliance.id, "ann", 3, types=["gift.created"])
    assert [seq for page in pages for seq in page] == [15, 13, 11, 9, 7, 5, 3, 1]
    assert [event.seq for event in gifts] == [15]


def test_events_are_found_by_number_by_shop_and_by_time(town: ApiTown) -> None:
    first = post(town, "1", Earn("bakery", "ann", 1, LATER), type="adjustment", shop="bakery")
    town.clock.forward(HOUR)
    post(town, "2", Earn("bakery", "ann", 1, LATER), type="adjustment", shop="cafe")
    catch_up(town.alliance)
    with town.database.engine.connect() as connection:
        newest = find_event(connection, town.alliance.id, 1)
        assert newest is not None
        assert newest.posting_id == first
        assert events_from(connection, town.alliance.id, 0, 9, shop="bakery") == [newest]
        assert find_event(connection, town.alliance.id, 99) is None
        since = events_from(connection, town.alliance.id, 0, 9, since=town.clock())
        assert [event.seq for event in since] == [2]
        assert next_seq(connection, town.alliance.id) == 3


def test_lines_refunds_and_holds_are_told_in_the_apis_words(town: ApiTown) -> None:
    lines = [{"ref": "bread", "amount_minor": 600}, {"ref": "stamps", "amount_minor": 400, "earns": False}]
    bought = buy(town, "k1", amount_minor=1_000, lines=lines)
    till = town.till("bakery")
    refunded = till.post("/v1/refunds", json={"purchase": bought["id"], "lines": ["bread"]}, headers=key("k2"))
    assert refunded.status_code == 201, refunded.text
    buy(town, "k3")
    held = till.post(
        "/v1/holds",
        json={"shop": "bakery", "member": "ann", "points": 5, "lapses_after_seconds": 3600},
        headers=key("k4"),
    ).json()
    purchase, refund, _, hold = feed(town)
    assert [line["ref"] for line in purchase.payload["lines"]] == ["bread", "stamps"]
    assert (refund.payload["id"], refund.payload["purchase"]) == (refunded.json()["id"], bought["id"])
    assert refund.payload["lines"] == ["bread"]
    assert (hold.payload["id"], hold.payload["lapses_at"]) == (held["id"], held["lapses_at"])
    assert not {"under", "asked", "lapses_after_seconds"} & (refund.payload.keys() | hold.payload.keys())


def key(name: str) -> dict[str, str]:
    return {"Idempotency-Key": name}
