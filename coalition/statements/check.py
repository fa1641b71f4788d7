"""Before a statement is written: does every level add up to the one above it?"""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from coalition.statements.errors import LevelsDisagree, NoSuchLine
from settlement.clearing import Statement, StatementLine, StatementMove, StatementSection

Drill = Mapping[StatementLine, Sequence[StatementMove]]
"""The moves behind lines of a statement; a line without an entry is not drilled down."""


def check(statement: Statement, moves: Drill) -> None:
    """Every level of a statement adds up to the one above it. Raises LevelsDisagree and NoSuchLine."""
    _equal("statement", "net in minor units", statement.net, sum(section.minor for section in statement.sections))
    for section in statement.sections:
        _check_level(section.kind, section, section.lines)
    lines = set(statement.lines)
    for line, behind in moves.items():
        if line not in lines:
            raise NoSuchLine(line.kind, line.counterpart)
        where = f"{line.kind} {line.counterpart}".rstrip()
        _check_level(where, line, behind)
        _equal(where, "number of moves", line.moves, len(behind))


def _check_level(
    where: str, whole: StatementSection | StatementLine, parts: Sequence[StatementLine] | Sequence[StatementMove]
) -> None:
    _equal(where, "amount in minor units", whole.minor, sum(part.minor for part in parts))
    _equal(where, "number of points", whole.points, sum(part.points for part in parts))
    _equal(where, "exact value in minor units", whole.exact, sum((part.exact for part in parts), Fraction(0)))


def _equal(where: str, figure: str, whole: int | Fraction, parts: int | Fraction) -> None:
    if whole != parts:
        raise LevelsDisagree(where, figure, whole, parts)
