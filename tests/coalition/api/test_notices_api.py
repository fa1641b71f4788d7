"""Notices: posted by the alliance, seen by members and apps as long as they are there, published when they are."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from coalition.access.caller import Role
from coalition.events.relay import catch_up
from coalition.jobs.worker import Worker
from coalition.notices.tables import member_notices
from coalition.schedule import job_kinds
from coalition.webhooks.fan_out import fan_out
from tests.support.clock import DAY, HOUR
from tests.support.tokens import Tokens, bearing
from tests.support.town_api import ApiTown

PATH = "/v1/notices"
TITLE = {"en": "Market on Saturday", "zh": "周六集市"}
TEXT = {"en": "Double points\nat every shop.", "zh": "所有商户\n双倍积分。"}


def post(client: TestClient, status: int = 201, **fields: object) -> dict[str, Any]:
    answer = client.post(PATH, json={"title": TITLE, "text": TEXT, **fields})
    assert answer.status_code == status, answer.text
    return answer.json()


def member(town: ApiTown, id_: str = "ann") -> TestClient:
    """A member who is logged in."""
    tokens = Tokens(town.database, town.alliance.id, town.clock())
    return TestClient(town.app, headers=bearing(tokens.new(Role.MEMBER, member=id_)))


def seen(client: TestClient) -> list[str]:
    return [notice["id"] for notice in client.get(PATH).json()["data"]]


def published(client: TestClient, **query: str) -> list[str]:
    events = client.get("/v1/events", params={"limit": 100, **query}).json()["data"]
    return [event["type"] for event in events if event["type"].startswith("notice.")]


def work(town: ApiTown) -> None:
    worker = Worker(town.alliances, job_kinds())
    worker.run_due()
    worker.stop()


def test_members_and_apps_see_a_notice_in_both_languages(town: ApiTown) -> None:
    posted = post(town.client(Role.SUPPORT))
    assert (posted["title"], posted["text"], posted["visible_until"]) == (TITLE, TEXT, None)
    assert posted["posted_by"]
    for client in (member(town), town.client(Role.APP)):
        (notice,) = client.get(PATH).json()["data"]
        assert notice == {**posted, "posted_by": None}
        assert client.get(f"{PATH}/{posted['id']}").json() == notice


def test_a_notice_is_published_to_all_members_on_the_feed_and_to_apps(town: ApiTown) -> None:
    app, hook = town.client(Role.APP), "/v1/webhook_endpoints"
    endpoints = [
        client.post(hook, json={"url": f"https://hooks.example.com/{at}"}).json()["id"]
        for at, client in enumerate((app, town.client(), town.till()))
    ]
    posted = post(town.client())
    (event,) = app.get("/v1/events", params={"member": "bob", "type": "notice.posted"}).json()["data"]
    assert (event["member"], event["shop"]) == (None, None)
    assert event["data"] == {name: posted[name] for name in ("id", "title", "text", "visible_from", "visible_until")}
    ann = member(town)
    assert published(ann) == ["notice.posted"]
    assert ann.get(f"/v1/events/{event['id']}").status_code == 200
    assert published(town.till()) == []
    assert town.till().get(f"/v1/events/{event['id']}").status_code == 404
    catch_up(town.alliance)
    with town.database.engine.begin() as connection:
        fan_out(connection, town.alliance.id, 0)
    sent = [[row["type"] for row in town.client().get(f"{hook}/{id_}/deliveries").json()["data"]] for id_ in endpoints]
    assert sent == [["notice.posted"], ["notice.posted"], []]
    assert [row["type"] for row in app.get("/v1/wallets/ann/history").json()["data"]] == []


def test_a_notice_for_later_is_seen_and_published_when_its_time_comes(town: ApiTown) -> None:
    operator, ann = town.client(), member(town)
    start, end = "2024-05-16T10:00:00Z", "2024-05-17T10:00:00Z"
    posted = post(operator, visible_from=start, visible_until=end)
    assert (posted["visible_from"], posted["visible_until"]) == (start, end)
    work(town)
    assert (seen(operator), seen(ann), published(ann)) == ([posted["id"]], [], [])
    assert ann.get(f"{PATH}/{posted['id']}").status_code == 404
    town.clock.forward(DAY)
    for _ in range(2):
        work(town)
        town.clock.forward(HOUR)
    ann = member(town)
    assert (seen(ann), published(ann)) == ([posted["id"]], ["notice.posted"])
    town.clock.forward(DAY)
    assert (seen(operator), seen(member(town))) == ([posted["id"]], [])


def test_a_notice_that_is_withdrawn_is_seen_no_more(town: ApiTown) -> None:
    operator = town.client()
    first, later = post(operator), post(operator, visible_from="2024-06-01T00:00:00Z")
    for _ in range(2):
        for notice in (first, later):
            withdrawn = operator.post(f"{PATH}/{notice['id']}/withdraw")
            assert (withdrawn.status_code, withdrawn.json()["withdrawn_at"] is None) == (200, False)
    town.clock.forward(30 * DAY)
    work(town)
    ann = member(town)
    # Of the second nobody had heard.
    assert (seen(ann), published(ann)) == ([], ["notice.posted", "notice.withdrawn"])
    assert len(seen(operator)) == 2
    log = operator.get("/v1/audit-log", params={"limit": 100})
    assert log.status_code == 200
    actions = [row["action"] for row in log.json()["data"]]
    assert (actions.count("notice.post"), actions.count("notice.withdraw")) == (2, 2)


def test_the_list_goes_by_pages_the_newest_first(town: ApiTown) -> None:
    operator, posted = town.client(), []
    for _ in range(3):
        posted.append(post(operator)["id"])
        town.clock.forward(HOUR)
    first = operator.get(PATH, params={"limit": 2}).json()
    rest = operator.get(PATH, params={"limit": 2, "cursor": first["next_cursor"]}).json()
    assert [row["id"] for row in first["data"] + rest["data"]] == posted[::-1]
    assert rest["next_cursor"] is None


@pytest.mark.parametrize(
    "fields",
    [
        {"title": {"en": "One language"}},
        {"text": {"en": "", "zh": "x"}},
        {"title": {"en": "Two\nlines", "zh": "x"}},
        {"visible_until": "2024-05-01T00:00:00Z"},
        {"visible_from": "2024-06-01T00:00:00Z", "visible_until": "2024-06-01T00:00:00Z"},
    ],
)
def test_a_notice_that_nobody_can_read_is_refused(town: ApiTown, fields: dict[str, object]) -> None:
    assert post(town.client(), 422, **fields)["code"] == "invalid"
    assert seen(town.client()) == []


def test_shops_and_members_post_none(town: ApiTown) -> None:
    for client in (town.till(), town.client(Role.APP), town.client(Role.FINANCE), member(town)):
        post(client, 403)
    assert town.till().get(PATH).status_code == 403
    assert town.client().post(f"{PATH}/ntc_x/withdraw").status_code == 404


def test_the_database_takes_no_notice_that_ends_before_it_begins(town: ApiTown) -> None:
    row = {"id": "n", "title_en": "x", "title_zh": "x", "text_en": "x", "text_zh": "x", "posted_by": "x"}
    with pytest.raises(IntegrityError), town.database.engine.begin() as connection:
        connection.execute(
            insert(member_notices).values(alliance_id=town.alliance.id, from_at=2, until_at=2, posted_at=1, **row)
        )
