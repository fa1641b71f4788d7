"""Tables of tasks. Rows are forgotten some days after a task has ended, and what it was given as soon as it has."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Integer, LargeBinary, Table, Text, UniqueConstraint

from settlement.ledger import metadata

tasks = Table(
    "tasks",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    # The form or request that asked for it, which asks once however often it is sent.
    Column("key", Text, nullable=False),
    # What no other open task of the alliance has, where two at once make no sense; null once it has ended.
    Column("sole", Text),
    Column("requested_by", Text, nullable=False),
    Column("requested_role", Text, nullable=False),
    Column("requested_at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    # How many of its parts are done, of how many; of none while that is not known.
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    # How often it was broken off by an error since it last went on.
    Column("failures", Integer, nullable=False),
    # JSON: what has come of it so far, and why it failed, in each language.
    Column("outcome", Text, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    UniqueConstraint("alliance_id", "key", name="uq_tasks_key"),
    UniqueConstraint("alliance_id", "sole", name="uq_tasks_sole"),
    CheckConstraint("sole IS NULL OR state IN ('waiting', 'running')", "sole"),
    CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", "state"),
)

task_files = Table(
    "task_files",
    metadata,
    Column("alliance_id", Integer, primary_key=True, autoincrement=False),
    Column("task_id", Text, primary_key=True),
    # What it was given, or a part of what it made.
    Column("part", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
