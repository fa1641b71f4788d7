"""The journal of the money book: what was posted in a period, as debits and credits, tied to the balances.

An entry is a posting that moved money; its date is when it was recorded, so a period that was exported once is the
same for ever, whatever comes late. In the book a balance is credits less debits, as here.

Points have meaning in money when a window closes: then each participant's net is an entry's line. The clearing house
stands between them and is zero in every entry, so it is left out; the operator's net is told apart by where it came
from (fees, points that expired), as its statement does.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import Connection, text

from settlement.clearing.statements import statement_of
from settlement.errors import BookCorrupt
from settlement.ledger.accounts import OPERATOR, AccountKind, describe_account
from settlement.ledger.accounts import AccountName as Name
from settlement.ledger.book import Book
from settlement.ledger.moves import TRANSFER
from settlement.ledger.session import Session
from settlement.sentences import Phrase

CLOSE = "close:"
"""How the key of a window's close begins; the window's opening follows."""


class MoneyAccount(NamedTuple):
    """An account of the money book: its kind, and who or what it is of."""

    kind: AccountKind
    owner: str


class JournalLine(NamedTuple):
    """A debit (above zero) or a credit (below zero) of an account, in minor units. `of` says what a part of the
    operator's net came from (a LineKind of its statement), else it is empty."""

    account: MoneyAccount
    debit_minor: int
    of: str = ""


class JournalEntry(NamedTuple):
    """One posting: its id, when it was recorded (microseconds since 1970 UTC), its key. Its lines sum to zero."""

    posting_id: int
    at: int
    key: str
    lines: tuple[JournalLine, ...]


Balances = Mapping[MoneyAccount, int]


@dataclass(frozen=True, slots=True)
class Journal:
    """A period's entries, oldest first, and balances (credits less debits) before and after it, zeros left out."""

    opening: Balances
    entries: tuple[JournalEntry, ...]
    closing: Balances


class _Move(NamedTuple):
    posting_id: int
    at: int
    key: str
    debit: MoneyAccount
    credit: MoneyAccount
    minor: int


def journal_of(book: Book, session: Session, since: int, until: int) -> Journal:
    """What was recorded from `since` to before `until`.

    Raises BookCorrupt where an entry does not balance, or where what the period begins with and its entries do not
    come to what the book's balances say of its end.
    """
    with book.database.snapshot() as connection:
        accounts = _accounts(book, connection)
        before = _sums(_moves(book, connection, accounts, "p.recorded_at < :since", since, until))
        after = _sums(_moves(book, connection, accounts, "p.recorded_at >= :until", since, until))
        stored: dict[MoneyAccount, int] = defaultdict(int)
        for account, balance in accounts.values():
            stored[account] += balance
        within = "p.recorded_at >= :since AND p.recorded_at < :until"
        period = list(_moves(book, connection, accounts, within, since, until))
        entries = tuple(_entries(book, connection, session, period))
    closing = _less(stored, after)
    moved = {account: -debits for account, debits in _debits(entries).items()}
    _tie(_plus(before, moved), closing)
    return Journal(_without_zeros(before), entries, _without_zeros(closing))


def _accounts(book: Book, connection: Connection) -> dict[int, tuple[MoneyAccount, int]]:
    """Money accounts with their balances, by id."""
    rows = connection.execute(
        text("SELECT id, kind, owner, balance FROM accounts WHERE alliance_id = :alliance AND kind >= :money"),
        {"alliance": book.alliance_id, "money": int(AccountKind.CLEARING)},
    )
    return {id_: (MoneyAccount(AccountKind(kind), owner), balance) for id_, kind, owner, balance in rows}


