"""What every posting asks of the database, and whether its planner still answers that by the index meant for it.

A table that has grown, old statistics or an index too many may turn a planner to another way, in which one row costs
reading all of an alliance's.
"""

from typing import NamedTuple

from settlement.ledger.session import Session


class HotQuery(NamedTuple):
    """A question about one table, the index that finds its rows, and the column by which that is searched."""

    table: str
    column: str
    sql: str
    lists: tuple[list[int] | list[str], ...]
    key_name: str

    @property
    def name(self) -> str:
        """As people read it: accounts.owner."""
        return f"{self.table}.{self.column}"


HOT_QUERIES = (
    HotQuery(
        "accounts",
        "owner",
        "SELECT balance FROM accounts WHERE alliance_id = ? AND owner = ANY(?) AND expires_on >= 20240101",
        (["ann"],),
        "uq_accounts_name",
    ),
    HotQuery(
        "accounts",
        "id",
        "UPDATE accounts SET balance = balance WHERE alliance_id = ? AND id = ANY(?)",
        ([1],),
        "pk_accounts",
    ),
    HotQuery(
        "postings",
        "key",
        "SELECT content FROM postings WHERE alliance_id = ? AND key = ANY(?)",
        (["k"],),
        "uq_postings_key",
    ),
    HotQuery(
        "postings",
        "refers_to",
        "SELECT id FROM postings WHERE alliance_id = ? AND refusal IS NULL AND refers_to = ANY(?)",
        ([1],),
        "ix_postings_refers_to",
    ),
    HotQuery(
        "moves",
        "posting_id",
        "SELECT amount FROM moves WHERE alliance_id = ? AND window_id = ANY(?) AND posting_id = ANY(?)",
        ([1], [1]),
        "pk_moves",
    ),
    HotQuery(
        "holds",
        "posting_id",
        "SELECT lapses_at FROM holds WHERE alliance_id = ? AND posting_id = ANY(?)",
        ([1],),
        "pk_holds",
    ),
)


def drifted_queries(session: Session, alliance_id: int, *, sqlite: bool) -> list[str]:
    """The names of hot queries that the database would answer in another way than by their index."""
    explain, search = ("EXPLAIN QUERY PLAN", "SEARCH ") if sqlite else ("EXPLAIN", "Index Cond")
    drifted = []
    for query in HOT_QUERIES:
        steps = [str(row[-1]) for row in session.rows(f"{explain} {query.sql}", alliance_id, *query.lists)]
        # SQLite keeps a table in the order of its primary key, and has no name for that.
        index = "PRIMARY KEY" if sqlite and query.key_name.startswith("pk_") else query.key_name
        searched = any(search in step and query.column in step for step in steps)
        if not searched or not any(index in step for step in steps):
            drifted.append(query.name)
    return drifted
