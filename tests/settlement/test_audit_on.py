"""Audits that go on from the last: what they read, what they see of what is new and of what was audited before."""

from collections.abc import Callable
from itertools import count, pairwise
from typing import Any

import pytest
from sqlalchemy import text

from settlement.audit import Checkpoint, all_checks, audit_book, audit_on, read_checkpoint
from settlement.audit import audit as audit_module
from settlement.audit.digests import ROWS_A_DIGEST, Digests
from settlement.clearing import close_due
from settlement.ledger import (
    Book,
    Capture,
    Count,
    CountBack,
    Earn,
    Hold,
    Leg,
    MeterRef,
    PassCounts,
    RefundEarn,
    Session,
    Spend,
)
from tests.settlement.test_audit import TAMPERINGS, failing, tamper
from tests.support.books import BookClient
from tests.support.busy_book import busy_book
from tests.support.clock import DAY, Clock

LATER = 20301231
NUMBERS = count(1)


@pytest.fixture
def town(book: Callable[..., Book], session: Session, clock: Clock) -> Book:
    """A book that has seen every kind of posting."""
    return busy_book(book, session, clock)


def checkpoint(town: Book) -> Checkpoint:
    with town.database.engine.connect() as connection:
        kept = read_checkpoint(connection, town.alliance_id)
    assert kept is not None
    return kept


def trade(town: Book, session: Session, clock: Clock) -> None:
    """A day on which members earn, spend, get refunds and fill cards; one hold is captured, and one stays open."""
    till = BookClient(town, session)

    def take(*legs: Leg) -> int:
        # Another client has had the keys that this one would give.
        return till.take(*legs, key=f"trade-{next(NUMBERS)}").posting_id

    earned = take(Earn("bakery", "ann", 50, LATER), Earn("corner", "dora", 30, LATER))
    held = take(Hold("cafe", "ann", 20, clock() + 30 * DAY))
    take(Spend("butcher", "ann", 5))
    take(Capture(held, 10))
    take(RefundEarn(earned, 10))
    take(Hold("cafe", "dora", 7, clock() + 30 * DAY))
    stamps = MeterRef("dora", 8)
    take(CountBack(take(Count(stamps, 3)), stamps, 1))
    take(PassCounts("dora", "ann"))
    assert till.post(Spend("cafe", "nobody", 1), key=f"trade-{next(NUMBERS)}").refusal is not None


def read_nothing_again(patch: pytest.MonkeyPatch) -> None:
    """Let nothing be read again of what was audited before."""
    patch.setattr(audit_module, "RECHECKED_POSTINGS_MIN", 1)
    patch.setattr(audit_module, "AUDITS_A_ROUND", 10**9)


def test_an_audit_goes_on_where_the_last_one_ended(town: Book, session: Session, clock: Clock) -> None:
    first = audit_on(town, session, clock())
    assert first.ok, first
    assert first.since is None
    assert checkpoint(town) == first.until
    trade(town, session, clock)
    clock.forward(7 * DAY)
    assert close_due(town, session, clock())
    trade(town, session, clock)
    second = audit_on(town, session, clock())
    assert [check.differences for check in second.checks] == [()] * len(all_checks())
    assert second.since == first.until
    assert second.recheck is not None
    kept = checkpoint(town)
    assert (kept.full_at, kept.at) == (first.until.at if first.until else 0, clock())
    assert kept.last_posting == town.header(session).next_posting - 1
    assert kept.chain == town.header(session).chain
    # What was established from what is new alone is what the whole book says.
    full = audit_on(town, session, clock(), full=True)
    assert full.until is not None
    assert kept.facts == full.until.facts
    third = audit_on(town, session, clock())
    assert third.ok, third
    assert audit_book(town, session).ok


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_with_what_is_new_is_seen_as_by_an_audit_of_the_whole_book(
    book: Callable[..., Book], session: Session, clock: Clock, what: str
) -> None:
    def audited(**agreed: Any) -> Book:
        opened = book(**agreed)
        assert audit_on(opened, session, clock()).ok
        return opened

    town = busy_book(audited, session, clock)
    statements, seen = TAMPERINGS[what]
    tamper(town, statements)
    before = checkpoint(town)
    audit = audit_on(town, session, clock())
    assert audit.since == before
    assert failing(audit) == seen
    assert checkpoint(town) == before


UNSEEN = {
    "a count taken back twice",
    "a debt paid at another rate",
    "a move to an account that there is not",
    "a refusal lifted",
    "a refused posting gone",
    "what a posting was for",
    "when a posting happened",
    "why a posting was refused",
}
"""What changes postings and moves that were audited, and no figure: it is seen when they are read again."""


