"""Whatever happens in a household, the lines of each member's history add up to what the member can spend."""

from collections.abc import Callable
from contextlib import closing
from fractions import Fraction
from random import Random

import pytest
from fastapi.testclient import TestClient

from coalition.feed.member_history import whole_history
from coalition.feed.point_changes import changes_of
from coalition.members.store import merged_ids, resolve_merged
from coalition.pages.wallet.lines import HistoryLine, line_of
from settlement.ledger import lapsed_holds
from tests.support.books import expired_lots
from tests.support.clock import DAY, HOUR
from tests.support.effort import EFFORT
from tests.support.town_api import ApiAnswer, send
from tests.support.wallets import People

STEPS = 120
SHOPS = ("bakery", "cafe", "diner")
OFTEN = ("earn", "spend", "refund", "hold", "end_hold", "give") * 3
RARELY = ("spend", "take_or_return", "take_or_return", "wait", "leave_or_join", "merge")


class Life:
    """Five people, of whom some share a household, and whatever comes to their minds."""

    def __init__(self, people: People, seed: int) -> None:
        self.people, self.random = people, Random(seed)
        self.members = [people.enrol(email=f"m{number}@example.com", name=f"M{number}") for number in range(5)]
        self.household = people.share(*self.members[:3])
        self.sales: list[tuple[str, str]] = []
        self.holds: list[tuple[str, str]] = []
        self.links: list[tuple[str, str, str]] = []
        self.count = 0
        self.done: set[str] = set()

    def step(self) -> None:
        """One thing happens, or is refused."""
        self.count += 1
        name = self.random.choice(OFTEN + RARELY)
        happening: Callable[[], bool] = getattr(self, name)
        if happening():
            self.done.add(name)

    @property
    def key(self) -> str:
        return f"s{self.count}"

    def anybody(self) -> str:
        return self.random.choice(self.members)

    def sell(self, **fields: object) -> bool:
        shop = self.random.choice(SHOPS)
        amount = self.random.choice((90, 700, 2_000, 6_000))
        sold = self.people.buy(self.anybody(), amount, shop, self.key, **fields)
        if sold.status_code == 201:
            self.sales.append((shop, sold.json()["id"]))
        return sold.status_code == 201

    def earn(self) -> bool:
        return self.sell()

    def spend(self) -> bool:
        return self.sell(points=self.random.choice(("all", 30, 250)))

    def refund(self) -> bool:
        if not self.sales:
            return False
        shop, sale = self.random.choice(self.sales)
        part = {"amount_minor": self.random.choice((50, 400))} if self.random.random() < 0.5 else {}
        return send(self.people.tills[shop], "/v1/refunds", self.key, purchase=sale, **part)["status"] != 409

    def hold(self) -> bool:
        shop = self.random.choice(SHOPS)
        points = self.random.choice((5, 40, 160))
        body = {"member": self.anybody(), "points": points, "lapses_after_seconds": 7 * 24 * 3600}
        held = send(self.till(shop), "/v1/holds", self.key, shop=shop, **body)
        if held["status"] == "open":
            self.holds.append((shop, held["id"]))
        return held["status"] == "open"

    def till(self, shop: str) -> TestClient:
        return self.people.tills.setdefault(shop, self.people.town.till(shop))

    def end_hold(self) -> bool:
        if not self.holds:
            return False
        shop, held = self.holds.pop(self.random.randrange(len(self.holds)))
        what = self.random.choice(("capture", "release"))
        body = {"points": self.random.choice((1, 5))} if what == "capture" else {}
        answer: ApiAnswer = send(self.till(shop), f"/v1/holds/{held}/{what}", self.key, **body)
        return "code" not in answer

    def give(self) -> bool:
        giver, receiver = self.random.sample(self.members, 2)
        to = self.random.choice(({"to": receiver}, {"by_link": True}, {"email": f"new{self.count}@example.com"}))
        answer = self.people.give(giver, self.random.choice((3, 25)), self.key, **to)
        if answer.status_code == 201 and "by_link" in to:
            self.links.append((giver, answer.json()["id"], answer.json()["link"].rpartition("/")[2]))
        return answer.status_code == 201

    def take_or_return(self) -> bool:
        if not self.links:
            return False
        giver, gift, code = self.links.pop()
        if self.random.random() < 0.3:
            return self.people.app.post(f"/v1/gifts/{gift}/take-back").status_code == 200
        receiver = self.random.choice([member for member in self.members if member != giver])
        taken = self.people.app.post(f"/v1/gift-links/{code}/take", json={"member": receiver})
        return taken.status_code == 200

    def wait(self) -> bool:
        self.people.town.clock.forward(self.random.choice((2 * HOUR, 3 * DAY, 25 * DAY)))
        self.sweep()
        return True

    def sweep(self) -> None:
        alliance = self.people.town.alliance
        with closing(self.people.town.database.session()) as session:
            for sweep in (lapsed_holds, expired_lots):
                alliance.poster.submit(sweep(alliance.book, session, alliance.clock())).result()

    def leave_or_join(self) -> bool:
        someone, app = self.anybody(), self.people.app
        inside = app.get(f"/v1/households/{self.household}").json()["members"]
        if someone in inside and len(inside) > 2:
            return app.delete(f"/v1/households/{self.household}/members/{someone}").status_code == 204
        if someone in inside:
            return False
        path = f"/v1/households/{self.household}/invitations"
        sent = app.post(path, json={"invited_by": inside[0], "member": someone}).json()["id"]
        return app.post(f"/v1/members/{someone}/invitations/{sent}/accept").status_code == 200

    def merge(self) -> bool:
        """Somebody turns out to have had another card, with points on it."""
        if self.random.random() < 0.7:
            return False
        second = self.people.enrol(email=f"second{self.count}@example.com")
        self.people.buy(second, 1_500, key=f"{self.key}-second")
        into = {"into": self.anybody()}
        return self.people.operator.post(f"/v1/members/{second}/merge", json=into).status_code == 200


