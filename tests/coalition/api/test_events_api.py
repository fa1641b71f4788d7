"""Events and webhook endpoints over HTTP: who sees what, pages, and what can't be used."""

import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import Role
from coalition.events.emit import emit
from coalition.events.relay import catch_up
from coalition.events.types import event_types
from coalition.members.event_types import MEMBER_ENROLLED, MEMBER_FROZEN
from coalition.webhooks.event_types import WEBHOOK_ENDPOINT_DISABLED
from coalition.webhooks.fan_out import fan_out
from tests.support.town_api import ApiTown
from tests.support.wallets import People

EVENTS = "/v1/events"
ENDPOINTS = "/v1/webhook_endpoints"


@pytest.fixture
def busy(town: ApiTown) -> ApiTown:
    """A town in which something happened: at two shops, to two members, and to nobody."""
    with town.database.engine.begin() as connection:
        for shop, member, second in (
            ("bakery", "ann", None),
            ("cafe", "ann", None),
            (None, "bob", "ann"),
            (None, None, None),
        ):
            emit(
                connection,
                town.alliance.id,
                MEMBER_ENROLLED,
                town.clock(),
                {"member": "ann"},
                shop=shop,
                member=member,
                second_member=second,
            )
    return town


def seen(client: TestClient, **params: object) -> list[tuple[object, object]]:
    answer = client.get(EVENTS, params=params)
    assert answer.status_code == 200, answer.text
    return [(event["shop"], event["member"]) for event in answer.json()["data"]]


def test_each_caller_sees_their_own(busy: ApiTown) -> None:
    everything = [("bakery", "ann"), ("cafe", "ann"), (None, "bob"), (None, None)]
    assert seen(busy.client()) == everything
    assert seen(busy.client(), member="ann") == everything[:3]
    assert seen(busy.client(), shop="cafe") == everything[1:2]
    assert seen(busy.till("bakery")) == everything[:1]
    assert seen(busy.client(Role.APP), member="bob") == everything[2:3]
    assert busy.client(Role.APP).get(EVENTS).status_code == 422
    assert busy.till("bakery").get(EVENTS, params={"shop": "cafe"}).status_code == 404


def test_the_feed_is_in_the_order_of_what_happened_to_a_member(people: People) -> None:
    ann, ben = (people.enrol(email=f"{name}@example.com") for name in ("ann", "ben"))
    people.buy(ann)
    people.operator.post(f"/v1/members/{ann}/freeze")
    people.operator.post(f"/v1/members/{ann}/unfreeze")
    people.buy(ann)
    people.share(ann, ben)
    people.buy(ann)
    assert people.operator.post(f"/v1/members/{ann}/erase").status_code == 204
    events = people.operator.get(EVENTS, params={"member": ann, "limit": 100}).json()["data"]
    assert [event["type"] for event in events] == [
        "member.enrolled",
        "purchase.created",
        "member.frozen",
        "member.unfrozen",
        "purchase.created",
        "household.joined",
        "household.invited",
        "purchase.created",
        "member.erased",
    ]


def test_a_wallet_shows_what_happened_in_its_order(people: People) -> None:
    ann = people.enrol(email="ann@example.com")
    people.buy(ann)
    people.operator.post(f"/v1/members/{ann}/freeze")
    history = people.app.get(f"/v1/wallets/{ann}/history").json()["data"]
    assert [event["type"] for event in history] == ["member.frozen", "purchase.created", "member.enrolled"]


def test_who_is_invited_hears_of_it(people: People) -> None:
    ann, ben = (people.enrol(email=f"{name}@example.com") for name in ("ann", "ben"))
    people.share(ann, ben)
    (event,) = people.app.get(EVENTS, params={"member": ben, "type": "household.invited"}).json()["data"]
    assert (event["member"], event["second_member"]) == (ann, ben)
    assert event["data"]["id"].startswith("inv_")


