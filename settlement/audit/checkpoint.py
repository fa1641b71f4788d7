"""Up to where a book was audited, and what was established there: the next audit goes on from it.

The checkpoint holds the seal of its last batch, so rows before it can't be rewritten together with their seals
unnoticed; and digests of what may change or is read at every audit (accounts, holds, tallies, documents), so that
these are compared each time without the moves that they follow from.
"""

from contextlib import closing
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, select

from settlement.audit.tables import audit_checkpoints
from settlement.ledger.book import Book

AUDITS_A_ROUND = 30
"""After how many audits from checkpoint to checkpoint each row from before was read again, at the latest."""
RECHECKED_POSTINGS_MIN = 100_000
"""So many postings from before are read again at each, or all where there are fewer."""

Facts = dict[str, Any]
"""What checks have established, by their own names for it; written as JSON."""


class Checkpoint(NamedTuple):
    """Where an audit ended at which every check held. Instants are microseconds since 1970 UTC."""

    at: int
    full_at: int
    batch_id: int
    last_posting: int
    next_account: int
    closed_until: int
    chain: bytes
    rechecked_batch: int
    checks: str
    facts: Facts


class RecheckedPart(NamedTuple):
    """Batches behind `after` up to `last` that were audited before and are read again, and the windows they are in."""

    after: int
    last: int
    first_window: int
    last_window: int


def read_checkpoint(connection: Connection, alliance_id: int) -> Checkpoint | None:
    """The checkpoint of an alliance's book, if it has one."""
    columns = [audit_checkpoints.c[name] for name in Checkpoint._fields]
    row = connection.execute(select(*columns).where(audit_checkpoints.c.alliance_id == alliance_id)).one_or_none()
    if row is None:
        return None
    checkpoint = Checkpoint(*row)
    return checkpoint._replace(chain=bytes(checkpoint.chain), facts=orjson.loads(row.facts))


def audited_up_to(connection: Connection, alliance_id: int) -> tuple[int, int] | None:
    """The last posting that was audited, and when the whole book was read last; None where there is no checkpoint."""
    columns = audit_checkpoints.c.last_posting, audit_checkpoints.c.full_at
    row = connection.execute(select(*columns).where(audit_checkpoints.c.alliance_id == alliance_id)).one_or_none()
    return None if row is None else (row.last_posting, row.full_at)


def write_checkpoint(book: Book, checkpoint: Checkpoint) -> None:
    """Replace the book's checkpoint. Raises DatabaseUnusable."""
    facts = orjson.dumps(checkpoint.facts, option=orjson.OPT_SORT_KEYS).decode()
    row = (book.alliance_id, *checkpoint._replace(facts=facts))  # type: ignore[arg-type]
    with closing(book.database.session()) as session, session.transaction():
        session.upsert(audit_checkpoints, [row], add=False)
