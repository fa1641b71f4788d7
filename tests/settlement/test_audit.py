"""The audit: it passes a book that has seen everything, and each of its checks sees what was tampered with."""

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from settlement.audit import Audit, all_checks, audit_book, checks
from settlement.audit.checks.payments import CHECKS as PAYMENT_CHECKS
from settlement.clearing import close_due
from settlement.ledger import (
    Book,
    Capture,
    Earn,
    Give,
    Hold,
    MoveKind,
    Participant,
    Poster,
    Posting,
    RefundEarn,
    Session,
    Spend,
)
from settlement.ledger.tables import APPEND_ONLY
from tests.support.books import BookClient, check_book
from tests.support.busy_book import busy_book
from tests.support.clock import DAY, Clock

LATER = 20301231


@pytest.fixture
def town(book: Callable[..., Book], session: Session, clock: Clock) -> Book:
    """A book that has seen every kind of posting."""
    return busy_book(book, session, clock)


def failing(audit: Audit) -> set[str]:
    return {check.name for check in audit.checks if not check.ok}


def test_a_book_that_has_seen_every_kind_of_posting_is_sound(town: Book, session: Session) -> None:
    kinds = {
        kind for (kind,) in session.rows("SELECT DISTINCT kind FROM moves WHERE alliance_id = ?", town.alliance_id)
    }
    taken_back = {
        MoveKind.ISSUE,
        MoveKind.REDEEM,
        MoveKind.HOLD,
        MoveKind.OWE,
        MoveKind.REPAY,
        MoveKind.SET_ASIDE,
        MoveKind.COUNT,
    }
    assert kinds == set(MoveKind) | {-kind for kind in taken_back}
    heard: list[str] = []
    audit = audit_book(town, session, heard.append)
    assert [check.differences for check in audit.checks] == [()] * len(all_checks())
    assert heard == [check.name for check in audit.checks] == list(all_checks())
    assert [check.name for check in audit.checks if not check.examined] == [
        "payment_rows",
        "payment_histories",
        "payment_postings",
        "defaults",
        "bank_line_splits",
    ]
    assert audit.ok
    check_book(town)


def test_a_book_that_nobody_has_posted_to_is_sound(book: Callable[..., Book], session: Session) -> None:
    assert failing(audit_book(book(), session)) == set()


def test_an_audit_looks_at_its_own_book_only(town: Book, book: Callable[..., Book], session: Session) -> None:
    other = book()
    BookClient(other, session).take(Earn("bakery", "ann", 5, LATER))
    tamper(town, [f"UPDATE accounts SET balance = balance + 1 WHERE kind = 2 AND alliance_id = {town.alliance_id}"])
    assert failing(audit_book(town, session)) != set()
    assert failing(audit_book(other, session)) == set()


# -- tampering ----------------------------------------------------------------------------------------------------

# What somebody does who owns the database, and the checks that see it; all others stay green.
OPEN = "(SELECT closed_until FROM books)"
REDEEMED = "(SELECT id FROM accounts WHERE kind = 2 AND owner = 'cafe')"
LOT = "(SELECT MIN(id) FROM accounts WHERE kind = 4 AND owner = 'bob' AND terms_id = {terms})"
ISSUED = "(SELECT id FROM accounts WHERE kind = 1 AND owner = 'corner')"
LAST = "(SELECT MAX(id) FROM postings)"
A_MOVE = f"window_id >= {OPEN} AND kind = 2 AND posting_id = (SELECT MAX(posting_id) FROM moves WHERE kind = 2)"


def printed(terms: int) -> list[str]:
    """Two points too many in a member's lot, with all figures beside it mended that are kept as sums."""
    return [
        f"UPDATE accounts SET balance = balance + 2 WHERE id = {LOT.format(terms=terms)}",
        f"UPDATE accounts SET balance = balance - 2 WHERE id = {ISSUED}",
        "UPDATE outstanding SET points = points + 2 WHERE shop = "
        f"(SELECT issuer FROM accounts WHERE id = {ISSUED}) AND terms_id = {terms}",
    ]


