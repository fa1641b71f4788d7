"""Lines of a purchase, and what each of them earned. Pure rules."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from settlement import Minor, apportion


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One line of a sale: `ref` is the till's name for it, `amount_minor` what it costs in all.

    A coupon or a deposit that is paid back costs less than zero. `spends` says whether points may pay for it.
    """

    ref: str
    amount_minor: int
    earns: bool = True
    spends: bool = True


@dataclass(frozen=True, slots=True)
class EarnedLine:
    """A line, and its share of the points earned."""

    line: SaleLine
    points: int


def earning_part(amount_minor: int, lines: Sequence[SaleLine]) -> int:
    """The part of an amount that can earn, in minor units: all of it where there are no lines."""
    if not lines:
        return amount_minor
    return min(max(0, sum(line.amount_minor for line in lines if line.earns)), amount_minor)


def payable_part(amount_minor: int, lines: Sequence[SaleLine]) -> int:
    """The part of an amount that points may pay for, in minor units: all of it where there are no lines."""
    return min(max(0, amount_minor - sum(line.amount_minor for line in lines if not line.spends)), amount_minor)


def encode_lines(lines: Sequence[SaleLine]) -> str:
    """Lines as the content of a posting keeps them."""
    # What most lines are is left out: what was stored before there was another kind is still the same request.
    stored = [[line.ref, line.amount_minor, int(line.earns), *([] if line.spends else [0])] for line in lines]
    return json.dumps(stored, ensure_ascii=False, separators=(",", ":"))


def decode_lines(text: str) -> list[SaleLine]:
    """The lines that `encode_lines` wrote."""
    return [
        SaleLine(ref, amount_minor, bool(earns), not spends or bool(spends[0]))
        for ref, amount_minor, earns, *spends in json.loads(text)
    ]


def earned_lines(lines: Sequence[SaleLine], earned: int) -> list[EarnedLine]:
    """Each line with its share of the points earned."""
    return [EarnedLine(line, points) for line, points in zip(lines, earned_by_line(lines, earned), strict=True)]


def earned_by_line(lines: Sequence[SaleLine], earned: int) -> list[int]:
    """Points earned, shared out over the lines that earn in proportion to their amounts, by largest remainder.

    The share of a line below zero is below zero, and the others' are the greater. Where the lines that earn come to
    nothing or less, nothing was earned.
    """
    whole = sum(line.amount_minor for line in lines if line.earns)
    if whole <= 0:
        return [0] * len(lines)
    exact = {
        f"{number:06d}": Fraction(earned * line.amount_minor, whole) for number, line in enumerate(lines) if line.earns
    }
    shares = apportion(Minor(earned), exact)
    return [int(shares.get(f"{number:06d}", 0)) for number in range(len(lines))]
