"""Charts as inline SVG, drawn here so that a report needs nothing from outside.

Drawing is the one use of floats beside the simulation: a pixel is no amount. All charts are 380 units wide,
made for a phone and scaled up from there.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

from coalition.locale.error_text import phrase_text
from coalition.locale.formats import LANGS
from coalition.locale.messages import N_

WIDTH, HEIGHT = 380, 230
LEFT, RIGHT, TOP, BOTTOM = 50, 8, 10, 34
FLOW_MIN = 0.004
"""Flows below this share of all are not drawn."""

FLOW_HEIGHT, FLOW_NAMES, FLOW_LINE = 230.0, 112, 30.0
FLOW_KEY = (
    ("up", N_("brought by later members")),
    ("other", N_("other payments")),
    ("kept", N_("paid in and not paid out")),
)


@dataclass(frozen=True)
class Series:
    """A line: its name, its CSS class, and y by x; None where there is no figure."""

    name: str
    style: str
    points: Sequence[tuple[float, float | None]]


def both(text: str) -> str:
    """A text in both languages; the page shows one of them."""
    return "".join(f'<span class="{lang}">{escape(phrase_text(text, lang))}</span>' for lang in LANGS)


def both_svg(x: float, y: float, text: str, anchor: str = "start", style: str = "") -> str:
    """A text in both languages inside a drawing."""
    return "".join(
        f'<text class="{lang} {style}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">'
        f"{escape(phrase_text(text, lang))}</text>"
        for lang in LANGS
    )


def short(value: float) -> str:
    """A figure for an axis: 1,234 or 12k or 3.4M."""
    size = abs(value)
    for limit, letter in ((1e9, "B"), (1e6, "M"), (1e4, "k")):
        if size >= limit:
            scaled = value / (1e3 if letter == "k" else limit)
            return f"{scaled:.3g}{letter}"
    return f"{value:,.0f}" if size >= 100 or value == round(value) else f"{value:.3g}"


def as_percent(value: float) -> str:
    """A share for an axis."""
    return f"{value * 100:.3g}%"


def ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round numbers that span low to high in about `count` steps of 1, 2 or 5 times a power of ten."""
    high = high if high > low else low + 1
    span = high - low
    power = 10.0 ** math.floor(math.log10(span / count))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor * count >= span)
    first = math.floor(low / step)
    return [step * n for n in range(first, math.ceil(high / step) + 1)]