TAMPERINGS: dict[str, tuple[list[str], set[str]]] = {
    "the next posting's number": (["UPDATE books SET next_posting = next_posting + 1"], {"header"}),
    "the next account's number": (["UPDATE books SET next_account = next_account + 1"], {"header", "hash_chain"}),
    "the next batch's number": (["UPDATE books SET next_batch = next_batch + 1"], {"header"}),
    "a window opened again": (["UPDATE books SET closed_until = closed_until - 1"], {"header"}),
    "a balance": (
        [f"UPDATE accounts SET balance = balance + 1 WHERE id = {REDEEMED}"],
        {"sums_are_zero", "balances_from_moves"},
    ),
    "money": (
        ["UPDATE accounts SET balance = balance + 1 WHERE kind = 22"],
        {"sums_are_zero", "balances_from_moves"},
    ),
    "points from one shop to another": (
        [
            f"UPDATE accounts SET balance = balance - 1 WHERE id = {REDEEMED}",
            "UPDATE accounts SET balance = balance + 1 WHERE kind = 2 AND owner = 'corner'",
        ],
        {"balances_from_moves"},
    ),
    "a balance on the side that its kind forbids": (
        [
            f"UPDATE accounts SET balance = balance + (SELECT balance + 1 FROM accounts WHERE id = {REDEEMED}) "
            "WHERE kind = 2 AND owner = 'corner'",
            f"UPDATE accounts SET balance = -1 WHERE id = {REDEEMED}",
        ],
        {"balances_from_moves", "signs"},
    ),
    "points outstanding": (["UPDATE outstanding SET points = points + 1 WHERE terms_id = 1"], {"outstanding_points"}),
    "points set aside": (
        ["UPDATE outstanding SET set_aside = set_aside + 1 WHERE terms_id = 1"],
        {"outstanding_points"},
    ),
    "points printed that their issuer backs": (printed(1), {"balances_from_moves"}),
    "points printed that the pool backs": (printed(2), {"balances_from_moves", "backing"}),
    "a debt paid at another rate": (
        [f"UPDATE moves SET terms_id = 1 WHERE kind = -6 AND terms_id = 2 AND window_id >= {OPEN}"],
        {"account_names", "debts", "hash_chain"},
    ),
    "a hold opened again": (
        ["UPDATE holds SET resolved_by = NULL WHERE posting_id = (SELECT MIN(posting_id) FROM holds)"],
        {"holds"},
    ),
    "a hold ended without a posting": (
        [f"UPDATE holds SET resolved_by = {LAST} WHERE resolved_by IS NULL"],
        {"holds"},
    ),
    "a hold forgotten": (["DELETE FROM holds WHERE resolved_by IS NULL"], {"holds", "hash_chain"}),
    "a sweep of days to come": (["UPDATE lot_sweeps SET swept_on = 20990101"], {"swept_lots"}),
    "a tally of an open window": (
        [f"UPDATE tallies SET issued = issued + 1 WHERE window_id >= {OPEN}"],
        {"tallies_from_moves"},
    ),
    "a tally of a closed window": (
        [f"UPDATE tallies SET redeemed_here = redeemed_here + 1 WHERE window_id < {OPEN}"],
        {"tallies_from_moves"},
    ),
    "when a window was over": (
        ["UPDATE windows SET closes_at = closes_at + 1 WHERE id = (SELECT MIN(id) FROM windows)"],
        {"windows_closed_again", "windows_at_cutoffs"},
    ),
    "a closed window's document": (
        ["UPDATE windows SET document = REPLACE(document, 'EUR', 'USD')"],
        {"windows_closed_again"},
    ),
    "the posting that closed a window": (["UPDATE windows SET posting_id = posting_id - 1"], {"windows_closed_again"}),
    "when a window was closed": (["UPDATE windows SET closed_at = closed_at + 1"], {"windows_closed_again"}),
    "what a posting was for": ([f"UPDATE postings SET content = '' WHERE id = {LAST}"], {"hash_chain"}),
    "when a posting happened": (
        [f"UPDATE postings SET occurred_at = occurred_at + 1 WHERE id = {LAST}"],
        {"hash_chain"},
    ),
    "why a posting was refused": (["UPDATE postings SET refusal = '' WHERE refusal IS NOT NULL"], {"hash_chain"}),
    "a refusal lifted": (["UPDATE postings SET refusal = NULL"], {"hash_chain"}),
    "a seal": (["UPDATE batches SET chain = (SELECT chain FROM books) WHERE id = 3"], {"hash_chain"}),
    "the book's seal": (["UPDATE books SET chain = (SELECT chain FROM batches WHERE id = 3)"], {"hash_chain"}),
    "the last batch undone": (
        ["DELETE FROM batches WHERE id = (SELECT MAX(id) FROM batches)"],
        {"header", "agreement", "hash_chain"},
    ),
    "a refused posting gone": (
        ["DELETE FROM postings WHERE id = (SELECT MIN(id) FROM postings WHERE refusal IS NOT NULL)"],
        {"hash_chain"},
    ),
    "an amount": (
        [f"UPDATE moves SET amount = amount + 1 WHERE {A_MOVE}"],
        {"balances_from_moves", "backing", "tallies_from_moves", "hash_chain"},
    ),
    "a move turned to another shop": (
        [f"UPDATE moves SET shop = (SELECT id FROM participants WHERE ref = 'butcher') WHERE {A_MOVE}"],
        {"account_names", "tallies_from_moves", "hash_chain"},
    ),
    "a move to an account that there is not": (
        [f"UPDATE moves SET credit = 999999 WHERE {A_MOVE}"],
        {"balances_from_moves", "hash_chain"},
    ),
    "an account gone": (
        [f"DELETE FROM accounts WHERE id = {REDEEMED}"],
        {"sums_are_zero", "balances_from_moves", "hash_chain"},
    ),
    "a lot of somebody else's": (
        [f"UPDATE accounts SET owner = 'eve' WHERE id = {LOT.format(terms=1)}"],
        {"hash_chain"},
    ),
    "a lot that lasts longer": (
        ["UPDATE accounts SET expires_on = expires_on + 10000 WHERE kind IN (3, 4) AND owner = 'eve'"],
        {"account_names", "hash_chain"},
    ),
    "a lot of another shop": (
        [
            "UPDATE accounts SET issuer = (SELECT id FROM participants WHERE ref = 'cafe') "
            "WHERE kind = 3 AND owner = 'eve'"
        ],
        {"account_names", "hash_chain"},
    ),
    "a shop's account of another shop": (
        [f"UPDATE accounts SET owner = 'butcher' WHERE id = {REDEEMED} AND issuer <> 0"],
        {"account_names", "hash_chain"},
    ),
    "a count taken back twice": (
        ["UPDATE moves SET amount = amount + 9 WHERE kind = -11"],
        {"balances_from_moves", "counts", "hash_chain"},
    ),
    "a meter of another rule": (
        ["UPDATE accounts SET terms_id = 16 WHERE kind = 9 AND owner = 'bob'"],
        {"account_names", "counts", "hash_chain"},
    ),
    "a meter at a shop": (
        [
            "UPDATE accounts SET issuer = (SELECT id FROM participants WHERE ref = 'cafe') "
            "WHERE kind = 9 AND owner = 'bob'"
        ],
        {"account_names", "hash_chain"},
    ),
    "when a hold lapses": (["UPDATE holds SET lapses_at = lapses_at + 1"], {"hash_chain"}),
    "a limit lifted": (
        ["UPDATE participants SET credit_minor = credit_minor + 1 WHERE ref = 'corner'"],
        {"agreement"},
    ),
    "a shop that may issue again": (["UPDATE participants SET may_issue = NOT may_issue"], {"agreement"}),
    "the book's version": (["UPDATE books SET version = version + 1"], {"agreement"}),
    "the rate of terms under which windows were closed": (
        [
            "UPDATE terms SET points_per_unit = '50' WHERE id = 1",
            "UPDATE books SET config_version = config_version + 1",
        ],
        {"agreement", "windows_closed_again"},
    ),
}


