"""The table of what people say of payments by hand. Its rows are written once.

Instants are microseconds since 1970 UTC, amounts minor units.
"""

from sqlalchemy import BigInteger, Column, Integer, SmallInteger, Text

from settlement.ledger.tables import keep_append_only, side_table

payment_marks = side_table(
    "payment_marks",
    Column("key", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("mark", Text, nullable=False),
    # What the marked payment moves, above zero where it comes in.
    Column("minor", BigInteger, nullable=False),
    # How many people had to say that money moved when it was put on the list.
    Column("people", SmallInteger, nullable=False),
    # What proves it: a sentence, and the SHA-256 of a document where there is one.
    Column("evidence", Text, nullable=False),
    Column("document_sha256", Text, nullable=False),
)
keep_append_only(payment_marks)
