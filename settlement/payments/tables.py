"""Tables of payments. A payment's row says where it stands now, its events say how it came there.

Instants are microseconds since 1970 UTC, amounts minor units; documents are JSON in text columns.
"""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, Index, Integer, SmallInteger, Text, false

from settlement.ledger.tables import UNSEALED, keep_append_only, side_table
from settlement.payments.states import PaymentRoute, PaymentState


def _one_of(column: str, words: type[PaymentRoute] | type[PaymentState]) -> CheckConstraint:
    return CheckConstraint(f"{column} IN ({', '.join(repr(word.value) for word in words)})", column)


payment_rules = side_table("payment_rules", Column("rules", Text, nullable=False))

payment_profiles = side_table(
    "payment_profiles",
    Column("participant", Text, primary_key=True),
    # The chosen rail, or the deposit; empty for what the alliance's rules say.
    Column("rail", Text, nullable=False),
    Column("suspended", Boolean, nullable=False),
    Column("leaving_since", BigInteger),
    # Who pays this one's debts since it bought its points out; empty for itself.
    Column("debts_of", Text, nullable=False),
)

payment_accounts = side_table(
    "payment_accounts",
    Column("participant", Text, primary_key=True),
    Column("rail", Text, primary_key=True),
    Column("details", Text, nullable=False),
)

payments = side_table(
    "payments",
    Column("id", Text, primary_key=True),
    Column("window_id", BigInteger, nullable=False),
    Column("route", Text, nullable=False),
    Column("rail", Text, nullable=False),
    Column("participant", Text, nullable=False),
    # Who is paid in a direct payment; empty where the other side is the clearing house.
    Column("counterparty", Text, nullable=False),
    # The kind of the participant's account that it is for: SETTLEMENT, DEPOSIT, FUND, CAPITAL.
    Column("purpose", SmallInteger, nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("planned_at", BigInteger, nullable=False),
    Column("due_on", Integer, nullable=False),
    # The account's details as this attempt was sent, so that sending it again says the very same.
    Column("details", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("fee_minor", BigInteger, nullable=False),
    # What of it the attempts before this one cost.
    Column("earlier_fees_minor", BigInteger, nullable=False),
    Column("returnable_until", BigInteger),
    Column("changed_at", BigInteger, nullable=False),
    Column("looked_at", BigInteger, nullable=False, info=UNSEALED),
    # Counts the leases of this row; only the holder of the last one may record what the rail said.
    Column("lease_version", Integer, nullable=False, info=UNSEALED),
    Column("lease_until", BigInteger, nullable=False, info=UNSEALED),
    Column("events", Integer, nullable=False),
    # Why a planned payment can't be sent yet; empty where nothing stands in its way.
    Column("waiting_for", Text, nullable=False, server_default="", info=UNSEALED),
    # How much of it has moved in its direction, what came back taken off; and what of that its rail does not report,
    # but movements that were matched to it.
    Column("moved_minor", BigInteger, nullable=False, server_default="0"),
    Column("matched_minor", BigInteger, nullable=False, server_default="0"),
    # What is missing of it and was made a cost of its rail.
    Column("written_off_minor", BigInteger, nullable=False, server_default="0"),
    # Until when its rail knows at the latest what became of the attempt, or a limit of the rail keeps it back; empty
    # where it waits for people.
    Column("decided_by", BigInteger),
    # Whether it asks for what its participant is in default of, and no longer for a net.
    Column("for_default", Boolean, nullable=False, server_default=false()),
    Index("ix_payments_state", "alliance_id", "state"),
    Index("ix_payments_participant", "alliance_id", "participant"),
    _one_of("route", PaymentRoute),
    _one_of("state", PaymentState),
    CheckConstraint("minor > 0", "minor"),
    CheckConstraint("(state = 'paid') = (moved_minor <> 0)", "moved_minor"),
    CheckConstraint(
        "written_off_minor = 0 OR (written_off_minor > 0 AND moved_minor > 0 "
        "AND moved_minor + written_off_minor <= minor)",
        "written_off_minor",
    ),
    CheckConstraint("purpose BETWEEN 21 AND 24", "purpose"),
)

payment_events = side_table(
    "payment_events",
    Column("payment_id", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("reference", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("why", Text, nullable=False),
    # When it happened by the rail's account of it.
    Column("seen_at", BigInteger, nullable=False),
    _one_of("state", PaymentState),
)

payment_defaults = side_table(
    "payment_defaults",
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("participant", Text, nullable=False),
    Column("window_id", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("plan", Text, nullable=False),
    Column("repaid", Text, nullable=False),
    # What of the loss is not paid back yet; zero ends the default.
    Column("open_minor", BigInteger, nullable=False),
    CheckConstraint("open_minor >= 0", "open_minor"),
)

cash_lines = side_table(
    "cash_lines",
    Column("rail", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("fee_minor", BigInteger, nullable=False),
    Column("key", Text, nullable=False),
    Column("text", Text, nullable=False),
)

line_matches = side_table(
    "line_matches",
    Column("rail", Text, primary_key=True),
    Column("line", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    # The payment that the line belongs to, or else the name that it was booked under.
    Column("payment_id", Text, nullable=False),
    Column("booked_as", Text, nullable=False),
    Column("why", Text, nullable=False),
    CheckConstraint("(payment_id = '') <> (booked_as = '')", "one_home"),
)

notices = side_table(
    "notices",
    Column("id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("participant", Text, nullable=False),
    Column("payment_id", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("published_at", BigInteger),
)
Index(
    "ix_notices_unpublished",
    notices.c.alliance_id,
    postgresql_where=notices.c.published_at.is_(None),
    sqlite_where=notices.c.published_at.is_(None),
)

SEALED = (
    payment_rules,
    payment_profiles,
    payment_accounts,
    payments,
    payment_events,
    payment_defaults,
    cash_lines,
    line_matches,
)
"""Tables whose rows the hash chain seals, each version of them."""

HISTORY = (payment_events, cash_lines, line_matches)
"""Tables whose rows are written once."""

for _history in HISTORY:
    keep_append_only(_history)
