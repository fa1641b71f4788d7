"""Random scenarios of each model give what the plainest restatement gives, and conserve money at each step.

A hundred of each; TEST_EFFORT=10 runs a thousand.
"""

import random
from fractions import Fraction
from typing import Any

import pytest

from coalition.lab import read_mapping
from coalition.lab.money import Money
from coalition.lab.numbers import number_text
from coalition.lab.parties import KINDS, Kind
from coalition.lab.scenario import Scenario
from tests.coalition.lab.chain_story import ChainStory
from tests.coalition.lab.naive.addons import Addons
from tests.coalition.lab.naive.appreciation import Appreciation
from tests.coalition.lab.naive.coalition import coalition
from tests.coalition.lab.naive.packages import PRESENTS, Packages
from tests.coalition.lab.naive.share_purchase import SharePurchase
from tests.support.effort import EFFORT

SCENARIOS = 100 * min(EFFORT, 10)
BATCHES = 5
NAMES = "abcdef"

ByKind = dict[Kind, Fraction]


def rows_of(scenario: Scenario) -> list[Any]:
    """The rows alone, with money and points checked after every step and audited at the end, without a verdict."""
    scheme = scenario.model(scenario.params())
    rows, before = [], (dict.fromkeys(KINDS, Fraction(0)), dict.fromkeys(KINDS, Fraction(0)))
    for event in scenario.events:
        rows.append(scheme.step(event))
        scheme.audit(event.index)
        before = conserved_by_kind(scheme.money, *before)
    scheme.money.audit(len(rows))
    return rows


def conserved_by_kind(money: Money, paid_before: ByKind, got_before: ByKind) -> tuple[ByKind, ByKind]:
    """All that each kind of participant ever paid lies in pots or is with others; no step takes any of it back."""
    paid, got, goods = (dict.fromkeys(KINDS, Fraction(0)) for _ in range(3))
    for (payer, to, _), amount in money.flows.items():
        paid[payer.kind] += amount
        got[to.kind] += amount
    for pot in money.pots.values():
        for payer, _, amount in pot.lots:
            paid[payer.kind] += amount
    for traded, sign in ((money.sold, -1), (money.bought, 1)):
        for party, side in traded.items():
            goods[party.kind] += sign * side.unpaid
    assert all(paid[kind] >= paid_before[kind] and got[kind] >= got_before[kind] for kind in KINDS)
    assert sum(paid.values()) - sum(got.values()) == money.in_pots
    assert sum(goods.values()) == 0
    return paid, got


def texts(event: dict[str, Any], *leave: str) -> dict[str, str]:
    return {
        key: number_text(value) if isinstance(value, Fraction) else str(value)
        for key, value in event.items()
        if key not in leave and value is not None
    }


def agree(row: dict[str, Any], expected: dict[str, Any]) -> None:
    for key, value in expected.items():
        if isinstance(value, dict):
            for member, inner in value.items():
                agree(row[key][member], inner)
        elif isinstance(value, Fraction):
            # A fraction that has outgrown the lab's bound is cut far below what is shown.
            assert abs(row[key] - value) * 10**60 <= 1, key
        else:
            assert row[key] == value, key


