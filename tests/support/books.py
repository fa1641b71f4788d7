"""Books for tests: a small alliance under plain settings, and what every book must satisfy at all times."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import time
from fractions import Fraction
from itertools import count

from sqlalchemy import Connection, select

from settlement import Cutoff, Terms
from settlement.ledger import (
    FOREVER_AGO,
    AccountKind,
    AccountName,
    Answer,
    Book,
    BookSettings,
    Clock,
    Database,
    Leg,
    LegPlan,
    Participant,
    Posting,
    Session,
    sweep_lots,
)
from settlement.ledger.accounts import NEVER_NEGATIVE, NEVER_POSITIVE
from settlement.ledger.chain import (
    GENESIS,
    BatchLines,
    hold_lines,
    move_lines,
    omission_lines,
    opening_lines,
    posting_lines,
    seal,
    sealed_row_lines,
)
from settlement.ledger.decision import PostingRow
from settlement.ledger.moves import Move
from settlement.ledger.tables import accounts, batches, books, holds, moves, omissions, postings, sealed_rows

SHOPS = ("bakery", "butcher", "cafe", "diner")

SEALED = (postings, moves, batches, books, accounts, holds, omissions, sealed_rows)

_numbers = count(1)


def make_settings(**changes: object) -> BookSettings:
    """Plain settings, in a name that no other book has: euros, weeks from Monday 00:00 in Berlin."""
    plain = {
        "name": f"town {next(_numbers)}",
        "currency": "EUR",
        "minor_digits": 2,
        "timezone": "Europe/Berlin",
        "cutoff": Cutoff("weekly", at=time.min),
    }
    return BookSettings(**{**plain, **changes})


def make_terms(**changes: object) -> Terms:
    """Plain terms: a point is a cent, nobody pays a fee, the issuer pays on redemption."""
    plain = {"id": 1, "effective_at": FOREVER_AGO, "points_per_unit": Fraction(100), "minor_digits": 2}
    return Terms(**{**plain, **changes})


def make_book(
    database: Database,
    clock: Clock,
    settings: BookSettings | None = None,
    terms: Terms | None = None,
    shops: Sequence[str | Participant] = SHOPS,
) -> Book:
    """A book with shops in it, under plain settings and terms where none are given."""
    settings = settings or make_settings()
    terms = terms or make_terms(minor_digits=settings.minor_digits)
    book = Book.create(database, settings, terms, clock)
    book.add_participants(shop if isinstance(shop, Participant) else Participant(0, shop) for shop in shops)
    return book


class BookClient:
    """Posts to a book one request at a time, each under a key of its own unless one is given."""

    def __init__(self, book: Book, session: Session) -> None:
        self.book = book
        self.session = session
        self._keys = count(1)

    def post(self, *legs: Leg | LegPlan, key: str | None = None, at: int | None = None, **content: str | int) -> Answer:
        """Post these legs (or one plan), at the book's own time if none is given; an error is raised."""
        request = Posting(
            key or f"till-{next(self._keys)}",
            self.book.clock() if at is None else at,
            content,
            legs[0] if len(legs) == 1 and callable(legs[0]) else legs,
        )
        (outcome,) = self.book.post([request], self.session)
        if not isinstance(outcome, Answer):
            raise outcome
        return outcome

    def take(self, *legs: Leg | LegPlan, key: str | None = None, at: int | None = None, **content: str | int) -> Answer:
        """The same, where the book must not refuse."""
        answer = self.post(*legs, key=key, at=at, **content)
        assert answer.refusal is None, answer.refusal
        return answer


def balances(book: Book, session: Session) -> dict[AccountName, int]:
    """Every account's balance by name; zeros left out."""
    rows = session.rows(
        "SELECT kind, owner, issuer, expires_on, terms_id, balance FROM accounts "
        "WHERE alliance_id = ? AND balance <> 0",
        book.alliance_id,
    )
    return {AccountName(*name): balance for *name, balance in rows}


def account_ids(book: Book, session: Session) -> dict[AccountName, int]:
    """Every account's id by name."""
    rows = session.rows(
        "SELECT kind, owner, issuer, expires_on, terms_id, id FROM accounts WHERE alliance_id = ?", book.alliance_id
    )
    return {AccountName(*name): id_ for *name, id_ in rows}


