"""What every statement of a closed window must satisfy, for everybody in the book."""

from fractions import Fraction

from settlement.clearing import ClosedWindow, Statement, StatementLine, moves_behind, statement_of
from settlement.ledger import Book, Session


def check_statements(book: Book, session: Session, window: ClosedWindow) -> list[Statement]:
    """Every level of every statement adds up to the one above it, exactly and as shown; all nets add up to zero."""
    with book.database.engine.connect() as connection:
        statements = [
            statement_of(book, connection, session, ref, window.opens_at) for ref in book.config(session).by_ref
        ]
        for each in statements:
            _check_levels(each, window)
            for section in each.sections:
                for line in section.lines:
                    moves = moves_behind(book, connection, session, each)[line]
                    assert len(moves) == line.moves
                    assert sum(move.points for move in moves) == line.points
                    assert sum((move.exact for move in moves), Fraction(0)) == line.exact
                    assert sum(move.minor for move in moves) == line.minor
                    assert all(abs(move.minor - move.exact) < 1 for move in moves)
    assert sum(each.net for each in statements) == 0
    assert sum((section.exact for each in statements for section in each.sections), Fraction(0)) == 0
    assert {each.participant: each.net for each in statements if each.net} == window.nets
    return statements


def _check_levels(statement: Statement, window: ClosedWindow) -> None:
    assert statement.net == sum(section.minor for section in statement.sections)
    assert statement.carried_over == window.carried_over.get(statement.participant, 0)
    assert statement.kept_in_deposit == window.kept.get(statement.participant, 0)
    assert statement.balance == statement.carried_over + statement.net - statement.kept_in_deposit
    for section in statement.sections:
        assert section.minor == sum(line.minor for line in section.lines)
        assert section.exact == sum((line.exact for line in section.lines), Fraction(0))
        assert section.points == sum(line.points for line in section.lines)
        assert abs(section.minor - section.exact) < 1
        assert all(abs(line.minor - line.exact) < 1 for line in section.lines)
        assert all(line.kind == section.kind for line in section.lines)


def line_of(statement: Statement, kind: str, counterpart: str = "") -> StatementLine:
    """The one line of a statement of this kind with this counterpart."""
    (line,) = [
        line
        for section in statement.sections
        for line in section.lines
        if (line.kind, line.counterpart) == (kind, counterpart)
    ]
    return line
