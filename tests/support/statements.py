"""What every statement of a closed window must satisfy, for everybody in the book."""

from fractions import Fraction

from settlement.clearing import ClosedWindow, Statement, StatementLine, moves_behind, statement_of
from settlement.ledger import Book, Session


def check_statements(book: Book, session: Session, window: ClosedWindow) -> list[Statement]:
    """Every level of every statement adds up to the one above it, exactly and as shown; all nets add up to zero."""
    with book.database.engine.connect() as connection:
        shown = [statement_of(book, connection, session, ref, window.opens_at) for ref in book.config(session).by_ref]
        for one in shown:
            _check_levels(one, window)
            for section in one.sections:
                for line in section.lines:
                    moves = moves_behind(book, connection, session, one, line)
                    assert len(moves) == line.moves
                    assert sum(move.points for move in moves) == line.points
                    assert sum((move.exact for move in moves), Fraction(0)) == line.exact
                    assert sum(move.minor for move in moves) == line.minor
                    assert all(abs(move.minor - move.exact) < 1 for move in moves)
    assert sum(one.net for one in shown) == 0
    assert sum((section.exact for one in shown for section in one.sections), Fraction(0)) == 0
    assert {one.participant: one.net for one in shown if one.net} == window.nets
    return shown


def _check_levels(one: Statement, window: ClosedWindow) -> None:
    assert one.net == sum(section.minor for section in one.sections)
    assert one.carried_over == window.carried_over.get(one.participant, 0)
    assert one.kept_in_deposit == window.kept.get(one.participant, 0)
    assert one.balance == one.carried_over + one.net - one.kept_in_deposit
    for section in one.sections:
        assert section.minor == sum(line.minor for line in section.lines)
        assert section.exact == sum((line.exact for line in section.lines), Fraction(0))
        assert section.points == sum(line.points for line in section.lines)
        assert abs(section.minor - section.exact) < 1
        assert all(abs(line.minor - line.exact) < 1 for line in section.lines)
        assert all(line.kind == section.kind for line in section.lines)


def line_of(shown: Statement, kind: str, counterpart: str = "") -> StatementLine:
    """The one line of a statement of this kind with this counterpart."""
    (found,) = [
        line
        for section in shown.sections
        for line in section.lines
        if (line.kind, line.counterpart) == (kind, counterpart)
    ]
    return found
