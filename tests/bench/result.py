"""What was measured, against what, and whether it is enough."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

from rich import box
from rich.table import Table


@dataclass(frozen=True)
class Runs:
    """Repeated measurements of one thing, in the order of the rounds that they were taken in."""

    name: str
    values: Sequence[float]

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def spread(self) -> float:
        """Largest less smallest value, in parts of the median."""
        return (max(self.values) - min(self.values)) / self.median


@dataclass(frozen=True)
class Result:
    """One bar. It is set on `ratio`, figure ÷ yardstick, where there is a yardstick, else on the figure itself.

    The ratio is the median of the rounds' own ratios: both sides of each were measured within seconds of each
    other, so that a slow minute of the machine slows both.
    """

    group: str
    name: str
    unit: str
    runs: Runs
    yardstick: Runs | None = None
    at_least: float | None = None
    at_most: float | None = None
    others: Sequence[Runs] = field(default_factory=tuple)
    """What else was measured on the way: the yardsticks that were not the best, say."""

    @property
    def ratio(self) -> float | None:
        if self.yardstick is None:
            return None
        return median(ours / theirs for ours, theirs in zip(self.runs.values, self.yardstick.values, strict=True))

    @property
    def bar(self) -> str:
        unit = f" {self.unit}" if self.yardstick is None else " ×"
        if self.at_least is not None:
            return f"≥ {self.at_least:g}{unit}"
        return "" if self.at_most is None else f"≤ {self.at_most:g}{unit}"

    @property
    def met(self) -> bool:
        measured = self.runs.median if self.ratio is None else self.ratio
        above = self.at_least is None or measured >= self.at_least
        return above and (self.at_most is None or measured <= self.at_most)


def as_table(results: Sequence[Result]) -> Table:
    """All bars, for a terminal."""
    table = Table(box=box.SIMPLE_HEAD, caption="medians; ± is half the distance between the extremes")
    table.add_column("bar")
    for column in ("figure", "±", "yardstick", "±", "ratio", "asked"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("met", justify="center")
    for result in results:
        beside = (
            ("", "") if result.yardstick is None else (f"{_text(result.yardstick.median)}", _half(result.yardstick))
        )
        named = (
            result.name if result.yardstick is None else f"{result.name}\n[dim]against {result.yardstick.name}[/dim]"
        )
        table.add_row(
            named,
            f"{_text(result.runs.median)} {result.unit}",
            _half(result.runs),
            *beside,
            "" if result.ratio is None else f"{result.ratio:.2f}",
            result.bar,
            "[green]yes[/green]" if result.met else "[red]no[/red]",
        )
    return table


def as_json(results: Sequence[Result]) -> list[dict[str, Any]]:
    """The same for a machine, with each single measurement."""
    return [
        {**asdict(result), "median": result.runs.median, "ratio": result.ratio, "bar": result.bar, "met": result.met}
        for result in results
    ]


def _half(runs: Runs) -> str:
    return f"{runs.spread * 50:.0f} %"


def _text(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
