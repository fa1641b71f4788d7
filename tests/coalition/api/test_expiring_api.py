"""Members hear of points that are about to expire: once for each day, through apps and webhooks."""

from typing import Any

import pytest
from sqlalchemy import select

from coalition.events.relay import catch_up
from coalition.jobs.worker import Worker
from coalition.schedule import job_kinds
from coalition.wallets import announce_expiry as announcing
from coalition.wallets.announce_expiry import announce_expiry
from coalition.wallets.tables import expiry_notices
from coalition.webhooks.fan_out import fan_out
from settlement.ledger import Earn, Posting
from tests.support.clock import DAY, instant
from tests.support.event_schemas import check_event
from tests.support.people import by_two_people
from tests.support.town_api import ApiTown
from tests.support.wallets import People

ENDPOINTS = "/v1/webhook_endpoints"
MAY_END, JUNE_END = 20240531, 20240630


def earn(town: ApiTown, key: str, member: str, points: int, last_day: int = MAY_END, shop: str = "bakery") -> None:
    """Points that are good until a day of May 2024, when it is the 15th."""
    posting = Posting(key, town.clock(), {}, [Earn(shop, member, points, last_day)])
    assert town.alliance.poster.post(posting).refusal is None


def sweep(town: ApiTown) -> None:
    """Let the worker do what is due."""
    worker = Worker(town.alliances, job_kinds())
    worker.run_due()
    worker.stop()


def expiring(town: ApiTown, **query: str) -> list[dict[str, Any]]:
    """What was published, as the operator reads it."""
    events = town.client().get("/v1/events", params={"type": "points.expiring", "limit": 100, **query}).json()["data"]
    for event in events:
        check_event(event)
    return events


def data(town: ApiTown) -> list[tuple[str, int, int, str]]:
    """The same as (member, points, worth, last day)."""
    rows = [event["data"] for event in expiring(town)]
    return sorted((row["member"], row["points"], row["worth_minor"], row["expires_on"]) for row in rows)


def test_a_member_hears_once_of_each_day_some_days_ahead(town: ApiTown) -> None:
    earn(town, "1", "ann", 100)
    earn(town, "2", "ann", 20, shop="cafe")
    earn(town, "3", "ann", 7, JUNE_END)
    sweep(town)
    assert data(town) == [("ann", 120, 120, "2024-05-31")]
    sweep(town)
    town.clock.forward(DAY)
    sweep(town)
    assert len(data(town)) == 1
    # 30 days before the end of June.
    town.clock.set(instant("2024-05-30T23:59", "Europe/Berlin"))
    sweep(town)
    assert len(data(town)) == 1
    town.clock.set(instant("2024-05-31T00:01", "Europe/Berlin"))
    sweep(town)
    assert data(town)[0] == ("ann", 7, 7, "2024-06-30")


def test_points_that_come_later_for_a_day_that_others_heard_of_are_announced_too(town: ApiTown) -> None:
    earn(town, "1", "ann", 100)
    sweep(town)
    earn(town, "2", "bob", 50)
    earn(town, "3", "ann", 5)
    town.clock.forward(DAY)
    sweep(town)
    assert data(town) == [("ann", 100, 100, "2024-05-31"), ("bob", 50, 50, "2024-05-31")]


def test_what_was_spent_is_not_announced_and_what_a_member_owes_others_neither(town: ApiTown) -> None:
    earn(town, "1", "ann", 100)
    till = town.till("cafe")
    sale = {"shop": "cafe", "member": "ann", "amount_minor": 100, "points": "all"}
    assert till.post("/v1/purchases", json=sale, headers={"Idempotency-Key": "k"}).json()["points_spent"] == 100
    sweep(town)
    assert data(town) == []


def test_a_worth_is_reckoned_at_each_lots_own_rate_and_rounded_down_once(town: ApiTown) -> None:
    earn(town, "1", "ann", 100)
    later = {"effective_at": "2024-05-16T00:00:00Z", "points_per_unit": "1000", "funding": "on_redemption"}
    agreed = by_two_people(town, lambda owner: owner.post("/v1/alliance/terms", json=later, headers={"If-Match": "*"}))
    assert agreed.status_code == 201
    town.clock.forward(2 * DAY)
    earn(town, "2", "ann", 107)
    sweep(town)
    # 100 points of a cent, and 107 of a tenth of one.
    assert data(town) == [("ann", 207, 110, "2024-05-31")]


