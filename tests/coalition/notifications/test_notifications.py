"""Notifications over a real mail server: to whom, in which language, each once, and again where it failed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from coalition.access.caller import Role
from coalition.access.user_store import update_user
from coalition.api.app import create_app
from coalition.jobs.job import WorkSettings
from coalition.jobs.worker import Worker
from coalition.messaging.set_up import messenger_of
from coalition.notifications.message import Town, compose
from coalition.notifications.store import due_notifications, take
from coalition.payments.notices import TYPES, EventNotices
from coalition.schedule import job_kinds
from coalition.serve.work import work_settings
from coalition.settings import read_settings
from settlement.payments import Notice, NoticeKind
from tests.support.clock import HOUR, MINUTE
from tests.support.mail import HOST, PASSWORD, USER, Postbox, postbox
from tests.support.people import logged_in, stranger
from tests.support.tokens import Tokens
from tests.support.town_api import ApiTown

FACTS = {"route": "collect", "rail": "bank", "minor": 1250, "window": 0, "due_on": 20240520, "payer": "", "why": ""}


@dataclass
class Mailing:
    """A town with people to write to, and the mail server over which it does."""

    town: ApiTown
    box: Postbox

    def person(self, role: Role, name: str, language: str = "en", shop: str = "bakery") -> str:
        """Somebody with an address; their id."""
        user = Tokens(self.town.database, self.town.alliance.id, 0).user(role, shop)
        with self.town.database.engine.begin() as connection:
            address = f"{name}@town.example"
            update_user(connection, self.town.alliance.id, user.id, email=address, language=language)
        return user.id

    def tell(self, kind: NoticeKind, participant: str = "bakery", times: int = 1, **facts: object) -> None:
        """A notice comes up, and is told so many times."""
        book = self.town.alliance.book
        notice = Notice(f"{kind}:{participant}", self.town.clock(), kind.value, participant, "p1", {**FACTS, **facts})
        with self.town.session() as session, session.transaction():
            columns = "(alliance_id, id, at, kind, participant, payment_id, facts)"
            row = (book.alliance_id, notice.id, notice.at, notice.kind, participant, "p1", json_of(notice))
            session.execute(f"INSERT INTO notices {columns} VALUES (?, ?, ?, ?, ?, ?, ?)", *row)
        for _ in range(times):
            EventNotices(book).notify([notice])

    def work(self) -> None:
        """The server sends what is due."""
        worker = Worker(
            self.town.alliances, [kind for kind in job_kinds() if kind.name == "notifications.send"], work_settings()
        )
        worker.run_due()
        worker.stop()

    def arrived(self) -> list[tuple[str, str]]:
        """To whom what arrived went, and its subject."""
        return sorted((to.partition("@")[0], subject) for to, subject, _ in self.box.read())


def json_of(notice: Notice) -> str:
    return json.dumps(dict(notice.facts))


@pytest.fixture
def mailing(town: ApiTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailing]:
    with postbox(tmp_path) as box:
        monkeypatch.setenv("SSL_CERT_FILE", box.certificate)
        settings = {"HOST": HOST, "PORT": box.port, "USER": USER, "PASSWORD": PASSWORD, "FROM": "p@town.example"}
        for name, value in settings.items():
            monkeypatch.setenv(f"COALITION_SMTP_{name}", str(value))
        yield Mailing(town, box)


def test_a_notice_goes_to_its_shop_and_the_treasurers_in_their_languages_and_to_nobody_twice(mailing: Mailing) -> None:
    mailing.person(Role.FINANCE, "fin")
    mailing.person(Role.OWNER, "own")
    mailing.person(Role.MANAGER, "lin", "zh")
    mailing.person(Role.MANAGER, "cafe", shop="cafe")
    mailing.person(Role.CASHIER, "till")
    mailing.tell(NoticeKind.FAILED, why="insufficient funds", times=2)
    mailing.tell(NoticeKind.DUE)
    mailing.work()
    mailing.town.clock.forward(HOUR)
    mailing.work()
    assert mailing.arrived() == [
        ("fin", "Old Town: a payment failed, 12.50 EUR"),
        ("lin", "Old Town：付款失败 12.50 EUR"),
        ("lin", "Old Town：待付款 12.50 EUR"),
    ]
    texts = {to: text for to, subject, text in mailing.box.read() if "failed" in subject or "失败" in subject}
    assert "Not paid: 12.50 EUR from bakery to the alliance." in texts["fin@town.example"]
    assert "Reason: insufficient funds" in texts["fin@town.example"]
    assert "bakery 付给联盟 12.50 EUR" in texts["lin@town.example"]


def test_where_nobody_works_for_a_shop_its_profiles_address_is_written_to(mailing: Mailing) -> None:
    owner = mailing.person(Role.OWNER, "own")
    client = mailing.town.client()
    got = client.get("/v1/shops/bakery")
    changed = client.patch("/v1/shops/bakery", json={"email": "b@x.example"}, headers={"If-Match": got.headers["ETag"]})
    assert changed.status_code == 200, changed.text
    gone = mailing.person(Role.MANAGER, "gone")
    with mailing.town.database.engine.begin() as connection:
        update_user(connection, mailing.town.alliance.id, gone, disabled_at=1)
    mailing.tell(NoticeKind.RETURNED)
    mailing.tell(NoticeKind.RETURNED, "cafe")
    with mailing.town.database.engine.begin() as connection:
        update_user(connection, mailing.town.alliance.id, owner, disabled_at=1)
    mailing.work()
    assert [to for to, _ in mailing.arrived()] == ["b"]


def test_of_a_payment_from_shop_to_shop_the_alliance_hears_once(mailing: Mailing) -> None:
    mailing.person(Role.FINANCE, "fin")
    for shop in ("bakery", "cafe"):
        mailing.person(Role.MANAGER, shop, shop=shop)
        mailing.tell(NoticeKind.DISPUTED, shop, route="direct", payer="bakery", counterparty="cafe")
    mailing.work()
    assert [to for to, _ in mailing.arrived()] == ["bakery", "cafe", "fin"]
    assert all("12.50 EUR from bakery to cafe" in text for _, _, text in mailing.box.read())


def test_what_was_not_taken_is_sent_again_and_what_is_in_doubt_is_not(mailing: Mailing) -> None:
    mailing.person(Role.MANAGER, "ann")
    mailing.box.answers = ["451 later", "451 later"]
    mailing.tell(NoticeKind.DUE)
    for minutes, arrived in ((0, 0), (1, 0), (1, 0), (1, 1), (60, 1)):
        mailing.town.clock.forward(minutes * MINUTE)
        mailing.work()
        assert len(mailing.box.arrived) == arrived
    mailing.box.answers = ["hang up"]
    mailing.tell(NoticeKind.REMINDER)
    for _ in range(3):
        mailing.work()
        mailing.town.clock.forward(HOUR)
    mailing.tell(NoticeKind.PAID)
    mailing.work()
    assert [subject for _, subject in mailing.arrived()] == [
        "Old Town: payment due, 12.50 EUR",
        "Old Town: payment made, 12.50 EUR",
    ]


def test_a_sender_that_died_leaves_its_notification_unsent(mailing: Mailing) -> None:
    mailing.person(Role.MANAGER, "ann")
    mailing.tell(NoticeKind.DUE)
    with mailing.town.database.engine.begin() as connection:
        (notification,) = due_notifications(connection, mailing.town.alliance.id, mailing.town.clock(), 9)
        assert take(connection, notification, mailing.town.clock())
        assert not take(connection, notification, mailing.town.clock())
    mailing.town.clock.forward(HOUR)
    mailing.work()
    assert mailing.arrived() == []


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_kind_of_notice_can_be_read_in_both_languages_and_is_an_event(kind: NoticeKind, town: ApiTown) -> None:
    facts = {**FACTS, "window": town.clock(), "open_minor": 5, "why": "x {y}"}
    notice = Notice("n1", town.clock(), kind.value, "bakery", "p1", facts)
    for lang in ("en", "zh"):
        subject, text = compose(notice, Town(town.alliance.book.settings, town.alliance.book.calendar, str.title), lang)
        assert "{" not in subject + text.replace("x {y}", "")
        assert "Old Town" in subject
    assert kind in TYPES


def test_codes_and_invitations_go_by_the_same_server(mailing: Mailing) -> None:
    settings = WorkSettings(messenger=messenger_of(read_settings()))
    mailing.town.app = create_app(mailing.town.alliances, settings=settings, rate_scale=0)
    invitation = {"email": "new@town.example", "name": "N", "role": "manager", "shop": "bakery"}
    assert logged_in(mailing.town).post("/v1/users", json=invitation).status_code == 201
    assert mailing.town.till().post("/v1/members", json={"email": "mia@town.example"}).status_code == 201
    asked = {"contact": "mia@town.example"}
    mailing.box.answers = ["550 not now"]
    for _ in range(2):
        # Whether it goes out or not, the answer is the same.
        assert stranger(mailing.town).post("/v1/member-codes", json=asked).status_code == 202
    assert mailing.arrived() == [("mia", "Your code for Old Town"), ("new", "Your access to Old Town")]