def seeds(batch: int) -> range:
    return range(batch * SCENARIOS // BATCHES, (batch + 1) * SCENARIOS // BATCHES)


def cents(rng: random.Random, most: int) -> Fraction:
    return Fraction(rng.randint(1, most), 100)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_appreciation_agrees_with_its_naive_twin(batch: int) -> None:
    kinds = ["purchase", "purchase", "purchase", "sell", "inject", "old_balance", "clear"]
    for seed in seeds(batch):
        rng = random.Random(seed)
        pool_rate, minted = Fraction(rng.randint(10, 40), 100), Fraction(rng.randint(41, 100), 100)
        multiple, hold_back = Fraction(rng.randint(11, 30), 10), Fraction(rng.randint(0, 40), 100)
        twin = Appreciation(pool_rate, minted, multiple, hold_back, step=Fraction(1, 10))
        written: list[dict[str, str]] = []
        wanted: list[dict[str, Any]] = []
        for _ in range(rng.randint(1, 12)):
            do, member = rng.choice(kinds), rng.choice(NAMES)
            has = twin.points.get(member, Fraction(0))
            event: dict[str, Any] = {"do": "purchase", "who": member, "amount": cents(rng, 200_000)}
            if do == "sell" and has:
                event = {"do": do, "who": member, "part": 1, "points": "all"}
            elif do == "inject":
                event = {"do": do, "amount": cents(rng, 300_000)}
            elif do == "old_balance":
                event["do"] = do
            elif do == "clear":
                affordable = int(has * twin.price * 2 * 100)
                if not affordable:
                    continue
                event |= {"do": do, "shop": rng.choice("xy"), "amount": cents(rng, affordable)}
            written.append(texts(event, "part"))
            wanted.append(twin.do(event))
        params = {
            "pool_rate": number_text(pool_rate),
            "mint_rate": number_text(minted),
            "exit_multiple": number_text(multiple),
            "hold_back": number_text(hold_back),
        }
        rows = rows_of(read_mapping({"model": "appreciation", "params": params, "events": written}))
        for row, expected in zip(rows, wanted, strict=True):
            agree(row, expected)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_share_purchase_agrees_with_its_naive_twin(batch: int) -> None:
    kinds = ["purchase", "purchase", "purchase", "day", "day", "price", "others", "deposit", "sell", "spend", "give"]
    for seed in seeds(batch):
        rng = random.Random(seed)
        concession, fee = Fraction(rng.randint(5, 20), 100), Fraction(rng.choice([0, 5]), 100)
        twin = SharePurchase(concession, fee)
        written: list[dict[str, str]] = []
        wanted: list[dict[str, Any]] = []
        for _ in range(rng.randint(1, 16)):
            do, member = rng.choice(kinds), rng.choice(NAMES)
            event: dict[str, Any] = {"do": do}
            if do in ("purchase", "spend", "sell", "give"):
                event["who"] = member
            if do in ("purchase", "spend"):
                event["shop"] = rng.choice("xyz")
            if do == "purchase":
                event["amount"] = cents(rng, 300_000)
            elif do == "deposit":
                event |= {"shop": rng.choice("xyz"), "amount": 500 + cents(rng, 50_000)}
            elif do in ("price", "others"):
                event["amount"] = cents(rng, 500 if do == "price" else 10_000_000)
            elif do != "day":
                event["points"] = "all"
                to = rng.choice([name for name in NAMES if name != member])
                event |= {"to": to} if do == "give" or (do == "sell" and rng.random() < 0.5) else {}
            written.append(texts(event))
            renamed = {"price": "set_price", "others": "set_others"}
            wanted.append(twin.do(event | {"do": renamed.get(do, do)}))
        params = {"concession": number_text(concession), "trade_fee": number_text(fee)}
        rows = rows_of(read_mapping({"model": "share-purchase", "params": params, "events": written}))
        for row, expected in zip(rows, wanted, strict=True):
            agree(row, expected)


def one_addon_event(rng: random.Random, twin: Addons) -> tuple[dict[str, Any], dict[str, Fraction]]:
    """Something random of what is sold with schemes of purchases, and whom it pays."""
    do = rng.choice(["purchase", "purchase", "purchase", "relate", "relate", "mall", "shareholder", "dividend"])
    member = rng.choice(NAMES)
    if do == "purchase":
        event = {"do": do, "who": member, "amount": cents(rng, 100_000), "shop": rng.choice("xyz")}
        return event, twin.purchase(event)
    if do == "mall":
        amount = sum((points for _, points in twin.mall_points[member]), Fraction(0))
        event = {"do": do, "who": member, "amount": amount}
        return event, twin.mall(event) if amount else {}
    if do == "shareholder":
        event = {"do": do, "who": f"holder {member}", "shares": Fraction(rng.randint(0, 9))}
        twin.shares[event["who"]] = event["shares"]
        return event, {}
    related = relate(rng, twin, member) if do == "relate" else None
    return (related, {}) if related else ({"do": "dividend"}, twin.dividend())


def relate(rng: random.Random, twin: Addons, member: str) -> dict[str, Any] | None:
    """Declare a member or a shop, or move one; None where that would close a circle."""
    do, shop, referrer = rng.choice(["member", "shop", "move a shop", "reassign"]), rng.choice("xyz"), rng.choice(NAMES)
    if do == "shop":
        agents = {key: f"{key} {rng.choice('12')}" for key in ("introducer", "district", "city", "province")}
        about = {key: agent for key, agent in agents.items() if rng.random() < 0.5}
        twin.shops[shop] |= about
        return {"do": do, "shop": shop, **about}
    if do == "move a shop":
        twin.shops[shop]["introducer"] = "somebody else"
        return {"do": "reassign", "shop": shop, "introducer": "somebody else"}
    fits = twin.may_refer(member, referrer)
    if do == "reassign" and not fits:
        return None
    event = {"do": do, "who": member}
    if fits and (do == "reassign" or member not in twin.referrer):
        event["referrer"] = twin.referrer[member] = referrer
    if do == "member":
        event["level"] = twin.level[member] = Fraction(rng.choice([0, 1, 2, 2, 3]), 100)
    return event


@pytest.mark.parametrize("batch", range(BATCHES))
def test_what_is_sold_with_any_purchases_agrees_with_its_naive_twin(batch: int) -> None:
    for seed in seeds(batch):
        rng = random.Random(seed)
        model = rng.choice(["appreciation", "share-purchase", "coalition"])
        peer_rate, dividend_rate = Fraction(rng.choice([0, 10, 50]), 100), Fraction(rng.choice([0, 2]), 100)
        twin = Addons(peer_rate, dividend_rate, flat=rng.random() < 0.5)
        events, wanted = zip(*(one_addon_event(rng, twin) for _ in range(rng.randint(1, 20))), strict=True)
        params = {
            "peer_rate": number_text(peer_rate),
            "dividend_rate": number_text(dividend_rate),
            "region": "flat" if twin.flat else "difference",
        }
        # A large concession closes shops; the twin's never close. Parts of points would be lost in the coalition.
        params |= {"concession": "0"} if model == "share-purchase" else {}
        rows = rows_of(read_mapping({"model": model, "params": params, "events": [texts(event) for event in events]}))
        for row, paid in zip(rows, wanted, strict=True):
            assert row["paid"] == {name: amount for name, amount in paid.items() if amount}, row


@pytest.mark.parametrize("batch", range(BATCHES))
def test_chain_agrees_with_its_naive_twin(batch: int) -> None:
    for seed in seeds(batch):
        story = ChainStory(seed)
        params = {"dead_lines": story.dead_lines, "swap_every": "week", "release_sales": "1"}
        params |= {f"{rank}_pay": str(pay) for rank, pay in story.pays.items()}
        params["peer_rate"] = number_text(story.peer_rate)
        rows = rows_of(read_mapping({"model": "chain", "params": params, "events": story.written}))
        for row, wanted in zip(rows, story.wanted, strict=True):
            assert row["paid"] == wanted["paid"]
            assert row.get("swapped", []) == wanted.get("swapped", [])
            assert row.get("holders", {}) == {name: wanted["state"][name] for name in row.get("holders", {})}
            if row["do"] == "join":
                agree(row, wanted["state"][row["who"]])


def one_package_event(rng: random.Random, twin: Packages) -> dict[str, str]:
    """Do something random to the twin, and say it in the scenario's words."""
    kinds = [
        "task",
        "task",
        "task",
        "buy",
        "release",
        "spend_packet",
        "convert",
        "sell",
        "verify",
        "price",
        "fees",
        "day",
    ]
    do, member = rng.choice(kinds), rng.choice(NAMES)
    keys = {"do": do, "who": member}
    if do == "task":
        day = (twin.tasks[member] or [0])[-1] + rng.choice([1, 1, 1, 2, 20, 65])
        twin.task(member, day)
        keys["day"] = str(day)
    elif do == "buy":
        price, tier = cents(rng, 50_000 if rng.random() < 0.7 else 100), rng.choice(["basic", "advanced", "expert"])
        twin.buy(member, price, tier)
        keys |= {"amount": number_text(price), "tier": tier}
    elif do == "release":
        percent = Fraction(rng.randint(10, 35), 10)
        twin.release(member, percent)
        keys["rating"] = number_text(percent)
    elif do == "spend_packet":
        amount = cents(rng, 5_000)
        twin.spend(member, "shop", amount)
        keys |= {"amount": number_text(amount), "shop": "shop"}
    elif do == "sell":
        to = rng.choice([name for name in NAMES if name != member])
        twin.sell(member, to)
        keys |= {"to": to, "amount": "all"}
    elif do == "price":
        twin.price = cents(rng, 4_000)
        keys = {"do": do, "amount": number_text(twin.price)}
    elif do == "fees":
        twin.share_fees()
        keys = {"do": do}
    elif do == "day":
        twin.day()
        keys = {"do": do}
    elif do == "verify" and member not in twin.verified:
        twin.verify(member)
    else:
        to = rng.choice(["vouchers", "red_packets"])
        twin.convert(member, to)
        keys |= {"do": "convert", "amount": "all", "to": to}
    return keys


def members_of_packages(rng: random.Random, twin: Packages) -> list[dict[str, str]]:
    """Everybody joins, some with a rank, some in a city, whose provider is one of them."""
    written: list[dict[str, str]] = []
    for number, member in enumerate(NAMES):
        referrer = NAMES[rng.randrange(number)] if number and rng.random() < 0.8 else None
        rank, city = rng.choice([0, 0, 0, 1, 2, 3, 5]), rng.choice(["", "north"])
        twin.member(member, referrer)
        twin.rise(member, rank)
        twin.city[member] = city
        keys = {"do": "member", "who": member, "rank": str(rank), "referrer": referrer or "", "city": city}
        written.append({key: text for key, text in keys.items() if text})
    if rng.random() < 0.5:
        written.append({"do": "provider", "who": "a", "city": "north", "amount": "100"})
        twin.provider["north"] = "a"
    return written


@pytest.mark.parametrize("batch", range(BATCHES))
def test_packages_agree_with_their_naive_twin(batch: int) -> None:
    titles = ("clerk", "supervisor", "manager", "president", "director")
    presents = {f"{title}_present": str(price) for title, price in zip(titles, PRESENTS[1:], strict=True)}
    for seed in seeds(batch):
        rng = random.Random(seed)
        price, served = cents(rng, 3_000), Fraction(rng.choice([0, 10]), 100)
        twin = Packages(price, served)
        written = members_of_packages(rng, twin)
        joined = len(written)
        after: list[dict[str, dict[str, Fraction]]] = []
        for _ in range(rng.randint(1, 25)):
            written.append(one_package_event(rng, twin))
            after.append({name: dict(held) for name, held in twin.held.items()})
        params = presents | {"power_price": number_text(price), "provider_rate": number_text(served)}
        rows = rows_of(read_mapping({"model": "packages", "params": params, "events": written}))
        for row, held in zip(rows[joined:], after, strict=True):
            for member, assets in row.get("holders", {}).items():
                for asset, amount in assets.items():
                    assert amount == held.get(member, {}).get(asset, 0), (row["event"], member, asset)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_coalition_agrees_with_its_naive_twin(batch: int) -> None:
    for seed in seeds(batch):
        rng = random.Random(seed)
        events = [
            {
                "who": rng.choice(NAMES),
                "cents": rng.randint(0, 30_000),
                "spend": rng.choice(["0", "all", "7", "90"]),
            }
            for _ in range(rng.randint(1, 25))
        ]
        written = [
            {
                "do": "purchase",
                "who": event["who"],
                "amount": number_text(Fraction(event["cents"], 100)),
                "spend": event["spend"],
            }
            for event in events
        ]
        for row, expected in zip(
            rows_of(read_mapping({"model": "coalition", "events": written})),
            coalition(events),
            strict=True,
        ):
            agree(row, expected)