def lines_of(people: People, member: str) -> list[HistoryLine]:
    """All lines of a member's history, as the wallet has them."""
    alliance = people.town.alliance
    events = whole_history(alliance, member)
    changes = changes_of(alliance, events)
    with alliance.database.engine.connect() as connection:
        id_ = resolve_merged(connection, alliance.id, member).id
        own = [id_, *merged_ids(connection, alliance.id, id_)]
    lines = (line_of(event, own, changes.get(event.seq, {}), Fraction(1), {}) for event in events)
    return [line for line in lines if line is not None]


def changes_by_api(people: People, member: str) -> int:
    """What the history of the API adds up to, read page by page."""
    total, cursor = 0, dict[str, str]()
    while True:
        answer = people.app.get(f"/v1/wallets/{member}/history", params={"limit": 50, **cursor}).json()
        total += sum(event["points_change"] for event in answer["data"])
        if answer["next_cursor"] is None:
            return total
        cursor = {"cursor": answer["next_cursor"]}


@pytest.mark.parametrize("seed", range(2 * EFFORT))
def test_lines_add_up_to_the_balance(people: People, seed: int) -> None:
    life = Life(people, seed)
    for step in range(STEPS):
        life.step()
        if step % 30 == 0:
            for member in life.members:
                assert sum(line.points for line in lines_of(people, member)) == people.points(member)
    life.sweep()
    for member in life.members:
        lines = lines_of(people, member)
        assert sum(line.points for line in lines) == people.points(member)
        assert changes_by_api(people, member) == people.points(member)
    assert set(OFTEN) <= life.done
    assert "Spent by somebody of your household" in {
        line.what for member in life.members for line in lines_of(people, member)
    }


def test_the_owner_reads_who_spent_their_points_where_and_when(people: People) -> None:
    ann, ben = (people.enrol(email=f"{name}@example.com", name=name.title()) for name in ("ann", "ben"))
    people.buy(ann, 10_000)
    people.share(ben, ann)
    sold = people.buy(ben, 900, "cafe", points="all").json()
    of_ann, of_ben = (people.app.get(f"/v1/wallets/{member}/history").json()["data"] for member in (ann, ben))
    spent = of_ann[0]
    assert (spent["type"], spent["member"], spent["second_member"]) == ("household.points_changed", ann, ben)
    assert spent["points_change"] == -500
    assert spent["data"] == {
        "id": sold["id"],
        "cause": "purchase.created",
        "occurred_at": sold["occurred_at"],
        "shop": "cafe",
        "member": ann,
        "by": ben,
        "points_change": -500,
    }
    assert [(event["type"], event["points_change"]) for event in of_ben[:2]] == [
        ("household.points_changed", 0),
        ("purchase.created", sold["points_earned"]),
    ]
    shops = people.tills["cafe"].get("/v1/events").json()["data"]
    assert {event["type"] for event in shops} == {"purchase.created"}, "no shop hears who shares with whom"
    back = send(people.tills["cafe"], "/v1/refunds", "back", purchase=sold["id"])
    assert back["points_returned"] == 500
    (returned,) = people.app.get(f"/v1/wallets/{ann}/history", params={"limit": 1}).json()["data"]
    assert (returned["data"]["cause"], returned["points_change"]) == ("refund.created", 500)


def test_an_id_that_was_merged_into_the_buyer_is_nobody_else(people: People) -> None:
    ann, old = people.enrol(email="ann@example.com"), people.enrol(email="old@example.com")
    people.buy(ann, 10_000)
    assert people.operator.post(f"/v1/members/{old}/merge", json={"into": ann}).status_code == 200
    people.buy(old, 300, "cafe", points="all")
    history = people.app.get(f"/v1/wallets/{ann}/history").json()["data"]
    assert "household.points_changed" not in {event["type"] for event in history}
    assert sum(event["points_change"] for event in history) == people.points(ann)
