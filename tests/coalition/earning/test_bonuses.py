"""Bonuses: never more than the pots have, shared to the point, and given back as if the rest had been all."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import coalition.earning
from coalition.earning.bonus import NO_BONUS, Bonus, BonusRules, BonusTerms, BonusVersion, FunderShare, NoBonus
from coalition.earning.bonus_kinds import bonus_kinds, decode_terms, encode_terms
from coalition.earning.bonus_outcome import BonusOutcome, evaluate, most_within, split, to_take_back
from coalition.earning.cards import StampsOfSale, cards_kept, split_stamps
from coalition.earning.kinds.first_visit import FirstVisit
from coalition.earning.kinds.fixed_bonus import FixedBonus
from coalition.earning.kinds.multiplier import Multiplier
from coalition.earning.kinds.shop_tour import ShopTour
from coalition.earning.kinds.stamp_card import StampCard
from coalition.earning.kinds.streak import Streak
from coalition.earning.meters import Caps, MeterKind, meter
from coalition.earning.rule import Sale
from coalition.locale.check import english_runs
from coalition.locale.error_text import reason_text
from settlement import Calendar, Cutoff
from settlement.ledger import MeterRef, PotRef
from tests.support.books import make_settings
from tests.support.clock import instant
from tests.support.effort import EFFORT

README = Path(coalition.earning.__file__).with_name("README.md")
CALENDAR = Calendar("Europe/Berlin", Cutoff("weekly"))
SALE = Sale("cafe", "ann", 20_000, instant("2024-05-15T12:00"), CALENDAR, 100)
EXAMPLES = settings(max_examples=200 * EFFORT, deadline=None)

KINDS: Mapping[str, st.SearchStrategy[Bonus]] = {
    "multiplier": st.builds(
        lambda hundredths: Multiplier(kind="multiplier", factor=f"{hundredths / 100:.2f}"), st.integers(101, 1_000)
    ),
    "fixed_bonus": st.builds(
        lambda points, minimum: FixedBonus(kind="fixed_bonus", bonus_points=points, minimum_minor=minimum),
        st.integers(1, 500),
        st.integers(1, 5_000),
    ),
    "stamp_card": st.builds(
        StampCard,
        kind=st.just("stamp_card"),
        stamps=st.integers(2, 12),
        bonus_points=st.integers(2, 300),
        stamp_minor=st.integers(1, 5_000),
        stamps_a_sale=st.sampled_from((1, 3, 1_000)),
        stamps_a_day=st.none() | st.integers(1, 150),
    ),
    "shop_tour": st.builds(
        ShopTour,
        kind=st.just("shop_tour"),
        different_shops=st.integers(2, 12),
        period=st.sampled_from(("week", "month", "year")),
        bonus_points=st.integers(2, 300),
        minimum_minor=st.integers(1, 5_000),
    ),
    "streak": st.builds(
        Streak,
        kind=st.just("streak"),
        times=st.integers(2, 12),
        period=st.sampled_from(("day", "week", "month")),
        bonus_points=st.integers(2, 300),
        minimum_minor=st.integers(1, 5_000),
    ),
    "first_visit": st.builds(
        FirstVisit,
        kind=st.just("first_visit"),
        bonus_points=st.integers(1, 300),
        minimum_minor=st.integers(1, 5_000),
    ),
}
"""What an alliance may state for each kind."""

FUNDERS = st.lists(st.integers(1, 9), min_size=1, max_size=4).map(
    lambda shares: tuple(FunderShare(f"shop {number}", share) for number, share in enumerate(shares))
)
TERMS = st.builds(
    BonusTerms,
    effect=st.one_of(*KINDS.values()),
    funders=FUNDERS,
    budget=st.integers(1, 10_000),
    first_day=st.just(20240101),
    most=st.none() | st.integers(1, 300),
    group=st.sampled_from((None, None, "a", "b")),
    priority=st.integers(-2, 2),
    caps=st.builds(Caps, *(st.none() | st.integers(1, 300) for _ in range(3))),
)

SIMPLE_TERMS = TERMS.filter(lambda terms: terms.effect.card() is None)


@dataclass
class Town:
    """What a plan looks at: pots, what was counted until now on every meter, and who may issue."""

    pots: dict[PotRef, int] = field(default_factory=dict)
    stopped: frozenset[str] = frozenset()
    before: int = 0

    def may_issue(self, shop: str) -> bool:
        return shop not in self.stopped

    def set_aside(self, pot: PotRef) -> int:
        return self.pots.get(pot, 0)

    def counted(self, _meter: MeterRef) -> int:
        return self.before


@settings(max_examples=10, deadline=None)
@given(st.data())
def test_every_kind_has_a_strategy_a_row_and_a_sentence_in_both_languages(data: st.DataObject) -> None:
    assert bonus_kinds().keys() == KINDS.keys()
    rows = {line.split("`")[1] for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| `")}
    assert rows == KINDS.keys()
    book = make_settings()
    for strategy in KINDS.values():
        sentence = data.draw(strategy).sentence()
        assert reason_text(sentence, "en", book) != reason_text(sentence, "zh", book)
        assert not english_runs(reason_text(sentence, "zh", book).replace(book.currency, ""))
    assert NO_BONUS.keys() == set(NoBonus)


@EXAMPLES
@given(TERMS)
def test_terms_are_stored_as_they_are(terms: BonusTerms) -> None:
    assert decode_terms(encode_terms(terms)) == terms


@EXAMPLES
@given(st.integers(0, 400), st.lists(st.tuples(st.integers(1, 9), st.integers(0, 120)), min_size=1, max_size=4))
def test_as_much_is_granted_as_every_funder_can_pay_its_share_of(wanted: int, funders: list[tuple[int, int]]) -> None:
    shares, left = [share for share, _ in funders], [have for _, have in funders]
    granted = most_within(wanted, shares, left)
    fits = [
        points
        for points in range(wanted + 1)
        if all(part <= have for part, have in zip(split(points, shares), left, strict=True))
    ]
    assert granted == max(fits)
    parts = split(granted, shares)
    assert sum(parts) == granted
    assert all(part >= granted * share // sum(shares) for part, share in zip(parts, shares, strict=True))


def naive_points(version: BonusVersion, town: Town, base: int, minor: int) -> int:
    """What a rule gives for a sale, whatever its group: written from the rules alone."""
    terms, effect = version.terms, version.terms.effect
    if isinstance(effect, Multiplier):
        points = floor(base * Fraction(effect.factor)) - base
    elif isinstance(effect, StampCard):
        # Whatever was counted before, full cards took all of it.
        points = stamps_of(effect, minor, town.before) // effect.stamps * effect.bonus_points
    elif isinstance(effect, ShopTour | Streak):
        # Either all was counted before, at this shop and in each period, or this is the first of several.
        points = 0
    elif isinstance(effect, FirstVisit):
        points = effect.bonus_points if minor >= effect.minimum_minor and not town.before else 0
    else:
        points = effect.bonus_points if minor >= effect.minimum_minor else 0
    caps = (terms.caps.member, terms.caps.member_day, terms.caps.day)
    points = min([points, terms.most or points, *(max(0, most - town.before) for most in caps if most is not None)])
    if town.stopped & {funder.shop for funder in terms.funders}:
        points = 0
    while any(part > town.pots[pot] for pot, part in zip(version.pots, split(points, terms.shares), strict=True)):
        points -= 1
    return points - points % effect.bonus_points if isinstance(effect, StampCard | FirstVisit) else points


def check_counts(outcome: BonusOutcome, town: Town, minor: int) -> None:
    """It counts the stamps that a sale gets and the points that it gives, and nothing above a cap."""
    effect, rule, caps = outcome.version.terms.effect, outcome.version.number, outcome.version.caps(SALE, "ann")
    counts = Counter[MeterRef]()
    for count in outcome.counts:
        counts[count.meter] += count.amount
    if isinstance(effect, StampCard):
        got = stamps_of(effect, minor, town.before)
        cards = counts.pop(meter("ann", rule, MeterKind.USED), 0) // effect.stamps
        assert counts.pop(meter("ann", rule, MeterKind.STAMPS), 0) == got
        assert cards == outcome.points // effect.bonus_points
        stamped = counts.pop(meter("ann", rule, MeterKind.STAMPS_OF_DAY, 20240515), 0)
        assert stamped == (0 if effect.stamps_a_day is None else got)
        assert (outcome.mark.stamps if outcome.mark else 0) == got - cards * effect.stamps
    elif (card := outcome.version.card) is not None:
        until = card.until(20240515)
        new = minor >= card.stamp_minor and not (card.once_a_shop and town.before)
        assert counts.pop(meter("ann", rule, MeterKind.STAMPS, until), 0) == int(new)
        of_shop = counts.pop(meter("ann", rule, MeterKind.STAMPS_OF_SHOP, until, "cafe"), 0)
        assert of_shop == int(new and card.once_a_shop)
        assert counts.pop(meter("ann", rule, MeterKind.USED, until), 0) == outcome.points // card.points * card.needed
    assert counts == {cap.meter: outcome.points for cap in caps if outcome.points}
    assert all(town.before + counts.get(cap.meter, 0) <= max(town.before, cap.most) for cap in caps)


@EXAMPLES
@given(st.lists(TERMS, max_size=5), st.data(), st.integers(0, 500), st.integers(0, 20_000))
def test_a_naive_evaluation_agrees(every: list[BonusTerms], data: st.DataObject, base: int, minor: int) -> None:
    versions = BonusRules(BonusVersion(f"rule {number}", 1, terms, 0) for number, terms in enumerate(every)).in_effect(
        CALENDAR, instant("2024-05-15T12:00")
    )
    pots = {pot: data.draw(st.integers(0, 200)) for version in versions for pot in version.pots}
    stopped = data.draw(st.sampled_from((frozenset(), frozenset({"shop 1"}))))
    town = Town(pots, stopped, data.draw(st.integers(0, 200)))
    expected = {version.name: naive_points(version, town, base, minor) for version in versions}
    for group in ("a", "b"):
        rivals = [version for version in versions if version.terms.group == group]
        for loser in sorted(rivals, key=lambda version: (-expected[version.name], versions.index(version)))[1:]:
            expected[loser.name] = 0
    outcomes = evaluate(versions, town, SALE, "ann", base, Fraction(minor))
    assert {outcome.version.name: outcome.points for outcome in outcomes} == expected
    assert all((outcome.reason is None) == (outcome.points > 0) for outcome in outcomes)
    assert all(points <= pots[pot] for outcome in outcomes for pot, points in outcome.parts)
    for outcome in outcomes:
        check_counts(outcome, town, minor)


def stamps_of(effect: StampCard, minor: int, before: int) -> int:
    """Stamps of a sale to who had so many on that day."""
    got = min(effect.stamps_a_sale, minor // effect.stamp_minor)
    return got if effect.stamps_a_day is None else max(0, min(got, effect.stamps_a_day - before))


@EXAMPLES
@given(
    st.integers(0, 50),
    st.integers(1, 40),
    st.integers(2, 12),
    st.integers(0, 5),
    st.lists(st.integers(0, 40), max_size=4),
)
def test_cards_are_kept_as_if_a_sale_had_given_fewer_stamps(
    before: int, got: int, needed: int, most: int, kept: list[int]
) -> None:
    paid = min((before + got) // needed, most)
    left = before + got - paid * needed
    first, after = split_stamps(got, left) if paid else (0, got)
    sale = StampsOfSale(first, after, paid * needed)
    assert sale.all == got
    for stamps in (*(min(got, each) for each in kept), 0, got):
        assert cards_kept(sale, stamps, needed) == (min(paid, (before + stamps) // needed) if stamps else 0)


@EXAMPLES
@given(SIMPLE_TERMS, st.integers(0, 500), st.integers(1, 20_000), st.lists(st.integers(0, 100), max_size=5))
def test_refunds_in_parts_end_where_the_whole_ends(terms: BonusTerms, base: int, minor: int, parts: list[int]) -> None:
    version = BonusVersion("rule", 1, terms, 0)
    (outcome,) = evaluate([version], Town(dict.fromkeys(version.pots, 60)), SALE, "ann", base, Fraction(minor))
    granted, back = dict(outcome.parts), dict.fromkeys(version.pots, 0)
    for left in (*sorted(parts, reverse=True), 0):
        base_left, minor_left = base * left // 100, Fraction(minor * left, 100)
        for pot, points in to_take_back(version, granted, back, base_left, minor_left).items():
            assert points > 0
            back[pot] += points
            assert back[pot] <= granted[pot]
        kept = sum(granted.values()) - sum(back.values())
        assert kept <= (terms.points(base_left, minor_left) if left else 0)
    assert {pot: points for pot, points in back.items() if points} == granted


def test_of_all_versions_the_one_counts_that_had_begun() -> None:
    noon = instant("2024-05-15T12:00", "Europe/Berlin")
    plain = {"effect": Multiplier(kind="multiplier", factor="2"), "funders": (FunderShare("cafe", 1),), "budget": 1}
    rules = BonusRules(
        [
            BonusVersion("double", 1, BonusTerms(first_day=20240501, **plain), noon - 10),
            BonusVersion("double", 2, BonusTerms(first_day=20240520, last_day=20240521, **plain), noon),
            BonusVersion("gone", 1, BonusTerms(first_day=20240501, **plain), 0, ended_at=noon),
            BonusVersion("night", 1, BonusTerms(first_day=20240501, from_hour=22, **plain), 0),
        ]
    )

    def counting(text: str, microseconds: int = 0) -> list[str]:
        at = instant(text, "Europe/Berlin") + microseconds
        return [version.name for version in rules.for_sale(Sale("cafe", "ann", 1, at, CALENDAR, 100))]

    assert counting("2024-05-15T12:00", -11) == ["gone@1"]
    assert counting("2024-05-15T12:00", -10) == ["double@1", "gone@1"]
    assert counting("2024-05-15T12:00") == ["double@1"]
    assert counting("2024-05-19T23:59") == ["double@1", "night@1"]
    assert counting("2024-05-20T00:00") == ["double@2"]
    assert counting("2024-05-21T23:59:59") == ["double@2", "night@1"]
    assert counting("2024-05-22T00:00") == []


@pytest.mark.parametrize("factor", ["1", "0.5", "-2", "two", "2.", "9" * 41])
def test_a_factor_that_is_no_bonus_is_refused(factor: str) -> None:
    with pytest.raises(ValueError, match="factor"):
        Multiplier(kind="multiplier", factor=factor)