def tamper(town: Book, statements: Sequence[str]) -> None:
    """Change rows past all guards: the append-only triggers, and the checks on a row."""
    with town.database.engine.connect() as connection:
        # SQLite takes a pragma on checks outside of transactions only, and forgets it with the connection.
        if town.database.is_sqlite:
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        else:
            connection.execute(text("ALTER TABLE accounts DROP CONSTRAINT ck_accounts_never_negative"))
        drop_triggers(connection, sqlite=town.database.is_sqlite)
        for statement in statements:
            assert connection.execute(text(statement)).rowcount > 0, statement
        connection.commit()
        connection.invalidate()


def drop_triggers(connection: Connection, *, sqlite: bool) -> None:
    for table in APPEND_ONLY:
        if sqlite:
            for verb in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER {table.name}_no_{verb}"))
        else:
            connection.execute(text(f"DROP TRIGGER {table.name}_append_only ON {table.name}"))


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_is_seen_by_the_checks_that_it_concerns(town: Book, session: Session, what: str) -> None:
    statements, seen = TAMPERINGS[what]
    tamper(town, statements)
    audit = audit_book(town, session)
    assert failing(audit) == seen
    assert not audit.ok
    assert all(difference for check in audit.checks for difference in check.differences)


def test_every_check_has_something_that_only_few_others_see() -> None:
    # Payments are tampered with in tests/settlement/payments/test_reconcile.py.
    # Its rows are tampered with in test_audit_columns.py, lines in tests/settlement/rails/bank/test_by_hand.py.
    for name in all_checks().keys() - PAYMENT_CHECKS.keys() - {"payment_rows", "bank_line_splits"}:
        assert min(len(seen) for _, seen in TAMPERINGS.values() if name in seen) <= 3, name


