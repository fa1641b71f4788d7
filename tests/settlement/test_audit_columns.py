"""Each column of the book and its payments is held by a check of the audit, or the table here says why by none."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Boolean, Connection, Integer, LargeBinary, Table, select, text, update

from settlement.audit import all_checks, audit_book
from settlement.ledger import (
    Book,
    Capture,
    Earn,
    EarnIfAllowed,
    ExposureLimit,
    Hold,
    Participant,
    Posting,
    Session,
    Spend,
    sweep_lots,
)
from settlement.ledger import tables as ledger_tables
from settlement.payments import book_line, change_payment_profile, reconcile_rail
from settlement.payments import tables as payment_tables
from settlement.payments.store import set_rail_account
from settlement.rails import CashLine, by_hand_tables, stripe_tables
from settlement.rails.bank import tables as bank_tables
from tests.support.books import BookClient, make_terms
from tests.support.clock import DAY, HOUR, Clock
from tests.support.paying import Paying
from tests.support.scripted import Fate

LATER = 2099_12_31

HELD_BY: Mapping[str, Mapping[str, str]] = {
    "books": {
        "agreement": "name currency minor_digits timezone cutoff version config_version",
        "header": "closed_until next_posting next_account next_batch",
        "hash_chain": "chain",
        "without it there is no book to audit": "alliance_id",
    },
    "eras": {"agreement": "alliance_id starts_at name timezone cutoff"},
    "terms": {
        "agreement": ("alliance_id id effective_at points_per_unit funding redeem_fee_bps issue_fee_bps breakage_to"),
    },
    "participants": {
        "agreement": (
            "alliance_id id ref may_issue may_redeem credit_minor alert_bps reserve_bps issued_until redeemed_until"
        ),
    },
    "accounts": {
        "hash_chain": "alliance_id id kind owner issuer expires_on terms_id",
        "balances_from_moves": "balance",
    },
    "postings": {
        "hash_chain": (
            "alliance_id id key content occurred_at recorded_at window_id late_for refers_to refusal reference"
        ),
    },
    "omissions": {"hash_chain": "alliance_id posting_id refusal"},
    "moves": {
        "hash_chain": "alliance_id window_id posting_id line kind terms_id issuer shop debit credit amount",
    },
    "tallies": {
        "tallies_from_moves": (
            "alliance_id window_id shop terms_id issued redeemed_own redeemed_here redeemed_elsewhere expired adjusted"
        ),
    },
    "outstanding": {"outstanding_points": "alliance_id shop terms_id points set_aside"},
    "holds": {"hash_chain": "alliance_id posting_id lapses_at", "holds": "resolved_by"},
    "lot_sweeps": {
        "without it the next sweep looks at every day": "alliance_id",
        "a day too late is made up for by the days that a sweep looks back; a later one is found by swept_lots": (
            "swept_on"
        ),
    },
    "windows": {
        "header": "alliance_id",
        "windows_closed_again": "id closes_at closed_at posting_id document",
    },
    "batches": {"hash_chain": "alliance_id id first_posting last_posting next_account chain"},
    "sealed_rows": {"hash_chain": "alliance_id batch_id line table_name content"},
    "payment_rules": {"payment_rows": "alliance_id rules"},
    "payment_profiles": {"payment_rows": "alliance_id participant rail suspended leaving_since debts_of"},
    "payment_accounts": {"payment_rows": "alliance_id participant rail details"},
    "payments": {
        "payment_rows": (
            "alliance_id id window_id route rail participant counterparty purpose minor state attempt planned_at "
            "due_on details reference fee_minor earlier_fees_minor returnable_until changed_at events "
            "moved_minor matched_minor written_off_minor decided_by for_default"
        ),
        "it says who works on the payment at the moment, and each run sets it anew": (
            "looked_at lease_version lease_until"
        ),
        "each run finds out anew what a payment waits for": "waiting_for",
    },
    "payment_events": {
        "payment_rows": "alliance_id payment_id number at actor state attempt reference code why seen_at",
    },
    "payment_defaults": {"payment_rows": "alliance_id number participant window_id at plan repaid open_minor"},
    "cash_lines": {"payment_rows": "alliance_id rail id at minor fee_minor key text"},
    "line_matches": {"payment_rows": "alliance_id rail line at actor payment_id booked_as why"},
    "notices": {
        "it is a message about what a sealed event says": (
            "alliance_id id at kind participant payment_id facts published_at"
        ),
    },
}
"""By table: the check of the audit that finds a change of these columns, or why no check needs to."""

BESIDE = {
    "payment_marks": "what people said of a payment by hand; what it did to the payment is a sealed event",
    "stripe_events": "what is to be asked of Stripe again; what it did to a payment is a sealed event",
    "bank_files": "the bank rail's own record; what a line did to a payment or to cash is a sealed event or line",
    "bank_exports": "the bank rail's own record, whose bytes carry a hash of their own",
    "bank_file_items": "the bank rail's own record of what it was sent, which the sealed payment says too",
    "bank_verdicts": "the bank rail's own record; what it did to a payment is a sealed event",
    "bank_payees": "what banks say of payees' names, shown beside a payment; it moves nothing",
    "bank_imports": "the bank rail's own record of files that it has read",
    "bank_spans": "what statements opened and closed with, to tell which is missing",
    "bank_lines": "the bank rail's own record; what comes of a line is a sealed line of cash",
    "bank_matches": "the bank rail's own record; what it did to a payment is a sealed event",
}
"""Tables of rails, which are no part of the book: why the audit of the book need not look at them."""


def tables_of(*modules: object) -> dict[str, Table]:
    """All tables that these modules define."""
    return {value.name: value for module in modules for value in vars(module).values() if isinstance(value, Table)}


BOOK_TABLES = tables_of(ledger_tables, payment_tables)


@pytest.fixture
def town(book: Callable[..., Book], session: Session, clock: Clock) -> Paying:
    """A town with a row in every table, and a value in every column."""
    town = Paying(book(), session, clock)
    till = BookClient(town.book, session)
    town.book.add_participants([Participant(0, "corner")])
    till.take(Earn("corner", "zoe", 1, LATER))
    town.book.add_participants(
        [
            Participant(0, "corner", may_issue=False, limit=ExposureLimit(500), issued_until=1, redeemed_until=1),
            Participant(0, "diner", limit=ExposureLimit(10**6)),
        ]
    )
    assert till.take(EarnIfAllowed("corner", "ann", 10, LATER)).omitted is not None
    town.book.post([Posting("sale", clock(), {}, [Earn("diner", "ann", 10, LATER)], reference="till 7")], session)
    till.take(Earn("bakery", "ann", 500, LATER), Earn("bakery", "eve", 5, 20240517))
    assert till.post(Spend("cafe", "nobody", 1)).refusal is not None
    till.take(Capture(till.take(Hold("cafe", "ann", 20, clock() + DAY)).posting_id, 10))
    till.take(Hold("cafe", "ann", 20, clock() + 10**6 * DAY))
    set_rail_account(town.book, session, "cafe", "bank", {"iban": "DE1"})
    change_payment_profile(town.book, session, "corner", suspended=True, leaving_since=1)
    town.deposit("diner", 70)
    town.fates["butcher"] = Fate(ends_after=300 * DAY)
    town.fates["bakery"] = Fate(ends_after=DAY, decides_after=2 * DAY)
    opened = clock()
    town.owe(("bakery", "cafe", 100), ("butcher", "cafe", 30))
    assert till.take(Earn("bakery", "ann", 1, LATER), at=opened).late_for is not None
    for expired in sweep_lots(town.book, session, clock()):
        town.book.post(expired, session)
    town.run()
    town.run(days=11)
    town.rail.gifts.append(CashLine("i1", clock(), 55, 5, "", "interest"))
    reconcile_rail(town.context(), "bank")
    book_line(town.context(), "bank", "i1", "interest", "of May")
    town.book.add_terms(make_terms(effective_at=clock() + HOUR))
    town.book.change_settings(clock() + HOUR, lambda agreed: replace(agreed, name="Neustadt", timezone="Europe/Paris"))
    town.check()
    return town


def unlock(connection: Connection, *, sqlite: bool) -> None:
    """Do away with all that guards single rows: triggers, and conditions on a row."""
    if sqlite:
        for (name,) in connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            connection.execute(text(f"DROP TRIGGER {name}"))
        return
    for table in BOOK_TABLES:
        connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    for name, table in connection.execute(
        text("SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0")
    ).all():
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))


def other(column: Any, value: Any) -> Any:
    """Another value that the column may have."""
    if isinstance(column.type, Boolean):
        return not value
    if isinstance(column.type, Integer):
        return value + 1
    return b"x" + value if isinstance(column.type, LargeBinary) else f"{value}x"


@contextmanager
def changed(book: Book, table: Table, name: str) -> Iterator[None]:
    """Change one value of one row of the book, past all guards, and then change it back."""
    column = table.c[name]
    with book.database.engine.connect() as connection:
        if book.database.is_sqlite:
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        unlock(connection, sqlite=book.database.is_sqlite)
        query = select(table).where(table.c.alliance_id == book.alliance_id, column.is_not(None))
        row = connection.execute(query.order_by(*(key.desc() for key in table.primary_key)).limit(1)).mappings().first()
        assert row is not None, f"no row of {table.name} has a {name}"
        before, after = dict(row), {**row, name: other(column, row[name])}
        set_row(connection, table, before, after)
        connection.commit()
        try:
            yield
        finally:
            set_row(connection, table, after, before)
            connection.commit()
            connection.invalidate()


def set_row(connection: Connection, table: Table, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    keys = [key == before[key.name] for key in table.primary_key]
    assert connection.execute(update(table).where(*keys).values(**after)).rowcount == 1


def test_every_column_is_held_by_a_check_or_the_table_says_why_not(town: Paying) -> None:
    for table, by in HELD_BY.items():
        for check, columns in by.items():
            for name in columns.split():
                if name == "alliance_id" and table == "books":
                    continue
                with changed(town.book, BOOK_TABLES[table], name), closing(town.book.database.session()) as session:
                    failing = {each.name for each in audit_book(town.book, session).checks if not each.ok}
                assert (check in failing) if check in all_checks() else not failing, (table, name, failing)
    town.check()


def test_the_table_names_every_column_of_every_table_once() -> None:
    assert {table: sorted(" ".join(by.values()).split()) for table, by in HELD_BY.items()} == {
        name: sorted(column.name for column in table.columns) for name, table in BOOK_TABLES.items()
    }
    assert BESIDE.keys() == tables_of(by_hand_tables, stripe_tables, bank_tables).keys()
    reasons = {check for by in HELD_BY.values() for check in by} - all_checks().keys()
    assert all(" " in reason for reason in (*reasons, *BESIDE.values()))
