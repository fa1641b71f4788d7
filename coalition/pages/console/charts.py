"""Charts as drawings: where each mark stands, in units of the drawing. Templates write them as SVG. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 720, 160
"""A drawing of columns, without what is written below it."""
GAP = 0.35
"""The part of a column's place that is left free."""


@dataclass(frozen=True, slots=True)
class Column:
    """Two columns side by side over one label: their left edges, their width, and how high each is."""

    label: str
    href: str
    left: float
    second_left: float
    width: float
    first: int
    second: int
    first_height: float
    second_height: float


def columns(values: Sequence[tuple[str, str, int, int]]) -> list[Column]:
    """Columns for (label, link, first, second). The largest takes the drawing's height, what is below zero none."""
    largest = max((max(first, second) for _, _, first, second in values), default=0)
    place = WIDTH / max(len(values), 8)
    width = place * (1 - GAP) / 2
    return [
        Column(
            label,
            href,
            round(at * place, 2),
            round(at * place + width, 2),
            round(width, 2),
            first,
            second,
            _part(first, largest),
            _part(second, largest),
        )
        for at, (label, href, first, second) in enumerate(values)
    ]


def part_of(value: int, largest: int) -> float:
    """How much of a bar of 100 a value takes, where the largest takes all of it, as does what is above that."""
    if largest <= 0:
        return 100.0 if value > 0 else 0.0
    return round(100 * min(max(value, 0), largest) / largest, 2)


def _part(value: int, largest: int) -> float:
    return round(HEIGHT * max(value, 0) / largest, 2) if largest > 0 else 0.0


@dataclass(frozen=True, slots=True)
class BarPart:
    """A part of a bar of 100: where it begins, and how wide it is."""

    label: str
    value: int
    left: float
    width: float


def stacked(values: Sequence[tuple[str, int]]) -> list[BarPart]:
    """Parts of one bar beside each other, by (label, value above zero)."""
    total = sum(value for _, value in values)
    parts, left = [], 0.0
    for label, value in values:
        width = part_of(value, total)
        parts.append(BarPart(label, value, round(left, 2), width))
        left += width
    return parts


@dataclass(frozen=True, slots=True)
class Fan:
    """Where most runs lie, moment by moment: bands as the points of polygons, the middle one as those of a line.

    `top` is the value at the drawing's upper edge.
    """

    outer: str
    inner: str
    middle: str
    top: float


def fan(moments: Sequence[tuple[float, float, float, float, float]]) -> Fan:
    """A fan of quantiles, each moment's from the lowest to the highest; empty without any."""
    top = max((highest for *_, highest in moments), default=0.0)
    step = WIDTH / max(1, len(moments) - 1)

    def points(values: Sequence[float]) -> list[str]:
        heights = (HEIGHT * max(0.0, value) / top if top > 0 else 0.0 for value in values)
        return [f"{at * step:.1f},{HEIGHT - height:.1f}" for at, height in enumerate(heights)]

    lowest, low, middle, high, highest = ([row[at] for row in moments] for at in range(5))
    return Fan(
        " ".join([*points(lowest), *reversed(points(highest))]),
        " ".join([*points(low), *reversed(points(high))]),
        " ".join(points(middle)),
        top,
    )