def test_another_shops_event_looks_as_if_it_were_not_there(busy: ApiTown) -> None:
    bakerys, cafes = (event["id"] for event in busy.client().get(EVENTS).json()["data"][:2])
    till = busy.till("bakery")
    assert till.get(f"{EVENTS}/{bakerys}").status_code == 200
    answers = [till.get(f"{EVENTS}/{id_}") for id_ in (cafes, "evt_0000000000000", "evt_x", "x")]
    assert [answer.status_code for answer in answers] == [404] * 4


def test_a_feed_is_followed_by_pages_and_then_from_the_last_event(busy: ApiTown) -> None:
    client = busy.client()
    first = client.get(EVENTS, params={"limit": 3}).json()
    second = client.get(EVENTS, params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert (len(first["data"]), len(second["data"]), second["next_cursor"]) == (3, 1, None)
    last = second["data"][-1]["id"]
    assert client.get(EVENTS, params={"after": last}).json()["data"] == []
    with busy.database.engine.begin() as connection:
        emit(connection, busy.alliance.id, MEMBER_FROZEN, busy.clock(), {"member": "ann"})
    (new,) = client.get(EVENTS, params={"after": last}).json()["data"]
    assert new["type"] == "member.frozen"


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"cursor": "x"}, 422),
        ({"after": "evt_x"}, 404),
        ({"shop": "\0"}, 422),
        ({"member": "\0"}, 422),
        ({"type": "'; DROP"}, 422),
        ({"since": "yesterday"}, 422),
        ({"limit": 101}, 422),
        ({"since": "0001-01-01T00:00:00Z"}, 200),
        ({"since": "9999-12-31T23:59:59Z"}, 200),
    ],
)
def test_a_parameter_that_cant_be_used_is_a_problem(busy: ApiTown, params: dict[str, object], status: int) -> None:
    assert busy.client().get(EVENTS, params=params).status_code == status


def endpoint(client: TestClient, **fields: object) -> dict[str, object]:
    answer = client.post(ENDPOINTS, json={"url": "https://shop.example/hook", **fields})
    return {**answer.json(), "status_code": answer.status_code}


def test_a_shop_has_its_own_endpoints_and_sees_no_others(town: ApiTown) -> None:
    mine, theirs = endpoint(town.till("bakery")), endpoint(town.till("cafe"))
    alliances = endpoint(town.client())
    assert [each["shop"] for each in (mine, theirs, alliances)] == ["bakery", "cafe", None]
    assert [each["id"] for each in town.till("bakery").get(ENDPOINTS).json()["data"]] == [mine["id"]]
    assert len(town.client().get(ENDPOINTS).json()["data"]) == 3
    till = town.till("bakery")
    for id_ in (theirs["id"], alliances["id"], "whe_missing"):
        path = f"{ENDPOINTS}/{id_}"
        answers = [
            till.get(path),
            till.patch(path, json={}),
            till.delete(path),
            till.post(f"{path}/rotate_secret", json={}),
            till.get(f"{path}/deliveries"),
            till.post(f"{path}/replay", json={"since": "2024-01-01T00:00:00Z"}),
        ]
        assert [answer.status_code for answer in answers] == [404] * 6
    assert endpoint(town.till("bakery"), shop="cafe")["status_code"] == 404
    assert endpoint(town.client(), shop="nowhere")["status_code"] == 404
    assert endpoint(town.client(Role.SUPPORT))["status_code"] == 403


def test_a_url_is_an_endpoint_once(town: ApiTown) -> None:
    first = endpoint(town.client())
    again = endpoint(town.client())
    assert (again["status_code"], again["code"]) == (409, "webhook_endpoint_exists")
    assert again["fields"][0]["problem"] == first["id"]


def test_a_secret_is_shown_when_it_is_made_and_never_again(town: ApiTown) -> None:
    made = endpoint(town.client())
    path = f"{ENDPOINTS}/{made['id']}"
    assert str(made["secret"]).startswith("whsec_")
    assert "secret" not in town.client().get(path).json()
    rotated = town.client().post(f"{path}/rotate_secret", json={}).json()
    assert rotated["secret"] != made["secret"]


