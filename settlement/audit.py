"""What must be true of a book, checked on the live one from its moves alone.

Each check recomputes something that the poster keeps as it goes (balances, outstanding points, tallies, closed
windows, seals) from the moves, and compares. A check that fails says what differs and where; nothing is mended.
The book may be posted to meanwhile: all checks read one snapshot.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import text

from settlement.amounts import Minor
from settlement.clearing.auditor import Auditor, CheckResult
from settlement.clearing.windows import nets_of, window_document
from settlement.ledger.accounts import NEVER_NEGATIVE, NEVER_POSITIVE, AccountKind
from settlement.ledger.book import FOREVER_AGO, Book
from settlement.ledger.chain import GENESIS, move_lines, posting_lines, seal
from settlement.ledger.decide import PostingRow
from settlement.ledger.load import MOVE_COLUMNS
from settlement.ledger.moves import HOLD, TRANSFER, Move
from settlement.ledger.session import Session
from settlement.ledger.tallies import EXPIRED, ISSUED, REDEEMED_HERE, REDEEMED_OWN, TALLY_COLUMNS, Tally, TallyKey
from settlement.payments.checks import PAYMENT_CHECKS
from settlement.terms import Funding

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """One thing that must hold: how many facts were looked at, and the differences found (none is good)."""

    name: str
    examined: int
    differences: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether it holds."""
        return not self.differences


@dataclass(frozen=True, slots=True)
class Audit:
    """All checks of a book, in the order in which they were made."""

    checks: tuple[AuditCheck, ...]

    @property
    def ok(self) -> bool:
        """Whether all of them hold."""
        return all(check.ok for check in self.checks)


def audit_book(book: Book, session: Session, progress: Callable[[str], None] = lambda _: None) -> Audit:
    """Check the whole book; `progress` hears the name of each check as it begins. Raises DatabaseUnusable."""
    checks = []
    with book.database.snapshot() as connection:
        # Only now, so that it knows every shop and all terms that the snapshot may speak of.
        config = book.config(session)
        auditor = Auditor(book, connection, config)
        for name, check in CHECKS.items():
            progress(name)
            try:
                examined, differences = check(auditor)
            except (LookupError, ValueError, ArithmeticError) as error:
                examined, differences = 0, [f"rows make no sense together ({type(error).__name__}: {error})"]
            checks.append(AuditCheck(name, examined, tuple(differences)))
    return Audit(tuple(checks))


def check_header(auditor: Auditor) -> CheckResult:
    """The book's own row goes on where its postings, accounts, batches and closed windows end."""
    ends = "".join(
        f", (SELECT COALESCE(MAX({column}), {least}) FROM {table} WHERE alliance_id = :alliance_id)"
        for table, column, least in (
            ("postings", "id + 1", 1),
            ("accounts", "id + 1", 1),
            ("batches", "id + 1", 1),
            ("windows", "closes_at", FOREVER_AGO),
        )
    )
    columns = ("next_posting", "next_account", "next_batch", "closed_until")
    row = auditor.rows(f"SELECT {', '.join(columns)} {ends} FROM books WHERE alliance_id = :alliance_id")[0]
    return len(columns), [
        f"{column} is {kept}, the rows say {end}"
        for column, kept, end in zip(columns, row[:4], row[4:], strict=True)
        if kept != end
    ]


def check_sums(auditor: Auditor) -> CheckResult:
    """Balances sum to zero, points and money each by themselves."""
    rows = auditor.rows(
        f"SELECT kind >= {AccountKind.CLEARING:d}, CAST(SUM(balance) AS BIGINT), COUNT(*) FROM accounts "
        f"WHERE alliance_id = :alliance_id GROUP BY kind >= {AccountKind.CLEARING:d}"
    )
    units = ("points", "minor units of money")
    return sum(row[2] for row in rows), [
        f"{units[bool(money)]} sum to {total}, not to zero" for money, total, _ in rows if total
    ]


