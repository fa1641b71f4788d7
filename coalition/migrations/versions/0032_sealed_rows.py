"""The hash chain seals the names of accounts, holds, omissions, and rows that change; what is there is sealed now"""

import hashlib
from collections.abc import Iterator
from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
BOOK_COLUMNS = ("name", "currency", "minor_digits", "timezone", "cutoff", "version", "config_version")
SEALED = {
    "terms": "id",
    "participants": "id",
    "payment_rules": "alliance_id",
    "payment_profiles": "participant",
    "payment_accounts": "participant, rail",
    "payments": "id",
    "payment_events": "payment_id, number",
    "payment_defaults": "number",
    "cash_lines": "rail, id",
    "line_matches": "rail, line",
}
"""Tables whose rows are sealed, with the order in which they are."""
POSTING_COLUMNS = (
    "alliance_id, id, key, content, occurred_at, recorded_at, window_id, late_for, refers_to, refusal, reference"
)
MOVE_COLUMNS = "alliance_id, window_id, posting_id, line, kind, terms_id, issuer, shop, debit, credit, amount"
ORDER = "first_posting <= last_posting + 1"
ORDER_BEFORE = "first_posting <= last_posting"
UNSEALED = ("alliance_id", "looked_at", "lease_version", "lease_until", "waiting_for")


def upgrade() -> None:
    op.create_table(
        "sealed_rows",
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("batch_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("alliance_id", "batch_id", "line", name=op.f("pk_sealed_rows")),
        sqlite_with_rowid=False,
    )
    append_only("sealed_rows")
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("batches", sa.Column("next_account", sa.BigInteger(), nullable=True))
        op.drop_constraint(op.f("ck_batches_order"), "batches")
        op.create_check_constraint(op.f("ck_batches_order"), "batches", ORDER)
    else:
        # SQLite can't change a constraint, so the table is copied.
        create_batches("batches_new", ORDER, sa.Column("next_account", sa.BigInteger(), nullable=True))
        op.execute(
            "INSERT INTO batches_new SELECT alliance_id, id, first_posting, last_posting, NULL, chain FROM batches"
        )
        op.drop_table("batches")
        op.rename_table("batches_new", "batches")
        append_only("batches")
    for row in op.get_bind().execute(sa.text("SELECT * FROM books")).mappings().all():
        seal_book(dict(row))


def append_only(table: str) -> None:
    """Let a table be added to and nothing else."""
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE OR REPLACE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
    )


