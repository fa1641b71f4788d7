"""The table of what audits have established: one row for each alliance."""

from sqlalchemy import BigInteger, CheckConstraint, Column, LargeBinary, Text

from settlement.ledger.tables import side_table

audit_checkpoints = side_table(
    "audit_checkpoints",
    # When the audit that wrote the row was made, and the last one that read the whole book.
    Column("at", BigInteger, nullable=False),
    Column("full_at", BigInteger, nullable=False),
    # Up to where it went: the last batch, where it ends, and its seal.
    Column("batch_id", BigInteger, nullable=False),
    Column("last_posting", BigInteger, nullable=False),
    Column("next_account", BigInteger, nullable=False),
    Column("closed_until", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    # Of what was audited before, the batch up to which rows were read again in this round.
    Column("rechecked_batch", BigInteger, nullable=False),
    # Which checks there were: what others would have established is not known.
    Column("checks", Text, nullable=False),
    Column("facts", Text, nullable=False),
    CheckConstraint("rechecked_batch <= batch_id AND full_at <= at", "order"),
)