class Frame:
    """The axes of a chart: from figures to pixels, and the grid behind them."""

    def __init__(self, xs: Sequence[float], ys: Sequence[float], label: Callable[[float], str]) -> None:
        self.low_x, self.high_x = min(xs, default=0.0), max(xs, default=1.0)
        self.marks = ticks(min(0.0, *ys, 0.0), max(0.0, *ys, 0.0)) if ys else [0.0, 1.0]
        self.label = label

    def x(self, value: float) -> float:
        span = self.high_x - self.low_x or 1.0
        return LEFT + (value - self.low_x) / span * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        low, high = self.marks[0], self.marks[-1]
        return TOP + (high - value) / ((high - low) or 1.0) * (HEIGHT - TOP - BOTTOM)

    def grid(self, x_name: str) -> str:
        lines = [
            f'<line class="{"zero" if mark == 0 else "grid"}" x1="{LEFT}" x2="{WIDTH - RIGHT}" '
            f'y1="{self.y(mark):.1f}" y2="{self.y(mark):.1f}"/>'
            f'<text x="{LEFT - 6}" y="{self.y(mark) + 4:.1f}" text-anchor="end">{self.label(mark)}</text>'
            for mark in self.marks
        ]
        ends = [(self.low_x, "start"), (self.high_x, "end")] if self.high_x > self.low_x else []
        lines += [
            f'<text x="{self.x(value):.1f}" y="{HEIGHT - 18}" text-anchor="{anchor}">{short(value)}</text>'
            for value, anchor in ends
        ]
        return "".join(lines) + both_svg((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 5, x_name, "middle")


def line_chart(series: Sequence[Series], x_name: str, label: Callable[[float], str] = short) -> str:
    """Lines over a common x; a gap where a series has no figure."""
    drawn = [(x, y) for line in series for x, y in line.points if y is not None]
    frame = Frame([x for x, _ in drawn], [y for _, y in drawn], label)
    paths = "".join(f'<path class="line {line.style}" d="{_path(frame, line.points)}"/>' for line in series)
    return _svg(frame.grid(x_name) + paths, HEIGHT) + legend([(line.style, line.name) for line in series])


def fan_chart(
    bands: Sequence[Sequence[tuple[float, float, float]]],
    lines: Sequence[Series],
    x_name: str,
    label: Callable[[float], str] = short,
) -> str:
    """Bands of (x, low, high), widest first, with lines over them."""
    xs = [x for band in bands for x, _, _ in band]
    ys = [y for band in bands for _, low, high in band for y in (low, high)]
    ys += [y for line in lines for _, y in line.points if y is not None]
    frame = Frame(xs, ys, label)
    shapes = ""
    for band in bands:
        corners = [(x, high) for x, _, high in band] + [(x, low) for x, low, _ in reversed(band)]
        shape = " ".join(f"{frame.x(x):.1f},{frame.y(y):.1f}" for x, y in corners)
        shapes += f'<polygon class="band" points="{shape}"/>'
    shapes += "".join(f'<path class="line {line.style}" d="{_path(frame, line.points)}"/>' for line in lines)
    return _svg(frame.grid(x_name) + shapes, HEIGHT) + legend([(line.style, line.name) for line in lines])


def bar_chart(values: Sequence[float], x_name: str, last: int) -> str:
    """Bars from zero, up in one colour, down in another; they stand for 1 to `last` on the x axis."""
    frame = Frame([1.0, float(last)], values, short)
    step = (WIDTH - LEFT - RIGHT) / max(len(values), 1)
    bars = "".join(
        f'<rect class="{"gain" if value >= 0 else "loss"}" x="{LEFT + index * step + step * 0.1:.2f}" '
        f'y="{min(frame.y(value), frame.y(0)):.1f}" width="{step * 0.8:.2f}" '
        f'height="{max(abs(frame.y(value) - frame.y(0)), 0.6):.1f}"/>'
        for index, value in enumerate(values)
    )
    return _svg(frame.grid(x_name) + bars, HEIGHT)


@dataclass(frozen=True)
class Band:
    """Money from one group to another, by their numbers; the style is up, other or kept."""

    payer: int
    to: int
    amount: float
    style: str


def flow_chart(groups: Sequence[str], bands: Sequence[Band]) -> str:
    """Who pays whom: payers left, receivers right, bands as thick as the money between them."""
    total = sum(band.amount for band in bands) or 1.0
    drawn = sorted((band for band in bands if band.amount / total >= FLOW_MIN), key=lambda b: (b.payer, b.to, b.style))
    columns = [
        _Column([(getattr(band, side), band.amount) for band in drawn], FLOW_HEIGHT / total) for side in ("payer", "to")
    ]
    left, right = FLOW_NAMES, WIDTH - FLOW_NAMES
    parts: list[str] = []
    for band in drawn:
        y1, y2 = columns[0].next(band.payer, band.amount), columns[1].next(band.to, band.amount)
        width = max(columns[0].scale * band.amount, 0.8)
        parts.append(
            f'<path class="flow {band.style}" stroke-width="{width:.1f}" '
            f'd="M{left},{y1:.1f} C{WIDTH / 2},{y1:.1f} {WIDTH / 2},{y2:.1f} {right},{y2:.1f}"/>'
        )
    for column, x, anchor in ((columns[0], left - 6, "end"), (columns[1], right + 6, "start")):
        for group, amount in column.sums.items():
            y = column.starts[group] + max(amount * column.scale / 2, 5)
            parts.append(both_svg(x, y - 1, groups[group], anchor, "name"))
            parts.append(f'<text x="{x}" y="{y + 11:.1f}" text-anchor="{anchor}">{short(amount)}</text>')
    styles = {band.style for band in drawn}
    key = [entry for entry in FLOW_KEY if entry[0] in styles]
    return _svg("".join(parts), max(column.end for column in columns)) + legend(key)


class _Column:
    """One side of the flow chart: where each group's block starts, and where its next band goes."""

    def __init__(self, bands: Sequence[tuple[int, float]], scale: float) -> None:
        groups = sorted({group for group, _ in bands})
        self.sums = {group: sum(amount for at, amount in bands if at == group) for group in groups}
        self.scale, self.starts, self.end = scale, dict[int, float](), 10.0
        for group, amount in self.sums.items():
            self.starts[group] = self.end
            self.end += max(amount * scale + 8, FLOW_LINE)
        self._next = dict(self.starts)

    def next(self, group: int, amount: float) -> float:
        """The middle of the group's next band."""
        middle = self._next[group] + amount * self.scale / 2
        self._next[group] += amount * self.scale
        return middle


def legend(entries: Sequence[tuple[str, str]]) -> str:
    """What the colours mean."""
    items = "".join(f'<li><i class="{style}"></i>{both(name)}</li>' for style, name in entries)
    return f'<ul class="legend">{items}</ul>'


def _path(frame: Frame, points: Sequence[tuple[float, float | None]]) -> str:
    parts: list[str] = []
    pen_up = True
    for x, y in points:
        if y is None:
            pen_up = True
            continue
        parts.append(f"{'M' if pen_up else 'L'}{frame.x(x):.1f},{frame.y(y):.1f}")
        pen_up = False
    return "".join(parts)


def _svg(inside: str, height: float) -> str:
    return f'<svg viewBox="0 0 {WIDTH} {height:.0f}" aria-hidden="true">{inside}</svg>'
