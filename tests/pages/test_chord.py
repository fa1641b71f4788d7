"""The chord diagram: arcs as long as what they stand for, none of which overlap, and ribbons between them."""

import re
from math import atan2, isclose, pi

from coalition.pages.console.chord import GAP, RADIUS, chord

VALUES = [(0, 1, 60), (1, 0, 20), (2, 0, 10), (1, 2, 10)]


def angles(path: str) -> list[float]:
    """Where on the circle a path's points lie, clockwise from the top."""
    points = re.findall(r"(-?[\d.]+) (-?[\d.]+)(?=[A-Z]|$)", path)
    return [atan2(float(x), -float(y)) % (2 * pi) for x, y in points]


def test_an_arc_is_as_long_as_what_went_out_and_came_in() -> None:
    drawn = chord(3, VALUES)
    lengths = {}
    for arc in drawn.arcs:
        begun, ended = angles(arc.path)[:2]
        lengths[arc.place] = (ended - begun) % (2 * pi)
    assert isclose(sum(lengths.values()), 2 * pi - 3 * GAP, abs_tol=0.01)
    assert isclose(lengths[0] / lengths[1], 1, abs_tol=0.01)
    assert isclose(lengths[2] / lengths[1], 20 / 90, abs_tol=0.01)


def test_every_flow_has_a_ribbon_and_the_largest_lies_lowest() -> None:
    drawn = chord(3, VALUES)
    assert [(each.source, each.target, each.value) for each in drawn.ribbons] == VALUES
    starts = [each.path.split("A")[0] for each in drawn.ribbons]
    assert len(set(starts)) == len(starts), "no two begin at the same place"
    assert all(f"A{RADIUS:g}" in each.path for each in drawn.ribbons)


def test_nothing_is_an_empty_drawing_and_whoever_takes_no_part_has_no_arc() -> None:
    assert chord(3, []).arcs == []
    assert [arc.place for arc in chord(5, [(4, 1, 3)]).arcs] == [1, 4]
