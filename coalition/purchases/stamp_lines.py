"""What is on members' stamp cards, and what a purchase put there."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.earning.bonus import NO_BONUSES, BonusVersion
from coalition.earning.cards import Card, CardMark
from coalition.earning.meters import MeterKind, meter, rule_and_counted
from coalition.members.store import merged_ids, resolve_merged
from coalition.purchases.bonus_lines import IssuingMove, meters_of
from settlement.ledger import MoveKind, counts_of


class CardHeld(NamedTuple):
    """A member's card of a rule: `stamps` are on it, and `needed` fill it, for `points`.

    Only these `shops` stamp it, all of them where there are none. `sentence` is what it gives, `words` how far it is,
    as phrases. One that is `paid` was full and gave its points; it is there until the next one gets its first stamp.
    """

    rule: str
    stamps: int
    needed: int
    points: int
    shops: Sequence[str]
    sentence: str
    words: str
    paid: bool


class StampLine(NamedTuple):
    """What a purchase put on a member's card, with what is on it now. `cards` are the full ones that it paid.

    `sentence` is what a cashier says of it, `gives` what a full card gives, as phrases. `number` is the rule's, `until`
    the day (yyyymmdd) until which the card's meters count, and `points` are what the full cards gave.
    """

    rule: str
    added: int
    stamps: int
    needed: int
    cards: int
    sentence: str
    gives: str
    number: int
    until: int
    points: int


def cards_of(alliance: Alliance, connection: Connection, id_: str) -> list[CardHeld]:
    """The cards on which a member has stamps, of rules that stamp now. Raises MemberUnknown."""
    bonuses = alliance.programme.bonuses
    running = {} if bonuses is NO_BONUSES else bonuses.in_effect(alliance.calendar, alliance.clock())
    carded = [(version, version.card) for version in running if version.card is not None]
    if not carded:
        return []
    member = resolve_merged(connection, alliance.id, id_)
    ids = [member.id, *merged_ids(connection, alliance.id, member.id)]
    counts = Counter[tuple[int, int]]()
    numbers = _numbers(version.number for version, _ in carded)
    for of_owner in counts_of(alliance.book, connection, ids, numbers).values():
        counts.update(of_owner)
    held = [_held(counts, version, card, card.until(alliance.today)) for version, card in carded]
    return [each for each in held if each.stamps]


def _held(counts: Mapping[tuple[int, int], int], version: BonusVersion, card: Card, until: int) -> CardHeld:
    left, effect = _left(counts, version, until), version.terms.effect
    paid = not left and counts.get((meter("", version.number, MeterKind.USED).number, until), 0) > 0 and card.needed > 1
    stamps, shops = card.needed if paid else left, sorted(version.terms.shops)
    words = effect.stamped(CardMark(1, stamps, card.needed, int(paid)))
    return CardHeld(version.rule, stamps, card.needed, card.points, shops, effect.sentence(), words, paid)


def stamp_lines(alliance: Alliance, purchases: Sequence[Sequence[IssuingMove]]) -> list[list[StampLine]]:
    """What purchases with these moves put on cards, each in turn."""
    stamped = [_stamped(alliance, moves) for moves in purchases]
    owners = sorted({owner for each in stamped for owner, _, _ in each.added})
    if not owners:
        return [[] for _ in purchases]
    numbers = _numbers(rule for each in stamped for _, rule, _ in each.added)
    with alliance.database.engine.connect() as connection:
        counts = counts_of(alliance.book, connection, owners, numbers)
    return [_lines(alliance, each, counts) for each in stamped]


def _numbers(rules: Iterable[int]) -> list[int]:
    """The numbers of the meters that say what is on the cards of these rules."""
    return [meter("", rule, kind).number for rule in sorted(set(rules)) for kind in (MeterKind.STAMPS, MeterKind.USED)]


class _Stamped(NamedTuple):
    """What a purchase counted: stamps by owner, rule and day until which they count, and those that full cards took."""

    added: Counter[tuple[str, int, int]]
    used: Counter[int]


def _stamped(alliance: Alliance, moves: Sequence[IssuingMove]) -> _Stamped:
    meters = meters_of(alliance, moves)
    stamped = _Stamped(Counter(), Counter())
    for move in moves:
        if move.kind == MoveKind.COUNT and move.credit in meters:
            ref = meters[move.credit]
            rule, kind = rule_and_counted(ref)
            if kind is MeterKind.STAMPS:
                stamped.added[ref.owner, rule, ref.until] += move.amount
            elif kind is MeterKind.USED:
                stamped.used[rule] += move.amount
    return stamped


def _lines(
    alliance: Alliance, stamped: _Stamped, counts: Mapping[str, Mapping[tuple[int, int], int]]
) -> list[StampLine]:
    latest = alliance.programme.bonuses.latest
    lines = []
    for (owner, rule, until), stamps in stamped.added.items():
        version = latest.get(rule)
        if version is not None and version.card is not None:
            card, effect = version.card, version.terms.effect
            left, cards = _left(counts.get(owner, {}), version, until), stamped.used[rule] // card.needed
            sentence = effect.stamped(CardMark(stamps, left, card.needed, cards))
            gives, points = effect.sentence(), cards * card.points
            lines.append(
                StampLine(version.rule, stamps, left, card.needed, cards, sentence, gives, rule, until, points)
            )
    return lines


async def read_stamp_lines(alliance: Alliance, moves: Sequence[IssuingMove]) -> list[StampLine]:
    """The same for who must not wait: another thread reads, where anything was counted."""
    if alliance.programme.bonuses is NO_BONUSES or all(move.kind != MoveKind.COUNT for move in moves):
        return []
    (lines,) = await asyncio.to_thread(stamp_lines, alliance, [moves])
    return lines


def _left(counts: Mapping[tuple[int, int], int], version: BonusVersion, until: int) -> int:
    """Stamps that are on the card whose meters count until that day."""

    def counted(kind: MeterKind, last: int) -> int:
        return counts.get((meter("", version.number, kind).number, last), 0)

    return 0 if version.card is None else max(0, version.card.stamped(counted, until))