def shop_balance(book: Book, session: Session, kind: AccountKind, owner: str) -> int:
    """The sum of an owner's accounts of one kind."""
    return sum(
        balance for name, balance in balances(book, session).items() if name.kind == kind and name.owner == owner
    )


def check_book(book: Book) -> None:
    """What must hold at all times, counted anew from the stored rows; reads nothing that the book keeps in memory."""
    with book.database.engine.connect() as connection:
        _check_balances(book, connection)
        _check_chain(book, connection)


def _check_balances(book: Book, connection: Connection) -> None:
    counted: dict[int, int] = defaultdict(int)
    for debit, credit, amount in connection.execute(
        select(moves.c.debit, moves.c.credit, moves.c.amount).where(moves.c.alliance_id == book.alliance_id)
    ):
        counted[debit] -= amount
        counted[credit] += amount
    rows = connection.execute(
        select(accounts.c.id, accounts.c.kind, accounts.c.balance).where(accounts.c.alliance_id == book.alliance_id)
    ).all()
    stored = {row.id: row.balance for row in rows}
    assert {id_: balance for id_, balance in counted.items() if balance} == {
        id_: balance for id_, balance in stored.items() if balance
    }
    assert counted.keys() <= stored.keys()
    assert sum(stored.values()) == 0
    assert not [row for row in rows if row.kind in NEVER_NEGATIVE and row.balance < 0]
    assert not [row for row in rows if row.kind in NEVER_POSITIVE and row.balance > 0]
    (next_account,) = connection.execute(
        select(books.c.next_account).where(books.c.alliance_id == book.alliance_id)
    ).one()
    assert sorted(stored) == list(range(1, next_account))


def _check_chain(book: Book, connection: Connection) -> None:
    mine = {table: table.c.alliance_id == book.alliance_id for table in SEALED}
    written = connection.execute(select(postings).where(mine[postings]).order_by(postings.c.id)).all()
    moved: dict[int, list[Move]] = defaultdict(list)
    for row in connection.execute(select(moves).where(mine[moves]).order_by(moves.c.posting_id, moves.c.line)):
        moved[row.posting_id].append(Move(*row))
    header = connection.execute(select(books).where(mine[books])).one()
    assert [row.id for row in written] == list(range(1, header.next_posting))
    assert moved.keys() <= {row.id for row in written}
    opened = connection.execute(select(accounts).where(mine[accounts]).order_by(accounts.c.id)).all()
    placed = connection.execute(select(holds).where(mine[holds]).order_by(holds.c.posting_id)).all()
    omitted = connection.execute(select(omissions).where(mine[omissions]).order_by(omissions.c.posting_id)).all()
    rows = connection.execute(select(sealed_rows).where(mine[sealed_rows]).order_by(sealed_rows.c.line)).all()
    chain, first, first_account = GENESIS, 1, 1
    sealed = connection.execute(select(batches).where(mine[batches]).order_by(batches.c.id)).all()
    for number, batch in enumerate(sealed, start=1):
        assert (batch.id, batch.first_posting) == (number, first)
        first = batch.last_posting + 1
        ids = range(batch.first_posting, first)
        others = (
            opening_lines(row[1:] for row in opened if first_account <= row.id < batch.next_account)
            + hold_lines(row[1:3] for row in placed if row.posting_id in ids)
            + omission_lines(row[1:] for row in omitted if row.posting_id in ids)
            + sealed_row_lines(row[2:] for row in rows if row.batch_id == batch.id)
        )
        first_account = batch.next_account
        lines = BatchLines(
            posting_lines([PostingRow(*written[id_ - 1]) for id_ in ids]),
            move_lines(move for id_ in ids for move in moved[id_]),
            others,
        )
        chain = seal(chain, lines)
        assert batch.chain == chain
    assert first_account == header.next_account
    assert (header.next_batch, header.next_posting, header.chain) == (len(sealed) + 1, first, chain)


def expired_lots(book: Book, session: Session, now: int) -> list[Posting]:
    """What a sweep of a small book posts for the lots that are over."""
    return next(sweep_lots(book, session, now), [])
