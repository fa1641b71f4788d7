"""Members' notices on their phones: what a browser reads, in whose words, how often, and when it hears no more."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, text

from coalition.access.caller import Role
from coalition.access.tables import sessions
from coalition.jobs.job import WorkSettings
from coalition.jobs.worker import Worker
from coalition.push.store import SUBSCRIPTIONS_MAX
from coalition.push.tables import push_messages, push_subscriptions
from coalition.schedule import job_kinds
from coalition.sealing import MARK, make_key
from settlement.ledger import Database
from tests.support.clock import DAY, MINUTE, SECOND, Clock
from tests.support.push_service import PushService, Subscriber, push_service
from tests.support.tokens import Tokens, bearing
from tests.support.town_api import ApiTown, api_town
from tests.support.wallets import People

SETTINGS = WorkSettings(allow_private=True, webhook_timeout_seconds=2, push_contact="https://points.example")
KINDS = [kind for kind in job_kinds() if kind.name in ("events.publish", "push.address", "push.send")]


@pytest.fixture
def town(database: Database, clock: Clock) -> Iterator[ApiTown]:
    with api_town(database, clock) as made:
        made.app.state.work_settings = SETTINGS
        yield made


@pytest.fixture
def people(town: ApiTown) -> People:
    return People(town)


@pytest.fixture
def service() -> Iterator[PushService]:
    with push_service() as serving:
        yield serving


def member(town: ApiTown, id_: str) -> TestClient:
    """A member who is logged in, in a new session."""
    tokens = Tokens(town.database, town.alliance.id, town.clock())
    return TestClient(town.app, headers=bearing(tokens.new(Role.MEMBER, member=id_)))


def subscribe(client: TestClient, service: PushService, id_: str, language: str = "en") -> Subscriber:
    path = f"/v1/members/{id_}/push-subscriptions"
    browser = service.subscribe(client.get(path).json()["application_server_key"])
    answer = client.post(path, json=browser.subscription, headers={"Accept-Language": language})
    assert answer.status_code == 201, answer.text
    return browser


def work(town: ApiTown) -> None:
    town.clock.forward(SECOND)
    for kind in KINDS:
        worker = Worker(town.alliances, [kind], SETTINGS)
        worker.run_due()
        worker.stop()


def waiting(town: ApiTown) -> int:
    with town.database.engine.connect() as connection:
        return len(connection.execute(select(push_messages.c.seq)).all())


def test_a_phone_hears_of_what_concerns_its_member_in_their_language(
    town: ApiTown, people: People, service: PushService
) -> None:
    people.buy("ann")
    work(town)
    ann = subscribe(member(town, "ann"), service, "ann")
    bob = subscribe(member(town, "bob"), service, "bob", "zh-CN")
    people.buy("ann", 10_000, points=100)
    people.buy("ann", 21, points=1)
    app = town.client(Role.APP)
    app.post("/v1/gifts", json={"member": "ann", "to": "bob", "points": 40}, headers={"Idempotency-Key": "g"})
    title, sentence = {"en": "Market", "zh": "集市"}, {"en": "On Saturday.", "zh": "周六。"}
    town.client().post("/v1/notices", json={"title": title, "text": sentence})
    town.till("cafe").post("/v1/confirmations", json={"shop": "cafe", "member": "ann", "amount_minor": 230})
    work(town)
    texts = sorted((read.content["title"], read.content["body"]) for read in service.messages(ann))
    assert texts == [
        ("A shop asks you", "cafe asks: pay €2.30 with your points?"),
        ("Market", "On Saturday."),
        ("bakery", "You paid €0.01 with 1 point.\nYou earned 1 point, worth €0.01."),
        ("bakery", "You paid €1.00 with 100 points.\nYou earned 495 points, worth €4.95."),
    ]
    assert {read.content["body"] for read in service.messages(bob)} == {"40 积分，价值 €0.40。", "周六。"}
    by_title = {read.content["title"]: read for read in service.messages(ann)}
    question = by_title.pop("A shop asks you")
    assert (question.headers["urgency"], question.headers["ttl"]) == ("high", "120")
    assert question.content["path"] == "/wallet"
    assert {(read.headers["urgency"], read.headers["ttl"]) for read in by_title.values()} == {("normal", "86400")}
    assert (question.claims["aud"], question.claims["sub"]) == (service.url, "https://points.example")
    work(town)
    assert (len(service.messages(ann)), waiting(town)) == (4, 0)


def test_what_is_not_taken_is_tried_again_and_a_browser_that_is_gone_is_forgotten(
    town: ApiTown, people: People, service: PushService
) -> None:
    client = member(town, "ann")
    ann = subscribe(client, service, "ann")
    people.buy("ann")
    service.statuses = [503, 201]
    work(town)
    assert (service.messages(ann), waiting(town)) == ([], 1)
    town.clock.forward(MINUTE)
    work(town)
    assert (len(service.messages(ann)), waiting(town)) == (1, 0)
    service.statuses = [413, 503]
    people.buy("ann")
    work(town)
    assert waiting(town) == 0
    people.buy("ann")
    work(town)
    town.clock.forward(DAY)
    work(town)
    assert waiting(town) == 0, "nobody wants to hear of it a day later"
    service.statuses = [410]
    people.buy("ann")
    work(town)
    assert client.get("/v1/members/ann/push-subscriptions").json()["data"] == []
    assert waiting(town) == 0


def test_a_phone_hears_nothing_once_its_session_is_over(town: ApiTown, people: People, service: PushService) -> None:
    lost, here, old = (member(town, "ann") for _ in range(3))
    phones = [subscribe(client, service, "ann") for client in (lost, here, old)]
    assert lost.delete("/v1/session").status_code == 204
    with town.database.engine.begin() as connection:
        # The one that was added last is unused for too long.
        session = connection.execute(
            select(push_subscriptions.c.session).order_by(push_subscriptions.c.created_at.desc()).limit(1)
        ).scalar_one()
        connection.execute(sessions.update().where(sessions.c.id == session).values(expires_at=town.clock()))
    people.buy("ann")
    work(town)
    assert sorted(len(service.messages(phone)) for phone in phones) == [0, 0, 1]
    assert len(town.client(Role.APP).get("/v1/members/ann/push-subscriptions").json()["data"]) == 1
    frozen = town.client().post("/v1/members/ann/freeze")
    assert frozen.status_code == 200
    assert town.client(Role.APP).get("/v1/members/ann/push-subscriptions").json()["data"] == []


def test_a_browser_is_one_whoever_uses_it_and_a_member_has_so_many(town: ApiTown, service: PushService) -> None:
    ann = member(town, "ann")
    browser = subscribe(ann, service, "ann")
    assert subscribe(ann, service, "ann").url != browser.url
    assert len(ann.get("/v1/members/ann/push-subscriptions").json()["data"]) == 1
    bob = member(town, "bob")
    shared = subscribe(bob, service, "bob")
    path = "/v1/members/ann/push-subscriptions"
    assert ann.post(path, json=shared.subscription).status_code == 201
    assert bob.get("/v1/members/bob/push-subscriptions").json()["data"] == []
    app = town.client(Role.APP)
    for _ in range(SUBSCRIPTIONS_MAX):
        subscribe(app, service, "ann")
    listed = app.get(path).json()["data"]
    assert len(listed) == SUBSCRIPTIONS_MAX
    assert app.delete(f"{path}/{listed[0]['id']}").status_code == 204
    assert app.delete(f"{path}/{listed[0]['id']}").status_code == 404
    assert bob.delete(f"/v1/members/bob/push-subscriptions/{listed[1]['id']}").status_code == 404


def test_nothing_is_posted_to_a_place_inside_or_for_keys_that_are_none(town: ApiTown, service: PushService) -> None:
    client = member(town, "ann")
    path = "/v1/members/ann/push-subscriptions"
    good = service.subscribe("").subscription
    short = {**good, "auth": "YQ"}
    off_curve = {**good, "p256dh": good["auth"]}
    for body in (short, off_curve, {**good, "p256dh": "ü"}, {**good, "p256dh": "A" * 88}):
        answer = client.post(path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    town.app.state.work_settings = WorkSettings()
    for place in (good["endpoint"], "https://169.254.169.254/", "https://user@push.example/", "ftp://push.example/"):
        answer = client.post(path, json={**good, "endpoint": place})
        assert (answer.status_code, answer.json()["code"]) == (422, "url_refused")


def test_where_a_browser_is_reached_is_sealed(
    town: ApiTown, service: PushService, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path_factory.mktemp("keys") / "key"
    make_key(key)
    monkeypatch.setenv("COALITION_SECRETS_KEY_FILE", str(key))
    subscribe(member(town, "ann"), service, "ann")
    with town.database.engine.connect() as connection:
        row = connection.execute(text("SELECT endpoint, p256dh, auth FROM push_subscriptions")).one()
    assert all(stored.encode().startswith(MARK) for stored in row)