def create_batches(name: str, order: str, *added: sa.Column[int]) -> None:
    """Make the table under this name, with this condition on the numbers of postings."""
    op.create_table(
        name,
        sa.Column("alliance_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_posting", sa.BigInteger(), nullable=False),
        sa.Column("last_posting", sa.BigInteger(), nullable=False),
        *added,
        sa.Column("chain", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint(order, name=op.f("ck_batches_order")),
        sa.PrimaryKeyConstraint("alliance_id", "id", name=op.f("pk_batches")),
        sqlite_with_rowid=False,
    )


def seal_book(book: dict[str, Any]) -> None:
    """One batch without postings, which seals all that is there and was not sealed until now."""
    connection, alliance_id = op.get_bind(), book["alliance_id"]
    mine = {"alliance_id": alliance_id}
    batch_id = book["next_batch"]
    book["version"] += 1
    book["config_version"] += 1
    digest = hashlib.sha256(bytes(book["chain"]))
    for word, columns, table, order in (
        ("account", "id, kind, owner, issuer, expires_on, terms_id", "accounts", "id"),
        ("hold", "posting_id, lapses_at", "holds", "posting_id"),
        ("omission", "posting_id, refusal", "omissions", "posting_id"),
    ):
        sql = sa.text(f"SELECT {columns} FROM {table} WHERE alliance_id = :alliance_id ORDER BY {order}")
        for row in connection.execute(sql, mine, execution_options={"yield_per": 10_000}):
            digest.update(line(word, *row))
    insert = sa.text("INSERT INTO sealed_rows VALUES (:alliance_id, :batch_id, :line, :table_name, :content)")
    for number, (table, content) in enumerate(sealed_rows(book)):
        digest.update(line("row", number, table, content))
        values = {**mine, "batch_id": batch_id, "line": number, "table_name": table, "content": content}
        connection.execute(insert, values)
    connection.execute(
        sa.text(
            "INSERT INTO batches (alliance_id, id, first_posting, last_posting, next_account, chain) "
            "VALUES (:alliance_id, :id, :first, :last, :next_account, :chain)"
        ),
        {
            **mine,
            "id": batch_id,
            "first": book["next_posting"],
            "last": book["next_posting"] - 1,
            "next_account": book["next_account"],
            "chain": digest.digest(),
        },
    )
    connection.execute(
        sa.text(
            "UPDATE books SET version = :version, config_version = :config_version, next_batch = :next_batch, "
            "chain = :chain WHERE alliance_id = :alliance_id"
        ),
        {
            **mine,
            "version": book["version"],
            "config_version": book["config_version"],
            "next_batch": batch_id + 1,
            "chain": digest.digest(),
        },
    )


def line(*values: object) -> bytes:
    """A sealed line."""
    return "\t".join([escaped(value) for value in values]).encode() + b"\n"


def escaped(value: object) -> str:
    """A value as it stands in a line."""
    if value is None:
        return "\\N"
    text = str(value)
    return text if text.isprintable() and "\\" not in text else text.translate(ESCAPES)


def sealed_rows(book: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Table and content of each row that may change: the book's own first."""
    yield "books", orjson.dumps({name: book[name] for name in BOOK_COLUMNS}).decode()
    connection, metadata = op.get_bind(), sa.MetaData()
    for name, order in SEALED.items():
        table = sa.Table(name, metadata, autoload_with=connection)
        mine = sa.select(table).where(table.c.alliance_id == book["alliance_id"]).order_by(sa.text(order))
        for row in connection.execute(mine).mappings().all():
            content = {str(column): value for column, value in row.items() if column not in UNSEALED}
            yield name, orjson.dumps(content).decode()


def downgrade() -> None:
    """The version before knows no batches without postings, and seals less: its chains are made anew."""
    connection = op.get_bind()
    books = connection.execute(sa.text("SELECT alliance_id FROM books")).scalars().all()
    batches = [batch for alliance_id in books for batch in sealed_as_before(alliance_id)]
    if connection.dialect.name == "postgresql":
        op.execute("DROP TRIGGER batches_append_only ON batches")
        op.execute("DELETE FROM batches")
        op.drop_constraint(op.f("ck_batches_order"), "batches")
        op.create_check_constraint(op.f("ck_batches_order"), "batches", ORDER_BEFORE)
        op.drop_column("batches", "next_account")
    else:
        op.drop_table("batches")
        create_batches("batches", ORDER_BEFORE)
    insert = sa.text(
        "INSERT INTO batches (alliance_id, id, first_posting, last_posting, chain) "
        "VALUES (:alliance_id, :id, :first, :last, :chain)"
    )
    for batch in batches:
        connection.execute(insert, batch)
        connection.execute(
            sa.text("UPDATE books SET next_batch = :id + 1, chain = :chain WHERE alliance_id = :alliance_id"), batch
        )
    append_only("batches")
    op.drop_table("sealed_rows")
    if connection.dialect.name == "postgresql":
        op.execute("DROP FUNCTION sealed_rows_append_only()")


def sealed_as_before(alliance_id: int) -> Iterator[dict[str, Any]]:
    """The batches of a book that have postings, numbered and sealed without the others."""
    connection, mine = op.get_bind(), {"alliance_id": alliance_id}
    ranges = connection.execute(
        sa.text(
            "SELECT first_posting, last_posting FROM batches "
            "WHERE alliance_id = :alliance_id AND first_posting <= last_posting ORDER BY id"
        ),
        mine,
    ).all()
    chain = hashlib.sha256(b"settlement").digest()
    for number, (first, last) in enumerate(ranges, start=1):
        digest = hashlib.sha256(chain)
        for columns, table, key in (
            (POSTING_COLUMNS, "postings", "id"),
            (MOVE_COLUMNS, "moves", "posting_id"),
        ):
            sql = f"SELECT {columns} FROM {table} WHERE alliance_id = :alliance_id AND {key} BETWEEN :first AND :last"
            order = "id" if table == "postings" else "posting_id, line"
            for row in connection.execute(sa.text(f"{sql} ORDER BY {order}"), {**mine, "first": first, "last": last}):
                digest.update(line(*row))
        chain = digest.digest()
        yield {**mine, "id": number, "first": first, "last": last, "chain": chain}