def test_an_endpoint_is_changed_disabled_and_deleted(town: ApiTown) -> None:
    client = town.client()
    path = f"{ENDPOINTS}/{endpoint(client)['id']}"
    changed = client.patch(path, json={"types": ["purchase.created"], "status": "disabled"}).json()
    assert (changed["types"], changed["status"], changed["disabled_because"]) == (
        ["purchase.created"],
        "disabled",
        "by request",
    )
    chinese = client.get(path, headers={"Accept-Language": "zh"}).json()
    assert chinese["disabled_because"] == "应要求停用"
    assert client.patch(path, json={"status": "enabled"}).json()["disabled_because"] is None
    assert client.delete(path).status_code == 204
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"url": "http://shop.example/"},
        {"url": "https://127.0.0.1/"},
        {"url": "https://shop.example/\0"},
        {"types": ["Not a type"]},
        {"types": ["a.b"] * 51},
        {"description": "\0"},
        {"shop": "\0"},
        {"unknown": 1},
    ],
)
def test_what_cant_be_an_endpoint_is_refused(town: ApiTown, fields: dict[str, object]) -> None:
    assert endpoint(town.client(), **fields)["status_code"] == 422


@pytest.mark.parametrize("send", ["post", "get"])
def test_a_misspelt_type_is_told_which_there_are(town: ApiTown, send: str) -> None:
    client = town.client()
    if send == "post":
        answer = client.post(ENDPOINTS, json={"url": "https://shop.example/hook", "types": ["purchase.create"]})
    else:
        answer = client.get(EVENTS, params={"type": "purchase.create"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    (problem,) = answer.json()["fields"]
    assert problem["field"] == ("types.0" if send == "post" else "type")
    assert all(f"'{event_type}'" in problem["problem"] for event_type in event_types())


def test_a_replay_names_an_event_or_a_range(busy: ApiTown) -> None:
    client = busy.client()
    path = f"{ENDPOINTS}/{endpoint(busy.till('cafe'))['id']}/replay"
    bakerys, cafes = (event["id"] for event in client.get(EVENTS).json()["data"][:2])
    assert client.post(path, json={}).status_code == 422
    assert client.post(path, json={"event": cafes, "since": "2024-01-01T00:00:00Z"}).status_code == 422
    assert client.post(path, json={"event": bakerys}).status_code == 404
    assert client.post(path, json={"event": cafes}).json() == {"queued": 1, "next": None}


def test_a_wallet_app_is_sent_what_concerns_a_member(people: People) -> None:
    app, operator = people.app, people.operator
    made = app.post(ENDPOINTS, json={"url": "https://wallet.example.com/in"}).json()
    assert (made["app"], made["shop"]) == (True, None)
    alliances = operator.post(ENDPOINTS, json={"url": "https://wallet.example.com/in"}).json()
    assert [endpoint["id"] for endpoint in app.get(ENDPOINTS).json()["data"]] == [made["id"]]
    assert app.get(f"{ENDPOINTS}/{alliances['id']}").status_code == 404
    assert app.post(ENDPOINTS, json={"url": "https://x.example.com", "shop": "bakery"}).status_code == 404
    ann = people.enrol(email="ann@example.com")
    people.buy(ann)
    lost = {"id": "whe_x", "url": "https://x.example.com", "shop": None, "because": "x"}
    with people.town.database.engine.begin() as connection:
        emit(connection, people.town.alliance.id, WEBHOOK_ENDPOINT_DISABLED, people.town.clock(), lost)
    catch_up(people.town.alliance)
    with people.town.database.engine.begin() as connection:
        fan_out(connection, people.town.alliance.id, 0)
    sent = [
        [delivery["type"] for delivery in operator.get(f"{ENDPOINTS}/{endpoint['id']}/deliveries").json()["data"]]
        for endpoint in (made, alliances)
    ]
    assert sent[0] == ["purchase.created", "member.enrolled"]
    assert "webhook_endpoint.disabled" in sent[1]
    replayed = app.post(
        f"{ENDPOINTS}/{made['id']}/replay", json={"since": "2020-01-01T00:00:00Z", "include_delivered": True}
    )
    assert replayed.json()["queued"] == 2