def test_those_of_a_merged_id_count_for_the_member_and_are_told_once(people: People) -> None:
    town = people.town
    ann, double = people.enrol(email="ann@example.com"), people.enrol(email="a@example.com")
    earn(town, "1", ann, 100)
    assert people.operator.post(f"/v1/members/{double}/merge", json={"into": ann}).status_code == 200
    # From a till that has not heard of the merge; no sweep has forwarded it.
    earn(town, "2", double, 20)
    announce_expiry(town.alliance, lambda: True)
    assert data(town) == [(ann, 120, 120, "2024-05-31")]
    sweep(town)
    town.clock.forward(DAY)
    sweep(town)
    assert len(data(town)) == 1


def test_each_of_a_household_hears_of_their_own(people: People) -> None:
    ann, ben = (people.enrol(email=f"{name}@example.com") for name in ("ann", "ben"))
    people.share(ann, ben)
    earn(people.town, "1", ann, 100)
    earn(people.town, "2", ben, 30)
    sweep(people.town)
    assert data(people.town) == sorted([(ann, 100, 100, "2024-05-31"), (ben, 30, 30, "2024-05-31")])


def test_nobody_hears_of_points_that_are_nobodys(people: People) -> None:
    ann = people.enrol(email="ann@example.com")
    earn(people.town, "1", ann, 100)
    assert people.give(ann, 40, email="new@example.com").status_code == 201
    assert people.operator.post(f"/v1/members/{ann}/erase").status_code == 204
    sweep(people.town)
    assert data(people.town) == []


def test_an_alliance_sets_how_many_days_ahead(people: People) -> None:
    earn(people.town, "1", "ann", 100)
    path = "/v1/settings/members"
    settings = people.operator.get(path)
    short = {**settings.json(), "expiry_notice_days": 7}
    assert people.operator.put(path, json=short, headers={"If-Match": "*"}).json() == short
    sweep(people.town)
    assert data(people.town) == []
    people.town.clock.set(instant("2024-05-24T09:00", "Europe/Berlin"))
    sweep(people.town)
    assert data(people.town) == [("ann", 100, 100, "2024-05-31")]
    for days in (0, 366):
        wrong = {**short, "expiry_notice_days": days}
        assert people.operator.put(path, json=wrong, headers={"If-Match": "*"}).status_code == 422


def test_wallet_apps_and_the_alliances_webhooks_get_it_and_a_shop_does_not(people: People) -> None:
    town = people.town
    clients = (people.app, people.operator, town.till())
    ids = [
        client.post(ENDPOINTS, json={"url": f"https://hooks.example.com/{at}"}).json()["id"]
        for at, client in enumerate(clients)
    ]
    earn(town, "1", "ann", 100)
    announce_expiry(town.alliance, lambda: True)
    catch_up(town.alliance)
    with town.database.engine.begin() as connection:
        fan_out(connection, town.alliance.id, 0)
    sent = [[row["type"] for row in people.operator.get(f"{ENDPOINTS}/{id_}/deliveries").json()["data"]] for id_ in ids]
    assert ["points.expiring" in types for types in sent] == [True, True, False]
    assert [event["member"] for event in people.app.get("/v1/events?member=ann").json()["data"]][-1] == "ann"


def test_a_sweep_that_was_stopped_goes_on_where_it_was(town: ApiTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(announcing, "ANNOUNCED_AT_ONCE", 1)
    for at, member in enumerate(("ann", "bob", "cleo")):
        earn(town, str(at), member, 100)
    answers = iter([True, True, False])
    announce_expiry(town.alliance, lambda: next(answers))
    assert [member for member, *_ in data(town)] == ["ann", "bob"]
    assert announcing.is_sweep_due(town.alliance)
    sweep(town)
    assert [member for member, *_ in data(town)] == ["ann", "bob", "cleo"]
    assert not announcing.is_sweep_due(town.alliance)


def test_what_was_announced_is_forgotten_when_the_day_is_over(town: ApiTown) -> None:
    earn(town, "1", "ann", 100)
    sweep(town)
    town.clock.set(instant("2024-06-01T09:00", "Europe/Berlin"))
    sweep(town)
    with town.database.engine.connect() as connection:
        assert connection.execute(select(expiry_notices)).all() == []
