"""A thousand random scenarios of each model give what the plainest restatement gives."""

import random
from fractions import Fraction
from typing import Any

import pytest

from coalition.lab import read_mapping
from coalition.lab.numbers import number_text
from coalition.lab.scenario import Scenario
from tests.coalition.lab import naive

SCENARIOS = 1_000
BATCHES = 10
NAMES = "abcdef"


def rows_of(scenario: Scenario) -> list[Any]:
    """The rows alone, with every step checked and the whole audited, without a verdict."""
    scheme = scenario.model(scenario.params())
    rows = [scheme.step(event) for event in scenario.events]
    if rows:
        scheme.money.audit(len(rows))
        scheme.audit(len(rows))
    return rows


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
        else:
            assert row[key] == value, key


def seeds(batch: int) -> range:
    return range(batch * SCENARIOS // BATCHES, (batch + 1) * SCENARIOS // BATCHES)


def cents(rng: random.Random, most: int) -> Fraction:
    return Fraction(rng.randint(1, most), 100)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_appreciation_agrees_with_its_naive_twin(batch: int) -> None:
    for seed in seeds(batch):
        rng = random.Random(seed)
        pool_rate, minted = Fraction(rng.randint(10, 40), 100), Fraction(rng.randint(45, 95), 100)
        multiple, hold_back = Fraction(rng.randint(3, 30), 10), Fraction(rng.randint(0, 4), 10)
        events: list[dict[str, Any]] = []
        bought: set[str] = set()
        for _ in range(rng.randint(1, 14)):
            do = rng.choice(["purchase", "purchase", "purchase", "inject", "sell"])
            member = rng.choice(NAMES)
            if do == "sell" and member in bought:
                events.append({"do": do, "who": member, "part": 1, "points": "all"})
            elif do == "inject":
                events.append({"do": do, "amount": cents(rng, 300_000)})
            else:
                bought.add(member)
                events.append({"do": "purchase", "who": member, "amount": cents(rng, 200_000)})
        params = {
            "pool_rate": number_text(pool_rate),
            "mint_rate": number_text(minted),
            "exit_multiple": number_text(multiple),
            "hold_back": number_text(hold_back),
        }
        written = [texts(event, "part") for event in events]
        rows = rows_of(read_mapping({"model": "appreciation", "params": params, "events": written}))
        for row, expected in zip(rows, naive.appreciation(pool_rate, minted, multiple, hold_back, events), strict=True):
            agree(row, expected)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_share_purchase_agrees_with_its_naive_twin(batch: int) -> None:
    for seed in seeds(batch):
        rng = random.Random(seed)
        concession = Fraction(rng.randint(5, 20), 100)
        events: list[dict[str, Any]] = []
        for _ in range(rng.randint(1, 16)):
            do = rng.choice(["purchase", "purchase", "purchase", "day", "day", "price", "others", "deposit"])
            event: dict[str, Any] = {"do": do}
            if do == "purchase":
                event |= {"who": rng.choice(NAMES), "shop": rng.choice("xyz"), "amount": cents(rng, 300_000)}
            elif do == "deposit":
                event |= {"shop": rng.choice("xyz"), "amount": 500 + cents(rng, 50_000)}
            elif do != "day":
                event["amount"] = cents(rng, 500 if do == "price" else 10_000_000)
            events.append(event)
        written = [texts(event) for event in events]
        params = {"concession": number_text(concession)}
        rows = rows_of(read_mapping({"model": "share-purchase", "params": params, "events": written}))
        for row, expected in zip(rows, naive.share_purchase(concession, Fraction(500), events), strict=True):
            agree(row, expected)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_chain_agrees_with_its_naive_twin(batch: int) -> None:
    regions = {"district": 3, "city": 5, "province": 8, "greater_region": 10}
    for seed in seeds(batch):
        rng = random.Random(seed)
        dead_lines = rng.choice(["none", "swap", "slide"])
        twin = naive.Chain(dead_lines, swap_every=3, release_sales=1)
        written: list[dict[str, str]] = []
        expected: list[dict[str, Any]] = []
        for n in range(rng.randint(1, 26)):
            member = f"m{n}"
            # A few sellers make most of the sales, so that there are bosses and full lines.
            seller = f"m{min(int(rng.expovariate(0.4)), n - 1)}" if n else None
            if n and rng.random() < 0.15:
                ranked, rank = f"m{rng.randrange(n)}", rng.choice(["partner", "co-founder", "director"])
                twin.rank[ranked] = rank
                written.append({"do": "member", "who": ranked, "rank": rank})
                expected.append({})
            agents = {region: f"{region} agent" for region in regions if rng.random() < 0.2}
            written.append({"do": "join", "who": member, **({"referrer": seller} if seller else {}), **agents})
            paid = twin.join(member, seller, [(agent, regions[region]) for region, agent in agents.items()])
            state = {
                name: {
                    "role": "boss" if name in twin.bosses else "agent",
                    "upline": twin.upline[name],
                    "frozen": twin.frozen[name],
                }
                for name in twin.recruits
            }
            expected.append({"paid": dict(paid), "state": state, **state[member]})
        params = {"dead_lines": dead_lines, "swap_every": "3", "release_sales": "1"}
        rows = rows_of(read_mapping({"model": "chain", "params": params, "events": written}))
        for row, wanted in zip(rows, expected, strict=True):
            state = wanted.pop("state", {})
            if state:
                assert row["paid"] == wanted.pop("paid")
                assert row["holders"] == {name: state[name] for name in row["holders"]}
            agree(row, wanted)


def one_package_event(rng: random.Random, twin: naive.Packages) -> dict[str, str]:
    """Do something random to the twin, and say it in the scenario's words."""
    do = rng.choice(["task", "task", "task", "buy", "release", "spend_packet", "convert"])
    member = rng.choice(NAMES)
    keys = {"do": do, "who": member}
    if do == "task":
        day = twin.last.get(member, 0) + rng.choice([1, 1, 1, 2, 20])
        twin.task(member, day)
        keys["day"] = str(day)
    elif do == "buy":
        price = cents(rng, 50_000 if rng.random() < 0.7 else 100)
        twin.buy(member, price)
        keys["amount"] = number_text(price)
    elif do == "release":
        percent = Fraction(rng.randint(10, 35), 10)
        twin.release(member, percent)
        keys["rating"] = number_text(percent)
    elif do == "spend_packet":
        amount = cents(rng, 5_000)
        twin.spend(member, "shop", amount)
        keys |= {"amount": number_text(amount), "shop": "shop"}
    else:
        to = rng.choice(["vouchers", "red_packets"])
        twin.convert(member, Fraction(1), to)
        keys |= {"amount": "all", "to": to}
    return keys


@pytest.mark.parametrize("batch", range(BATCHES))
def test_packages_agree_with_their_naive_twin(batch: int) -> None:
    for seed in seeds(batch):
        rng = random.Random(seed)
        twin = naive.Packages()
        written: list[dict[str, str]] = []
        after: list[dict[str, dict[str, Fraction]]] = []
        for number, member in enumerate(NAMES):
            referrer = NAMES[rng.randrange(number)] if number and rng.random() < 0.8 else None
            written.append({"do": "member", "who": member, **({"referrer": referrer} if referrer else {})})
            twin.member(member, referrer)
            after.append({name: dict(held) for name, held in twin.held.items()})
        for _ in range(rng.randint(1, 25)):
            keys = one_package_event(rng, twin)
            written.append(keys)
            after.append({name: dict(held) for name, held in twin.held.items()})
        rows = rows_of(read_mapping({"model": "packages", "events": written}))
        for row, held in zip(rows, after, strict=True):
            for member, assets in row["holders"].items():
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
            naive.coalition(events),
            strict=True,
        ):
            agree(row, expected)
