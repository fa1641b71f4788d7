"""Members' notices by e-mail and SMS: where no browser takes them, as each chose, and how many at the most."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from coalition.access.caller import Role
from coalition.jobs.worker import Worker
from coalition.messaging.messenger import MessageDelayed, MessageNotSent, NoMessenger
from coalition.push.send_due import AT_ONCE
from coalition.push.tables import push_messages
from settlement.ledger import Database
from tests.coalition.push.test_push import KINDS, SETTINGS, member, subscribe
from tests.support.clock import DAY, MINUTE, SECOND, Clock
from tests.support.push_service import push_service
from tests.support.town_api import ApiTown, api_town
from tests.support.wallets import People

URL = "https://points.example"
PHONE = "+4915112345678"


class Post:
    """Takes messages, or does what it is told to instead: once for each."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, str]] = []
        self.problems: list[MessageNotSent] = []

    def send(self, to: str, subject: str, text: str) -> None:
        """Take a message."""
        if self.problems:
            raise self.problems.pop()
        self.taken.append((to, subject, text))

    @property
    def subjects(self) -> list[tuple[str, str]]:
        """To whom it went and what about, of an SMS its first line."""
        return sorted((to, subject or text.partition("\n")[0]) for to, subject, text in self.taken)


@pytest.fixture
def post() -> Post:
    return Post()


@pytest.fixture
def town(database: Database, clock: Clock, post: Post) -> Iterator[ApiTown]:
    with api_town(database, clock) as made:
        settings = replace(SETTINGS, messenger=post, public_url=URL, sms_per_day_max=16)
        made.app.state.work_settings = settings
        work(made)
        yield made


@pytest.fixture
def people(town: ApiTown) -> People:
    return People(town)


def work(town: ApiTown) -> None:
    town.clock.forward(SECOND)
    for kind in KINDS:
        worker = Worker(town.alliances, [kind], town.app.state.work_settings)
        worker.run_due()
        worker.stop()


def waiting(town: ApiTown) -> int:
    with town.database.engine.connect() as connection:
        return len(connection.execute(select(push_messages.c.seq)).all())


def choose(town: ApiTown, member_id: str, by: str | None) -> None:
    app = town.client(Role.APP)
    etag = app.get(f"/v1/members/{member_id}").headers["ETag"]
    answer = app.patch(f"/v1/members/{member_id}", json={"notices_by": by}, headers={"If-Match": etag})
    assert (answer.status_code, answer.json()["notices_by"]) == (200, by), answer.text


def allow_sms(client: TestClient) -> None:
    """The alliance pays for SMS."""
    got = client.get("/v1/settings/members")
    assert got.json()["sms_notices"] is False
    body = {**got.json(), "sms_notices": True}
    assert client.put("/v1/settings/members", json=body, headers={"If-Match": got.headers["ETag"]}).json() == body


def test_who_has_no_browser_hears_by_mail_of_what_matters_in_their_language(
    town: ApiTown, people: People, post: Post
) -> None:
    eve = people.enrol(email="eve@example.com", language="zh-Hans")
    fay = people.enrol(email="fay@example.com", phone=PHONE)
    people.buy(eve)
    people.buy(eve, 21, points=1)
    people.give(eve, 40, to=fay)
    town.client().post(
        "/v1/notices",
        json={"title": {"en": "Market", "zh": "集市"}, "text": {"en": "On Saturday.", "zh": "周六。"}},
    )
    work(town)
    # What is earned is seen in the wallet, and a notice is for those who chose to be written to.
    assert post.subjects == [("eve@example.com", "Old Town：bakery"), ("fay@example.com", "Old Town: A gift for you")]
    texts = {to: text for to, _, text in post.taken}
    assert "您用 1 积分支付了 €0.01。" in texts["eve@example.com"]
    first, *_, last = texts["fay@example.com"].splitlines()
    assert first == "40 points, worth €0.40."
    assert last == f"You can choose otherwise in the wallet: {URL}/wallet/notices"
    assert f"{URL}/wallet/history/" in texts["fay@example.com"]
    work(town)
    assert (len(post.taken), waiting(town)) == (2, 0)


