"""How many stamps were on a card right after a purchase: those of now, less what came after it."""

from collections.abc import Sequence
from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.earning.cards import CardMark
from coalition.earning.meters import MeterKind, rule_and_counted
from coalition.events.event import Event
from coalition.feed.member_history import history
from coalition.purchases.bonus_lines import BonusAccounts, IssuingMove
from coalition.purchases.stamp_lines import StampLine, stamp_lines
from settlement.ledger import MoveKind

LOOKED_BACK = 50
"""Of how many events of a member it is worked out: what lies further back shows no count."""


class StampsThen(NamedTuple):
    """What a purchase put on a card; `words` say as a phrase how far that was then, None where it is too long ago.

    Cards that it filled gave `points`.
    """

    line: StampLine
    words: str | None
    points: int


def stamps_then(alliance: Alliance, event: Event, member: str) -> list[StampsThen]:
    """What a purchase (`purchase.created`) put on the cards of a member."""
    if event.posting_id is None:
        return []
    moves = alliance.posting(event.posting_id).moves
    (lines,) = stamp_lines(alliance, [moves])
    later = _later(alliance, event, member) if any(not line.cards for line in lines) else []
    return [_then(alliance, line, later) for line in lines]


def _then(alliance: Alliance, line: StampLine, later: Sequence[Sequence[IssuingMove]] | None) -> StampsThen:
    if line.cards:
        return StampsThen(line, line.sentence, line.points)
    if later is None:
        return StampsThen(line, None, 0)
    version = alliance.programme.bonuses.latest[line.number]
    if version.card is not None and version.card.in_a_row:
        # What came later counts to later periods, and changes nothing here.
        return StampsThen(line, line.sentence, 0)
    stamps = line.stamps - sum(_put_on(alliance, line, moves) for moves in later)
    return StampsThen(line, version.terms.effect.stamped(CardMark(line.added, stamps, line.needed, 0)), 0)


def _later(alliance: Alliance, event: Event, member: str) -> list[Sequence[IssuingMove]] | None:
    """The moves of what was booked for the member after an event; None where that is too much to look at."""
    newest = history(alliance, member, LOOKED_BACK)
    if len(newest) == LOOKED_BACK and newest[-1].seq > event.seq:
        return None
    return [
        alliance.posting(each.posting_id).moves
        for each in newest
        if each.seq > event.seq and each.posting_id is not None
    ]


def _put_on(alliance: Alliance, line: StampLine, moves: Sequence[IssuingMove]) -> int:
    """By how many stamps a posting made that card fuller; below zero for a full card."""
    counts = [move for move in moves if abs(move.kind) == MoveKind.COUNT]
    meters = alliance.part(BonusAccounts).meters(id_ for move in counts for id_ in (move.debit, move.credit))
    put = 0
    for move in counts:
        for account, sign in ((move.credit, 1), (move.debit, -1)):
            ref = meters.get(account)
            if ref is None or ref.until != line.until:
                continue
            rule, kind = rule_and_counted(ref)
            if rule == line.number and kind in (MeterKind.STAMPS, MeterKind.USED):
                put += sign * move.amount * (1 if kind is MeterKind.STAMPS else -1)
    return put
