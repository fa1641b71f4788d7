"""Statements made by hand, their figures apportioned level by level as the book does it."""

from collections.abc import Iterable
from fractions import Fraction

from settlement import Minor, apportion
from settlement.clearing import LineKind, Statement, StatementLine, StatementMove, StatementSection
from settlement.ledger import OPERATOR

HOUR = 3_600_000_000
MIDNIGHT = 1_780_264_800_000_000  # Monday 1 June 2026, 00:00 in Berlin
WEEK = 7 * 24 * HOUR

Part = tuple[LineKind, str, list[int], Fraction]
"""A line to be made: its kind, its counterpart, the points of its moves, and minor units received for a point."""


def made(parts: Iterable[Part], **changed: object) -> tuple[Statement, dict[StatementLine, list[StatementMove]]]:
    """A statement with these lines, and the moves behind each of them."""
    parts = list(parts)
    by_kind = {kind: exact(part for part in parts if part[0] == kind) for kind in LineKind}
    by_kind = {kind: total for kind, total in by_kind.items() if any(part[0] == kind for part in parts)}
    net = Minor(round(exact(parts)))
    minors = apportion(net, by_kind)
    moves: dict[StatementLine, list[StatementMove]] = {}
    sections = []
    for kind in by_kind:
        lines = lines_of(minors[kind], [part for part in parts if part[0] == kind], moves)
        points = sum(line.points for line in lines)
        sections.append(StatementSection(kind, points, by_kind[kind], minors[kind], lines))
    figures = {
        "alliance": "Old Town",
        "participant": "Café Müller",
        "currency": "EUR",
        "minor_digits": 2,
        "timezone": "Europe/Berlin",
        "opens_at": MIDNIGHT,
        "closes_at": MIDNIGHT + WEEK,
        "carried_over": Minor(0),
        "kept_in_deposit": Minor(0),
    }
    return Statement(sections=tuple(sections), net=net, **figures | changed), moves


def lines_of(
    minor: Minor, parts: list[Part], moves: dict[StatementLine, list[StatementMove]]
) -> tuple[StatementLine, ...]:
    """Lines that add up to `minor`; the moves behind them are added to `moves`."""
    rounded = apportion(minor, {counterpart: exact([part]) for part in parts for counterpart in [part[1]]})
    lines = []
    for part in sorted(parts, key=lambda part: part[1]):
        kind, counterpart, points, rate = part
        line = StatementLine(kind, counterpart, sum(points), len(points), exact([part]), rounded[counterpart])
        minors = apportion(line.minor, {f"{at:06d}": count * rate for at, count in enumerate(points)})
        first = sum(map(len, moves.values()))
        moves[line] = [
            StatementMove(
                posting_id=first + at,
                line=0,
                occurred_at=MIDNIGHT + at * HOUR % WEEK,
                key=f"till-{first + at}",
                reference=f"cafe:receipt-{first + at}",
                points=count,
                exact=count * rate,
                minor=minors[f"{at:06d}"],
            )
            for at, count in enumerate(points)
        ]
        lines.append(line)
    return tuple(lines)


def exact(parts: Iterable[Part]) -> Fraction:
    """What lines come to, in minor units."""
    return sum((sum(points) * rate for _, _, points, rate in parts), Fraction(0))


THIRD = Fraction(1, 3)

EVERY_KIND: list[Part] = [
    (LineKind.REDEEMED_HERE, "Blumen Łódź", [100, 101, 7], THIRD),
    (LineKind.REDEEMED_HERE, "老街书店", [250, 250], THIRD),
    (LineKind.OWN_ELSEWHERE, "老街书店", [1000, -400, 3], -THIRD),
    (LineKind.OWN_HERE, "", [55], Fraction(0)),
    (LineKind.ISSUED, "", [500, 501], Fraction(0)),
    (LineKind.EXPIRED, "", [11], Fraction(0)),
    (LineKind.ADJUSTMENTS, "Blumen Łódź", [-10], THIRD),
    (LineKind.REDEEM_FEE, OPERATOR, [100, 101, 7, 250, 250], -THIRD * Fraction(25, 1000)),
    (LineKind.ISSUE_FEE, OPERATOR, [500, 501], -THIRD / 100),
]
