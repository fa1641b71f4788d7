"""The figures that a vendor names, beside what the lab gets for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from coalition.lab.numbers import Exact, number, places
from coalition.lab.parties import Party
from coalition.lab.runner import Result
from coalition.lab.scenario import VendorFigure


@dataclass(frozen=True)
class Comparison:
    """One figure of the vendor's, and the lab's as exactly as the vendor shows it (a dash where there is none)."""

    figure: VendorFigure
    lab: str

    @property
    def equal(self) -> bool:
        """Whether both are the same to the shown digits."""
        return self.lab == self.figure.value


def compare(result: Result) -> list[Comparison]:
    """All figures of a scenario's vendor, in the order of the file."""
    rows = {row["event"]: row for row in result.rows}
    return [Comparison(figure, _lab(figure, result, rows)) for figure in result.scenario.vendor]


def _lab(figure: VendorFigure, result: Result, rows: Mapping[object, Mapping[str, object]]) -> str:
    """What the lab gets. `ends.SHOP` is what a shop is left with: its sales, and what it got, less what it gave."""
    if figure.key.startswith("ends."):
        side = result.verdict.of(Party.shop(figure.key.removeprefix("ends.")))
        return _written_like(side.sold.paid + side.received.total - side.paid, figure.value)
    value: object = rows.get(figure.event)
    for part in figure.key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return "–" if value is None else _written_like(value, figure.value)


def _written_like(value: object, example: str) -> str:
    """A figure with as many decimals as the vendor shows; a text as it is."""
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, Exact | int) or number(example) is None:
        return str(value)
    decimals = -int(Decimal(example).as_tuple().exponent)
    return places(Exact(value), decimals).replace(",", "")