@pytest.mark.parametrize("what", TAMPERINGS)
def test_tampering_with_what_was_audited_is_seen_at_once_or_when_it_is_read_again(
    town: Book, session: Session, clock: Clock, what: str
) -> None:
    assert audit_on(town, session, clock()).ok
    tamper(town, TAMPERINGS[what][0])
    with pytest.MonkeyPatch.context() as patch:
        read_nothing_again(patch)
        assert audit_on(town, session, clock()).ok == (what in UNSEEN)
    again = audit_on(town, session, clock())
    assert again.since is not None
    assert failing(again)
    assert "hash_chain" in failing(again) or what not in UNSEEN


def test_all_that_was_audited_is_read_again_within_a_round(
    town: Book, session: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_module, "RECHECKED_POSTINGS_MIN", 1)
    monkeypatch.setattr(audit_module, "AUDITS_A_ROUND", 4)
    end = audit_on(town, session, clock()).until
    assert end is not None
    parts = [audit_on(town, session, clock()).recheck for _ in range(5)]
    assert all(before and after and before.last == after.after for before, after in pairwise(parts[:4]))
    assert parts[0] is not None
    assert parts[3] is not None
    assert (parts[0].after, parts[3].last) == (0, end.batch_id)
    assert parts[4] == parts[0]
    tamper(town, ["UPDATE postings SET content = '' WHERE id = (SELECT MAX(id) FROM postings)"])
    assert [audit_on(town, session, clock()).ok for _ in range(3)] == [True, True, False]


def test_a_window_that_was_audited_is_counted_again_with_its_part(town: Book, session: Session, clock: Clock) -> None:
    assert audit_on(town, session, clock()).ok
    # A move that no posting made, in a window that is closed: its chain never had it.
    tamper(
        town,
        [
            "INSERT INTO moves SELECT alliance_id, window_id, posting_id, line + 90, kind, terms_id, issuer, shop, "
            "debit, credit, amount FROM moves WHERE kind = 2 "
            "AND posting_id = (SELECT MIN(posting_id) FROM moves WHERE kind = 2)"
        ],
    )
    assert failing(audit_on(town, session, clock())) == {"hash_chain", "tallies_from_moves"}


CHECKPOINT_FORGED = {
    "its seal": ("UPDATE audit_checkpoints SET chain = (SELECT chain FROM batches WHERE id = 3)", {"hash_chain"}),
    "an earlier end": ("UPDATE audit_checkpoints SET last_posting = last_posting - 1", None),
    "a later end": (
        "UPDATE audit_checkpoints SET batch_id = batch_id + 1, last_posting = last_posting + 1, "
        "chain = (SELECT chain FROM batches WHERE id = batch_id + 1)",
        None,
    ),
    "what was established": ("UPDATE audit_checkpoints SET facts = REPLACE(facts, 'a', 'b')", None),
}


@pytest.mark.parametrize("what", CHECKPOINT_FORGED)
def test_a_checkpoint_that_somebody_changed_fails_the_next_audit(
    town: Book, session: Session, clock: Clock, what: str
) -> None:
    assert audit_on(town, session, clock()).ok
    trade(town, session, clock)
    statement, seen = CHECKPOINT_FORGED[what]
    with town.database.engine.begin() as connection:
        assert connection.execute(text(statement)).rowcount == 1
    audit = audit_on(town, session, clock())
    assert not audit.ok
    assert seen in (None, failing(audit))
    # The whole book tells that it is the checkpoint, and puts another in its place.
    assert audit_on(town, session, clock(), full=True).ok
    assert audit_on(town, session, clock()).ok


def test_checks_that_are_new_look_at_the_whole_book(town: Book, session: Session, clock: Clock) -> None:
    assert audit_on(town, session, clock()).ok
    with town.database.engine.begin() as connection:
        connection.execute(text("UPDATE audit_checkpoints SET checks = 'header'"))
    audit = audit_on(town, session, clock())
    assert audit.ok
    assert audit.since is None
    assert checkpoint(town).checks.split() == list(all_checks())


def test_digests_name_the_runs_of_ids_that_differ() -> None:
    kept, made = Digests(), Digests()
    for id_ in range(1, 5 * ROWS_A_DIGEST, ROWS_A_DIGEST // 2):
        kept.add(id_, "as it was")
        made.add(id_, "as it was" if id_ < ROWS_A_DIGEST or id_ > 4 * ROWS_A_DIGEST else "changed")
    assert made.differing(made.facts()) == []
    assert made.differing(kept.facts()) == [f"{ROWS_A_DIGEST} to {4 * ROWS_A_DIGEST - 1}"]
    assert Digests().differing(kept.facts()) == [f"0 to {5 * ROWS_A_DIGEST - 1}"]
