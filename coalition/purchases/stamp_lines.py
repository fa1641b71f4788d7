"""What is on members' stamp cards, and what a purchase put there."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.earning.bonus import NO_BONUSES, BonusVersion
from coalition.earning.cards import Card
from coalition.earning.meters import MeterKind, meter, rule_and_counted
from coalition.locale.messages import N_
from coalition.members.store import merged_ids, resolve_merged
from coalition.purchases.bonus_lines import IssuingMove, meters_of
from settlement import Phrase
from settlement.ledger import MoveKind, counts_of


class CardHeld(NamedTuple):
    """A member's card of a rule: `stamps` are on it, and `needed` fill it, for `points`.

    Only these `shops` stamp it, all of them where there are none. `sentence` is what it gives, as a phrase. One that is
    `paid` was full and gave its points; it is there until the next one gets its first stamp.
    """

    rule: str
    stamps: int
    needed: int
    points: int
    shops: Sequence[str]
    sentence: str
    paid: bool = False


class StampLine(NamedTuple):
    """What a purchase put on a member's card, with what is on it now. `cards` are the full ones that it paid.

    `sentence` is what a cashier says of it, `gives` what a full card gives, as phrases. `number` is the rule's, and
    `points` are what the full cards gave.
    """

    rule: str
    added: int
    stamps: int
    needed: int
    cards: int
    sentence: str
    gives: str
    number: int = 0
    points: int = 0


def cards_of(alliance: Alliance, connection: Connection, id_: str) -> list[CardHeld]:
    """The cards on which a member has stamps, of rules that stamp now. Raises MemberUnknown."""
    bonuses = alliance.programme.bonuses
    running = {} if bonuses is NO_BONUSES else bonuses.in_effect(alliance.calendar, alliance.clock())
    carded = [(version, version.card) for version in running if version.card is not None]
    if not carded:
        return []
    member = resolve_merged(connection, alliance.id, id_)
    ids = [member.id, *merged_ids(connection, alliance.id, member.id)]
    counts = Counter[int]()
    for of_owner in counts_of(alliance.book, connection, ids).values():
        counts.update(of_owner)
    held = [_held(counts, version, card) for version, card in carded]
    return [each for each in held if each.stamps]


def _held(counts: Mapping[int, int], version: BonusVersion, card: Card) -> CardHeld:
    left = _left(counts, version)
    paid = not left and counts.get(meter("", version.number, MeterKind.USED).number, 0) > 0
    stamps = card.needed if paid else left
    shops, sentence = sorted(version.terms.shops), version.terms.effect.sentence()
    return CardHeld(version.rule, stamps, card.needed, card.points, shops, sentence, paid)


def stamp_lines(alliance: Alliance, purchases: Sequence[Sequence[IssuingMove]]) -> list[list[StampLine]]:
    """What purchases with these moves put on cards, each in turn."""
    stamped = [_stamped(alliance, moves) for moves in purchases]
    owners = sorted({owner for each in stamped for owner, _ in each.added})
    if not owners:
        return [[] for _ in purchases]
    with alliance.database.engine.connect() as connection:
        counts = counts_of(alliance.book, connection, owners)
    return [_lines(alliance, each, counts) for each in stamped]


class _Stamped(NamedTuple):
    """What a purchase counted: stamps by owner and rule, and those that full cards took, by rule."""

    added: Counter[tuple[str, int]]
    used: Counter[int]


def _stamped(alliance: Alliance, moves: Sequence[IssuingMove]) -> _Stamped:
    meters = meters_of(alliance, moves)
    stamped = _Stamped(Counter(), Counter())
    for move in moves:
        if move.kind == MoveKind.COUNT and move.credit in meters:
            rule, kind = rule_and_counted(meters[move.credit])
            if kind is MeterKind.STAMPS:
                stamped.added[meters[move.credit].owner, rule] += move.amount
            elif kind is MeterKind.USED:
                stamped.used[rule] += move.amount
    return stamped


def _lines(alliance: Alliance, stamped: _Stamped, counts: Mapping[str, Mapping[int, int]]) -> list[StampLine]:
    latest = alliance.programme.bonuses.latest
    lines = []
    for (owner, rule), stamps in stamped.added.items():
        version = latest.get(rule)
        if version is not None and version.card is not None:
            left = _left(counts.get(owner, {}), version)
            cards = stamped.used[rule] // version.card.needed
            sentence = _sentence(version.card, stamps, left, cards)
            gives = version.terms.effect.sentence()
            points = cards * version.card.points
            needed = version.card.needed
            lines.append(StampLine(version.rule, stamps, left, needed, cards, sentence, gives, rule, points))
    return lines


async def read_stamp_lines(alliance: Alliance, moves: Sequence[IssuingMove]) -> list[StampLine]:
    """The same for who must not wait: another thread reads, where anything was counted."""
    if alliance.programme.bonuses is NO_BONUSES or all(move.kind != MoveKind.COUNT for move in moves):
        return []
    (lines,) = await asyncio.to_thread(stamp_lines, alliance, [moves])
    return lines


def _left(counts: Mapping[int, int], version: BonusVersion) -> int:
    """Stamps that are on a card: what was stamped, less what full cards took."""
    stamps, used = (
        counts.get(meter("", version.number, kind).number, 0) for kind in (MeterKind.STAMPS, MeterKind.USED)
    )
    return max(0, stamps - used)


def _sentence(card: Card, added: int, stamps: int, cards: int) -> str:
    if cards:
        return Phrase(N_("Card full: {points:number} points more."), points=cards * card.points)
    if stamps >= card.needed:
        return Phrase(N_("The card is full. Its points come with a later stamp."))
    if added == 1:
        return Phrase(N_("Stamp {stamps:number} of {needed:number}."), stamps=stamps, needed=card.needed)
    several = N_("{added:number} stamps more: {stamps:number} of {needed:number}.")
    return Phrase(several, added=added, stamps=stamps, needed=card.needed)
