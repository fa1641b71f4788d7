"""The book's own row, as far as it changes with every batch, and how it moves on."""

from typing import NamedTuple

from settlement.ledger.session import Session

HEADER_COLUMNS = "version, config_version, closed_until, next_posting, next_account, next_batch, chain"


class Header(NamedTuple):
    """The book's own row: what changes with every batch."""

    version: int
    config_version: int
    closed_until: int
    next_posting: int
    next_account: int
    next_batch: int
    chain: bytes


def write_header(session: Session, alliance_id: int, header: Header, after: Header) -> None:
    """Move a book on from one header to the next, and store the batch that lies between them with its seal.

    Raises DataRefused, at the latest at the transaction's end, where the book is not at `header` any more.
    """
    # Where somebody else wrote since, the next version comes out as NULL, which the column refuses.
    session.execute(
        "UPDATE books SET version = CASE WHEN version = ? THEN ? END, config_version = ?, next_posting = ?, "
        "next_account = ?, next_batch = ?, chain = ? WHERE alliance_id = ?",
        header.version,
        after.version,
        after.config_version,
        after.next_posting,
        after.next_account,
        after.next_batch,
        after.chain,
        alliance_id,
    )
    session.execute(
        "INSERT INTO batches (alliance_id, id, first_posting, last_posting, next_account, chain) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        alliance_id,
        header.next_batch,
        header.next_posting,
        after.next_posting - 1,
        after.next_account,
        after.chain,
    )