def test_a_member_chooses_what_comes_to_them_and_how(town: ApiTown, people: People, post: Post) -> None:
    mailed, silent, texted = (people.enrol(email=f"{name}@example.com") for name in ("mailed", "silent", "texted"))
    app = town.client(Role.APP)
    etag = app.get(f"/v1/members/{texted}").headers["ETag"]
    app.patch(f"/v1/members/{texted}", json={"phone": PHONE}, headers={"If-Match": etag})
    for id_, by in ((mailed, "email"), (silent, "none"), (texted, "sms")):
        choose(town, id_, by)
    people.buy("ann")

    def give_all(key: str) -> list[tuple[str, str]]:
        post.taken.clear()
        for id_ in (mailed, silent, texted):
            people.give("ann", 3, f"{key}{id_}", to=id_)
        work(town)
        return post.subjects

    assert give_all("first") == [("mailed@example.com", "Old Town: A gift for you")]
    allow_sms(town.client())
    assert give_all("second") == [
        (PHONE, "Old Town: A gift for you"),
        ("mailed@example.com", "Old Town: A gift for you"),
    ]
    post.taken.clear()
    title, sentence = {"en": "Market", "zh": "集市"}, {"en": "On Saturday.", "zh": "周六。"}
    town.client().post("/v1/notices", json={"title": title, "text": sentence})
    work(town)
    assert post.subjects == [("mailed@example.com", "Old Town: Market")]
    choose(town, mailed, None)
    choose(town, silent, "email")
    assert give_all("third") == [
        (PHONE, "Old Town: A gift for you"),
        ("mailed@example.com", "Old Town: A gift for you"),
        ("silent@example.com", "Old Town: A gift for you"),
    ]


def test_a_household_hears_who_is_invited_joins_and_leaves(town: ApiTown, people: People, post: Post) -> None:
    eve, fay, gus = (
        people.enrol(email=f"{name.lower()}@example.com", name=name, language="en") for name in ("Eve", "Fay", "Gus")
    )
    household = people.share(eve, fay)
    work(town)
    assert post.subjects == [
        ("eve@example.com", "Old Town: Your household"),
        ("fay@example.com", "Old Town: An invitation for you"),
    ]
    assert "Fay has joined" in {to: text for to, _, text in post.taken}["eve@example.com"]
    invited = people.app.post(f"/v1/households/{household}/invitations", json={"invited_by": eve, "member": gus})
    people.app.post(f"/v1/members/{gus}/invitations/{invited.json()['id']}/accept")
    work(town)
    post.taken.clear()
    people.app.delete(f"/v1/households/{household}/members/{eve}")
    work(town)
    # Whoever left knows it; each of the others hears of it, by the name that they knew until then.
    assert post.subjects == [(f"{name}@example.com", "Old Town: Your household") for name in ("fay", "gus")]
    assert all(text.startswith("You no longer share points with Eve.") for _, _, text in post.taken)


def test_a_browser_comes_first_until_its_session_is_over(town: ApiTown, people: People, post: Post) -> None:
    eve = people.enrol(email="eve@example.com")
    people.buy("ann")
    client = member(town, eve)
    with push_service() as service:
        browser = subscribe(client, service, eve)
        people.give("ann", 3, to=eve)
        work(town)
        assert (len(service.messages(browser)), post.taken) == (1, [])
        assert client.delete("/v1/session").status_code == 204
        people.give("ann", 3, to=eve)
        work(town)
        assert (len(service.messages(browser)), post.subjects) == (1, [("eve@example.com", "Old Town: A gift for you")])


def test_what_a_browser_that_is_gone_did_not_take_goes_by_mail(town: ApiTown, people: People, post: Post) -> None:
    eve, fay = (people.enrol(email=f"{name}@example.com") for name in ("eve", "fay"))
    people.buy("ann")
    with push_service() as service:
        for _ in range(2):
            subscribe(member(town, eve), service, eve)
        notice = {"title": {"en": "Market", "zh": "集市"}, "text": {"en": "On Saturday.", "zh": "周六。"}}
        service.statuses = [410, 201]
        people.give("ann", 3, "first", to=eve)
        work(town)
        assert post.taken == [], "her other browser took it"
        service.statuses = [503, 404]
        people.give("ann", 3, "second", to=eve)
        work(town)
        assert (post.taken, waiting(town)) == ([], 1)
        town.client().post("/v1/notices", json=notice)
        subscribe(member(town, fay), service, fay)
        people.give("ann", 3, "third", to=fay)
        service.statuses = [404, 410, 404]
        town.clock.forward(MINUTE)
        work(town)
        work(town)
        gift = "Old Town: A gift for you"
        # A notice to all is for those who chose to be written to, and they did not.
        assert post.subjects == [("eve@example.com", gift), ("fay@example.com", gift)]
        assert waiting(town) == 0
        last = subscribe(client := member(town, fay), service, fay)
        service.statuses = [503]
        people.give("ann", 3, "fourth", to=fay)
        work(town)
        assert client.delete("/v1/session").status_code == 204
        town.clock.forward(MINUTE)
        work(town)
        work(town)
        assert post.subjects == [("eve@example.com", gift), ("fay@example.com", gift), ("fay@example.com", gift)]
        assert (service.messages(last), waiting(town)) == ([], 0)