def _moves(
    book: Book,
    connection: Connection,
    accounts: Mapping[int, tuple[MoneyAccount, int]],
    when: str,
    since: int,
    until: int,
) -> Iterator[_Move]:
    rows = connection.execute(
        text(
            "SELECT p.id, p.recorded_at, p.key, m.debit, m.credit, m.amount FROM moves AS m "
            "JOIN postings AS p ON p.alliance_id = m.alliance_id AND p.id = m.posting_id "
            f"WHERE m.alliance_id = :alliance AND m.kind IN ({TRANSFER:d}, {-TRANSFER:d}) AND {when} "
            "ORDER BY m.posting_id, m.line"
        ),
        {"alliance": book.alliance_id, "since": since, "until": until},
    )
    for posting_id, at, key, debit, credit, minor in rows:
        yield _Move(posting_id, at, key, accounts[debit][0], accounts[credit][0], minor)


def _sums(moves: Iterable[_Move]) -> dict[MoneyAccount, int]:
    """Credits less debits by account."""
    sums: dict[MoneyAccount, int] = defaultdict(int)
    for move in moves:
        sums[move.debit] -= move.minor
        sums[move.credit] += move.minor
    return sums


def _entries(book: Book, connection: Connection, session: Session, moves: Iterable[_Move]) -> Iterator[JournalEntry]:
    by_posting: dict[int, list[_Move]] = defaultdict(list)
    for move in moves:
        by_posting[move.posting_id].append(move)
    for posting_id, of_it in by_posting.items():
        lines = [line for move in of_it for line in _lines(book, connection, session, move)]
        passing = sum(line.debit_minor for line in lines if line.account.kind is AccountKind.CLEARING)
        if passing or sum(line.debit_minor for line in lines):
            raise BookCorrupt(
                Phrase(
                    "posting {posting} ({key}) does not balance in the money book; run an audit",
                    posting=posting_id,
                    key=of_it[0].key,
                )
            )
        visible = tuple(line for line in lines if line.account.kind is not AccountKind.CLEARING)
        if visible:
            yield JournalEntry(posting_id, of_it[0].at, of_it[0].key, visible)


def _lines(book: Book, connection: Connection, session: Session, move: _Move) -> list[JournalLine]:
    """A debit and a credit; the operator's net of a close in its parts."""
    plain = [JournalLine(move.debit, move.minor), JournalLine(move.credit, -move.minor)]
    operators = MoneyAccount(AccountKind.SETTLEMENT, OPERATOR)
    closes = move.key.startswith(CLOSE) and AccountKind.CLEARING in (move.debit.kind, move.credit.kind)
    if not closes or operators not in (move.debit, move.credit):
        return plain
    window = int(move.key.removeprefix(CLOSE))
    parts = statement_of(book, connection, session, OPERATOR, window).sections
    rest = [line for line in plain if line.account != operators]
    return rest + [JournalLine(operators, -part.minor, part.kind) for part in parts if part.minor]


def _debits(entries: Iterable[JournalEntry]) -> dict[MoneyAccount, int]:
    debits: dict[MoneyAccount, int] = defaultdict(int)
    for entry in entries:
        for line in entry.lines:
            debits[line.account] += line.debit_minor
    return debits


def _tie(reached: Balances, stored: Balances) -> None:
    for account in sorted({*reached, *stored}):
        if reached.get(account, 0) != stored.get(account, 0):
            name = describe_account(Name(account.kind, account.owner))
            raise BookCorrupt(
                Phrase(
                    "{account} stands at {stored:money} at the period's end, "
                    "and its entries come to {reached:money}; run an audit",
                    account=name,
                    stored=stored.get(account, 0),
                    reached=reached.get(account, 0),
                )
            )


def _plus(first: Balances, second: Balances) -> dict[MoneyAccount, int]:
    return {account: first.get(account, 0) + second.get(account, 0) for account in {*first, *second}}


def _less(first: Balances, second: Balances) -> dict[MoneyAccount, int]:
    return {account: first.get(account, 0) - second.get(account, 0) for account in {*first, *second}}


def _without_zeros(balances: Balances) -> dict[MoneyAccount, int]:
    return {account: minor for account, minor in sorted(balances.items()) if minor}
