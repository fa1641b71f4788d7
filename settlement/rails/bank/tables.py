"""Tables of the bank rail. Every row is a fact that is written once; what became of a payment is read from them.

A file is open until it has an export, which holds its bytes. A payment is in one file only, since its key is the
key of its row. A verdict says that no money moved and none will. A line is one movement that a bank reported, and
a match says what it was.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, SmallInteger, Text

from settlement.ledger.tables import keep_append_only, side_table


def _unique(table: str, *columns: str) -> Index:
    return Index(f"uq_{table}_{columns[-1]}", "alliance_id", *columns, unique=True)


bank_files = side_table(
    "bank_files",
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("rail", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
)

bank_exports = side_table(
    "bank_exports",
    Column("file_id", Integer, primary_key=True, autoincrement=False),
    Column("exported_at", BigInteger, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    _unique("bank_exports", "message_id"),
)

bank_file_items = side_table(
    "bank_file_items",
    Column("key", Text, primary_key=True),
    Column("file_id", Integer, nullable=False),
    Column("reference", Text, nullable=False),
    Column("payment_id", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("participant", Text, nullable=False),
    # The account's details as they were when the payment was taken in: JSON of texts by name.
    Column("account", Text, nullable=False),
    Column("minor", BigInteger, nullable=False),
    Column("group_name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("due_on", Integer, nullable=False),
    Column("taken_at", BigInteger, nullable=False),
    _unique("bank_file_items", "reference"),
    Index("ix_bank_file_items_file_id", "alliance_id", "file_id"),
    CheckConstraint("minor > 0", "minor"),
    CheckConstraint("direction IN ('collect', 'pay')", "direction"),
)

bank_verdicts = side_table(
    "bank_verdicts",
    Column("key", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("why", Text, nullable=False),
)

# What the payee's bank said of the name that a payment goes to, each answer once; the newest one counts.
bank_payees = side_table(
    "bank_payees",
    Column("key", Text, primary_key=True),
    Column("code", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
)

bank_imports = side_table(
    "bank_imports",
    Column("rail", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("imported_at", BigInteger, nullable=False),
    Column("lines", Integer, nullable=False),
)

# What each statement opened and closed with, once however often it is imported; days are yyyymmdd.
bank_spans = side_table(
    "bank_spans",
    Column("rail", Text, primary_key=True),
    Column("closed_on", Integer, primary_key=True, autoincrement=False),
    Column("closing_minor", BigInteger, primary_key=True, autoincrement=False),
    Column("opened_on", Integer, primary_key=True, autoincrement=False),
    Column("opening_minor", BigInteger, primary_key=True, autoincrement=False),
)

bank_lines = side_table(
    "bank_lines",
    Column("id", Text, primary_key=True),
    Column("rail", Text, nullable=False),
    # The statement's entry that the line is of; several lines where the bank booked several payments as one.
    Column("entry", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("booked_on", Integer, nullable=False),
    # Positive came in, charges apart: minor - fee_minor is what the balance changed by.
    Column("minor", BigInteger, nullable=False),
    Column("fee_minor", BigInteger, nullable=False),
    Column("end_to_end", Text, nullable=False),
    Column("batch", Text, nullable=False),
    Column("returned", SmallInteger, nullable=False),
    Column("code", Text, nullable=False),
    Column("counterparty", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("imported_at", BigInteger, nullable=False),
    Index("ix_bank_lines_booked_on", "alliance_id", "rail", "booked_on"),
    Index("ix_bank_lines_entry", "alliance_id", "rail", "entry"),
    CheckConstraint("returned IN (0, 1)", "returned"),
)

bank_matches = side_table(
    "bank_matches",
    Column("line_id", Text, primary_key=True),
    # Empty where the line is no payment of ours, or was split into lines of its own.
    Column("key", Text, nullable=False),
    Column("how", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("ix_bank_matches_key", "alliance_id", "key"),
    Index("ix_bank_matches_at", "alliance_id", "at"),
    CheckConstraint("how <> 'split' OR key = ''", "split"),
)

BANK_TABLES = (
    bank_files,
    bank_exports,
    bank_file_items,
    bank_verdicts,
    bank_payees,
    bank_imports,
    bank_spans,
    bank_lines,
    bank_matches,
)
"""All of them are append-only."""

for _one in BANK_TABLES:
    keep_append_only(_one)