def check_balances(auditor: Auditor) -> CheckResult:
    """Each balance is what the account's moves add up to, and each move names two accounts of the book."""
    rows = auditor.rows(
        "SELECT id, CAST(SUM(balance) AS BIGINT), CAST(SUM(moved) AS BIGINT) FROM ("
        "SELECT id, balance, 0 AS moved, 1 AS there FROM accounts WHERE alliance_id = :alliance_id UNION ALL "
        "SELECT credit, 0, amount, 0 FROM moves WHERE alliance_id = :alliance_id UNION ALL "
        "SELECT debit, 0, -amount, 0 FROM moves WHERE alliance_id = :alliance_id) AS sides "
        "GROUP BY id HAVING SUM(balance) <> SUM(moved) OR SUM(there) <> 1 ORDER BY id"
    )
    return auditor.count("accounts"), [
        f"account {id_} stands at {balance}, its moves add up to {moved}" for id_, balance, moved in rows
    ]


def check_signs(auditor: Auditor) -> CheckResult:
    """No account stands on the side that its kind forbids."""
    rows = auditor.rows(
        "SELECT id, kind, balance FROM accounts WHERE alliance_id = :alliance_id AND "
        f"((balance < 0 AND kind IN ({_list(NEVER_NEGATIVE)})) OR (balance > 0 AND kind IN ({_list(NEVER_POSITIVE)})))"
    )
    return auditor.count("accounts"), [
        f"account {id_} ({AccountKind(kind).name.lower()}) stands at {balance}" for id_, kind, balance in rows
    ]


def check_outstanding(auditor: Auditor) -> CheckResult:
    """Each shop's outstanding points are what members hold of them, under each set of terms."""
    held: dict[tuple[int, ...], int] = defaultdict(int)
    for shop, terms_id, points in auditor.rows(
        "SELECT issuer, terms_id, CAST(SUM(balance) AS BIGINT) FROM accounts WHERE alliance_id = :alliance_id "
        f"AND kind IN ({AccountKind.LOT:d}, {AccountKind.HELD:d}) GROUP BY issuer, terms_id"
    ):
        held[shop, terms_id] = points
    kept: dict[tuple[int, ...], int] = defaultdict(int)
    for shop, terms_id, points in auditor.rows(
        "SELECT shop, terms_id, points FROM outstanding WHERE alliance_id = :alliance_id"
    ):
        kept[shop, terms_id] = points
    keys = sorted({*held, *kept})
    return len(keys), [
        f"shop {auditor.config.by_id[shop].ref}: {kept[shop, terms_id]} points outstanding, members hold "
        f"{held[shop, terms_id]}"
        for shop, terms_id in keys
        if kept[shop, terms_id] != held[shop, terms_id]
    ]


def check_backing(auditor: Auditor) -> CheckResult:
    """Under on_issue what the pool was paid and has not paid out is exactly what members hold.

    Under on_redemption nothing is paid in advance: a point is backed by its issuer, within its limit.
    """
    on_issue = {terms.id for terms in auditor.config.terms if terms.funding is Funding.ON_ISSUE}
    pool: dict[int, int] = defaultdict(int)
    for tallies in auditor.tallies().values():
        for key, tally in tallies:
            if key.terms_id in on_issue:
                pool[key.terms_id] += tally[ISSUED] - tally[REDEEMED_OWN] - tally[REDEEMED_HERE] - tally[EXPIRED]
    rows = auditor.rows(
        "SELECT terms_id, CAST(SUM(balance) AS BIGINT) FROM accounts WHERE alliance_id = :alliance_id "
        f"AND kind IN ({AccountKind.LOT:d}, {AccountKind.HELD:d}) GROUP BY terms_id"
    )
    held = {**dict.fromkeys(on_issue, 0), **{row[0]: row[1] for row in rows}}
    return len(on_issue), [
        f"under terms {terms_id} the pool backs {pool[terms_id]} points, members hold {held[terms_id]}"
        for terms_id in sorted(on_issue)
        if pool[terms_id] != held[terms_id]
    ]


def check_tallies(auditor: Auditor) -> CheckResult:
    """Each window's tallies are what its moves count up to."""
    kept: dict[int, list[tuple[TallyKey, Tally]]] = defaultdict(list)
    for window_id, shop, terms_id, *tally in auditor.rows(
        f"SELECT window_id, shop, terms_id, {', '.join(TALLY_COLUMNS)} FROM tallies WHERE alliance_id = :alliance_id"
    ):
        if any(tally):
            kept[window_id].append((TallyKey(shop, terms_id), list(tally)))
    counted = {window_id: tallies for window_id, tallies in auditor.tallies().items() if tallies}
    return len(counted), [
        f"window {window_id}: tallies differ from its moves"
        for window_id in sorted({*kept, *counted})
        if sorted(kept[window_id]) != counted.get(window_id)
    ]


