"""A chord diagram: how much went from whom to whom, as arcs on a circle with ribbons between them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

RADIUS, RING, LABEL_RADIUS, EDGE = 128.0, 12.0, 158.0, 176.0
"""Of the ribbons' ends, of the arcs around them, of where their numbers stand; and half of the drawing's side."""
GAP = 0.05
"""Between two arcs, in radians."""
HEAD = 9.0
"""How far a ribbon's point reaches into the arc that it goes to."""


@dataclass(frozen=True, slots=True)
class ChordArc:
    """What of one place went out and came in together: its outline, and where its number stands."""

    place: int
    path: str
    label_x: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Ribbon:
    """What went from one place to another: its outline, as wide as it is much, with its point where it goes to."""

    source: int
    target: int
    value: int
    path: str


@dataclass(frozen=True, slots=True)
class Chord:
    """The drawing, from −EDGE to EDGE each way. Where nothing went anywhere it is empty."""

    arcs: list[ChordArc]
    ribbons: list[Ribbon]


def chord(places: int, values: Sequence[tuple[int, int, int]]) -> Chord:
    """The drawing of (source, target, value above zero) between so many places. The largest ribbons lie lowest."""
    total = 2 * sum(value for _, _, value in values)
    if total == 0:
        return Chord([], [])
    used = sorted({place for source, target, _ in values for place in (source, target)})
    radians = (2 * pi - GAP * len(used)) / total
    arcs, ends, angle = [], dict[tuple[int, int, bool], tuple[float, float]](), 0.0
    for place in used:
        begun = angle
        # What faces each other on the circle lies side by side, so that few ribbons cross.
        parts = [(source, target, value, True) for source, target, value in values if source == place]
        parts += [(source, target, value, False) for source, target, value in values if target == place]
        parts.sort(key=lambda part: -((part[1] if part[3] else part[0]) - place) % places)
        for source, target, value, is_out in parts:
            ends[source, target, is_out] = (angle, angle + value * radians)
            angle += value * radians
        middle = (begun + angle) / 2
        arcs.append(ChordArc(place, _arc(begun, angle), *_at(LABEL_RADIUS, middle)))
        angle += GAP
    ribbons = [
        Ribbon(source, target, value, _ribbon(ends[source, target, True], ends[source, target, False]))
        for source, target, value in sorted(values, key=lambda each: -each[2])
    ]
    return Chord(arcs, ribbons)


def _arc(begins: float, ends: float) -> str:
    outer, inner = RADIUS + RING, RADIUS + 2
    large = int(ends - begins > pi)
    return (
        f"M{_point(outer, begins)}A{outer:g} {outer:g} 0 {large} 1 {_point(outer, ends)}"
        f"L{_point(inner, ends)}A{inner:g} {inner:g} 0 {large} 0 {_point(inner, begins)}Z"
    )


def _ribbon(out: tuple[float, float], into: tuple[float, float]) -> str:
    large = int(out[1] - out[0] > pi)
    return (
        f"M{_point(RADIUS, out[0])}A{RADIUS:g} {RADIUS:g} 0 {large} 1 {_point(RADIUS, out[1])}"
        f"Q0 0 {_point(RADIUS - HEAD, into[0])}L{_point(RADIUS, (into[0] + into[1]) / 2)}"
        f"L{_point(RADIUS - HEAD, into[1])}Q0 0 {_point(RADIUS, out[0])}Z"
    )


def _point(radius: float, angle: float) -> str:
    return "{:g} {:g}".format(*_at(radius, angle))


def _at(radius: float, angle: float) -> tuple[float, float]:
    """Clockwise from the top."""
    return round(radius * sin(angle), 2), round(-radius * cos(angle), 2)