TOY = """
def check_postings(auditor):
    count = auditor.count("postings")
    return count, [f"there are {count} postings"]

CHECKS = {"no_postings": check_postings}
"""


def test_a_file_in_the_folder_of_checks_is_a_check(
    town: Book, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "toy.py").write_text(TOY)
    monkeypatch.setattr(checks, "__path__", [*checks.__path__, str(tmp_path)])
    try:
        audit = audit_book(town, session)
    finally:
        sys.modules.pop("settlement.audit.checks.toy", None)
    assert audit.checks[-1].name == "no_postings"
    assert audit.checks[-1].differences == (f"there are {audit.checks[-1].examined} postings",)
    assert failing(audit) == {"no_postings"}


# -- while others post --------------------------------------------------------------------------------------------


def test_an_audit_gives_no_false_alarm_while_others_post(town: Book, session: Session, clock: Clock) -> None:
    stop, keys = threading.Event(), count(1)

    def caller(poster: Poster, name: int) -> None:
        def take(*legs: object) -> int:
            answer = poster.post(Posting(f"live-{next(keys)}", clock(), {}, legs))
            assert answer.refusal is None, answer.refusal
            return answer.posting_id

        while not stop.is_set():
            earned = take(Earn("bakery", f"live {name}", 20, LATER))
            hold = take(Hold("cafe", f"live {name}", 10, clock() + 30 * DAY))
            take(Spend("butcher", f"live {name}", 5), Give(f"live {name}", "ann", 1))
            take(Capture(hold, 7))
            take(RefundEarn(earned, 3))

    def manager() -> None:
        number = count(1)
        with closing(town.database.session()) as own:
            while not stop.wait(0.01):
                ref = f"new {next(number)}"
                town.add_participants([Participant(0, ref)])
                town.post([Posting(f"manager-{ref}", clock(), {}, [Earn(ref, "ann", 1, LATER)])], own)
                if ref == "new 5":
                    clock.forward(7 * DAY)
                    close_due(town, own, clock())

    with closing(Poster(town)) as poster, ThreadPoolExecutor(4) as threads:
        working = [*(threads.submit(caller, poster, name) for name in range(3)), threads.submit(manager)]
        before = town.header(session).next_posting
        try:
            results = [audit_book(town, session) for _ in audits(town, session, before)]
        finally:
            stop.set()
        for worker in working:
            worker.result()
    assert {frozenset(failing(audit)) for audit in results} == {frozenset()}
    assert audit_book(town, session).ok
    check_book(town)


def audits(town: Book, session: Session, before: int) -> Iterator[int]:
    """At least five, and as many more as it takes until others have posted two hundred times."""
    for number in count(1):
        yield number
        if number >= 5 and town.header(session).next_posting > before + 200:
            return