def check_windows(auditor: Auditor) -> CheckResult:
    """Each closed window, closed anew from its moves, gives the stored document byte for byte."""
    settled = Reader(_settlement_moves(auditor))
    balance: dict[str, int] = defaultdict(int)
    kept = _kept_in_deposits(auditor)
    differences: list[str] = []
    closes = auditor.connection.execute(
        text(
            "SELECT w.id, w.closes_at, w.posting_id, w.document, w.closed_at = p.recorded_at "
            "FROM windows AS w LEFT JOIN postings AS p ON p.alliance_id = w.alliance_id AND p.id = w.posting_id "
            "AND p.key = 'close:' || w.id WHERE w.alliance_id = :alliance_id ORDER BY w.id"
        ),
        {"alliance_id": auditor.book.alliance_id},
    ).all()
    for window_id, closes_at, posting_id, document, posted in closes:
        if not posted:
            differences.append(f"window {window_id}: posting {posting_id} is not the one that closed it")
        for _, id_, minor in settled.until(lambda move, own=posting_id: move[0] < own):  # type: ignore[misc]
            balance[auditor.config.by_id[id_].ref] += minor
        tallies = auditor.tallies().get(window_id, [])
        again = window_document(
            auditor.book.settings,
            auditor.config,
            (window_id, closes_at),
            tallies,
            nets_of(auditor.config, tallies),
            {who: Minor(minor) for who, minor in balance.items() if minor},
            {auditor.config.by_id[id_].ref: Minor(minor) for id_, minor in kept[posting_id]},
        )
        if again != document:
            differences.append(f"window {window_id}: closing it again gives another document")
    return len(closes), differences


def check_chain(auditor: Auditor) -> CheckResult:
    """Each batch's seal is the hash of the seal before it and of the rows it wrote; no posting is missing."""
    batches = auditor.connection.execute(
        text("SELECT id, first_posting, last_posting, chain FROM batches WHERE alliance_id = :alliance_id ORDER BY id"),
        {"alliance_id": auditor.book.alliance_id},
    ).all()
    postings = Reader(
        PostingRow(*row)  # type: ignore[arg-type]
        for row in auditor.stream(
            "SELECT alliance_id, id, key, content, occurred_at, recorded_at, window_id, late_for, refers_to, refusal, "
            "reference "
            "FROM postings WHERE alliance_id = :alliance_id ORDER BY id"
        )
    )
    moves = Reader(
        Move(*row)
        for row in auditor.stream(
            f"SELECT {MOVE_COLUMNS} FROM moves WHERE alliance_id = :alliance_id ORDER BY posting_id, line"
        )
    )
    differences = []
    chain, expected = GENESIS, 1
    for number, (id_, first, last, sealed) in enumerate(batches, start=1):
        rows = postings.until(lambda row, last=last: row.id <= last)  # type: ignore[misc]
        theirs = moves.until(lambda move, last=last: move.posting_id <= last)  # type: ignore[misc]
        if id_ != number or first != expected or [row.id for row in rows] != list(range(first, last + 1)):
            differences.append(f"batch {id_}: postings {first} to {last} are not all there")
        chain = seal(chain, posting_lines(rows), move_lines(theirs))
        if chain != bytes(sealed):
            differences.append(f"batch {id_} (postings {first} to {last}): its rows do not match its seal")
            chain = bytes(sealed)
        expected = last + 1
    header = auditor.connection.execute(
        text("SELECT chain FROM books WHERE alliance_id = :alliance_id"), {"alliance_id": auditor.book.alliance_id}
    ).scalar_one()
    if bytes(header) != chain or postings.left() or moves.left():
        differences.append("the book's seal is not that of its last batch, or rows lie outside all batches")
    return len(batches), differences