def test_sms_are_few_for_each_member_and_leave_half_to_codes(town: ApiTown, people: People, post: Post) -> None:
    allow_sms(town.client())
    texted = [people.enrol(phone=f"+491511234567{number}") for number in range(3)]
    people.buy("ann")
    for id_ in texted:
        choose(town, id_, "sms")
    for turn in range(6):
        people.give("ann", 1, f"gift {turn}", to=texted[0])
    work(town)
    assert [to for to, _ in post.subjects] == ["+4915112345670"] * 5
    for turn in range(4):
        for id_ in texted[1:]:
            people.give("ann", 1, f"gift {turn} {id_}", to=id_)
    work(town)
    assert (len(post.taken), waiting(town)) == (8, 0)


def test_what_was_not_taken_comes_again_and_what_is_in_doubt_does_not(
    town: ApiTown, people: People, post: Post
) -> None:
    eve = people.enrol(email="eve@example.com")
    people.buy("ann")
    post.problems = [MessageDelayed("the server is busy")]
    people.give("ann", 3, to=eve)
    work(town)
    assert (post.taken, waiting(town)) == ([], 1)
    town.clock.forward(MINUTE)
    work(town)
    assert (len(post.taken), waiting(town)) == (1, 0)
    post.problems = [MessageNotSent("it may have arrived")]
    people.give("ann", 3, to=eve)
    work(town)
    town.clock.forward(2 * DAY)
    work(town)
    assert (len(post.taken), waiting(town)) == (1, 0)


def test_where_nothing_is_set_up_nothing_waits_and_browsers_come_before_mailboxes(
    town: ApiTown, people: People, post: Post
) -> None:
    eve = people.enrol(email="eve@example.com")
    people.buy("ann")
    sent_by = town.app.state.work_settings
    town.app.state.work_settings = replace(sent_by, messenger=NoMessenger("COALITION_SMTP_HOST"))
    people.give("ann", 3, to=eve)
    work(town)
    assert waiting(town) == 0
    with push_service() as service:
        browser = subscribe(member(town, "ann"), service, "ann")
        town.app.state.work_settings = sent_by
        post.problems = [MessageDelayed("the server is down")] * (2 * AT_ONCE)
        for turn in range(AT_ONCE):
            people.give("ann", 1, f"gift {turn}", to=eve)
        work(town)
        people.buy("ann")
        town.clock.forward(MINUTE)
        work(town)
        assert (len(service.messages(browser)), waiting(town)) == (1, AT_ONCE)


def test_whoever_is_gone_by_then_hears_nothing(town: ApiTown, people: People, post: Post) -> None:
    eve = people.enrol(email="eve@example.com")
    people.buy("ann")
    post.problems = [MessageDelayed("the server is busy")]
    people.give("ann", 3, to=eve)
    work(town)
    assert waiting(town) == 1
    assert town.client(Role.APP).post(f"/v1/members/{eve}/erase").status_code == 204
    town.clock.forward(MINUTE)
    work(town)
    assert (post.taken, waiting(town)) == ([], 0)


def test_whoever_shares_their_points_hears_who_spent_them(town: ApiTown, people: People, post: Post) -> None:
    ann, ben = (people.enrol(email=f"{name}@example.com", name=name.title()) for name in ("anna", "ben"))
    people.buy(ann)
    people.share(ben, ann)
    work(town)
    post.taken.clear()
    sold = people.buy(ben, 900, "cafe", points=30).json()
    work(town)
    assert post.subjects == [("anna@example.com", "Old Town: cafe"), ("ben@example.com", "Old Town: cafe")]
    texts = {to: text for to, _, text in post.taken}
    assert texts["anna@example.com"].startswith("30 points of yours, worth €0.30, were used by Ben.\n")
    # Back to her again: seen in the wallet, and on a phone.
    refund = {"purchase": sold["id"]}
    assert people.tills["cafe"].post("/v1/refunds", json=refund, headers={"Idempotency-Key": "back"}).status_code == 201
    work(town)
    assert len(post.taken) == 2