def check_holds(auditor: Auditor) -> CheckResult:
    """A hold is open until a posting refers to it, and what is locked is what the open holds have locked."""
    resolved = auditor.rows(
        "SELECT h.posting_id, h.resolved_by, p.id FROM holds AS h LEFT JOIN postings AS p "
        "ON p.alliance_id = h.alliance_id AND p.refers_to = h.posting_id AND p.refusal IS NULL "
        "WHERE h.alliance_id = :alliance_id AND COALESCE(h.resolved_by, 0) <> COALESCE(p.id, 0) ORDER BY h.posting_id"
    )
    differences = [f"hold {hold} counts as resolved by {kept}, the postings say {by}" for hold, kept, by in resolved]
    locked = auditor.rows(
        "SELECT CAST(COALESCE(SUM(m.amount), 0) AS BIGINT), COUNT(DISTINCT h.posting_id) FROM holds AS h "
        "JOIN postings AS p ON p.alliance_id = h.alliance_id AND p.id = h.posting_id "
        "JOIN moves AS m ON m.alliance_id = h.alliance_id AND m.window_id = p.window_id "
        f"AND m.posting_id = h.posting_id AND m.kind = {HOLD:d} "
        "WHERE h.alliance_id = :alliance_id AND h.resolved_by IS NULL"
    )
    held = auditor.rows(
        "SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM accounts "
        f"WHERE alliance_id = :alliance_id AND kind = {AccountKind.HELD:d}"
    )
    if locked[0][0] != held[0][0]:
        differences.append(f"open holds locked {locked[0][0]} points, {held[0][0]} are locked")
    return auditor.count("holds"), differences


CHECKS: dict[str, Callable[[Auditor], CheckResult]] = {
    "header": check_header,
    "sums_are_zero": check_sums,
    "balances_from_moves": check_balances,
    "signs": check_signs,
    "outstanding_points": check_outstanding,
    "backing": check_backing,
    "holds": check_holds,
    "tallies_from_moves": check_tallies,
    "windows_closed_again": check_windows,
    "hash_chain": check_chain,
    **PAYMENT_CHECKS,
}


class Reader(Generic[T]):
    """Reads an ordered stream of rows a batch at a time."""

    def __init__(self, rows: Iterable[T]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def until(self, belongs: Callable[[T], bool]) -> list[T]:
        """The next rows for as long as they belong."""
        found = []
        while self._next is not None and belongs(self._next):
            found.append(self._next)
            self._next = next(self._rows, None)
        return found

    def left(self) -> bool:
        """Whether there are more."""
        return self._next is not None


def _list(kinds: Iterable[AccountKind]) -> str:
    return ", ".join(str(int(kind)) for kind in sorted(kinds))


def _settlement_moves(auditor: Auditor) -> list[tuple[int, ...]]:
    """(posting, participant, minor units) of every change to what participants are owed, in order."""
    sides = " UNION ALL ".join(
        f"SELECT m.posting_id, a.issuer, {sign}m.amount FROM moves AS m "
        f"JOIN accounts AS a ON a.alliance_id = m.alliance_id AND a.id = m.{side} "
        f"AND a.kind = {AccountKind.SETTLEMENT:d} "
        f"WHERE m.alliance_id = :alliance_id AND m.kind IN ({TRANSFER:d}, {-TRANSFER:d})"
        for side, sign in (("credit", ""), ("debit", "-"))
    )
    return sorted(auditor.rows(sides))


def _kept_in_deposits(auditor: Auditor) -> dict[int, list[tuple[int, int]]]:
    """(participant, minor units) that each close put into deposits, by its posting."""
    kept: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for posting_id, participant, minor in auditor.rows(
        "SELECT m.posting_id, d.issuer, m.amount FROM windows AS w "
        "JOIN postings AS p ON p.alliance_id = w.alliance_id AND p.id = w.posting_id "
        "JOIN moves AS m ON m.alliance_id = w.alliance_id AND m.window_id = p.window_id AND m.posting_id = p.id "
        f"JOIN accounts AS d ON d.alliance_id = m.alliance_id AND d.id = m.debit "
        f"AND d.kind = {AccountKind.SETTLEMENT:d} "
        f"JOIN accounts AS c ON c.alliance_id = m.alliance_id AND c.id = m.credit AND c.kind = {AccountKind.DEPOSIT:d} "
        "WHERE w.alliance_id = :alliance_id"
    ):
        kept[posting_id].append((participant, minor))
    return kept
