"""The hash chain seals every row."""

from sqlalchemy import text

from settlement.audit.auditor import Auditor, CheckResult, Reader
from settlement.ledger.chain import GENESIS, move_lines, posting_lines, seal
from settlement.ledger.decide import PostingRow
from settlement.ledger.load import MOVE_COLUMNS
from settlement.ledger.moves import Move

POSITION = 30


def check_chain(auditor: Auditor) -> CheckResult:
    """Each batch's seal is the hash of the seal before it and of the rows it wrote; no posting is missing."""
    batches = auditor.connection.execute(
        text("SELECT id, first_posting, last_posting, chain FROM batches WHERE alliance_id = :alliance_id ORDER BY id"),
        {"alliance_id": auditor.book.alliance_id},
    ).all()
    postings = Reader(
        PostingRow(*row)  # type: ignore[arg-type]
        for row in auditor.stream(
            "SELECT alliance_id, id, key, content, occurred_at, recorded_at, window_id, late_for, refers_to, refusal, "
            "reference "
            "FROM postings WHERE alliance_id = :alliance_id ORDER BY id"
        )
    )
    moves = Reader(
        Move(*row)
        for row in auditor.stream(
            f"SELECT {MOVE_COLUMNS} FROM moves WHERE alliance_id = :alliance_id ORDER BY posting_id, line"
        )
    )
    differences = []
    chain, expected = GENESIS, 1
    for number, (id_, first, last, sealed) in enumerate(batches, start=1):
        rows = postings.until(lambda row, last=last: row.id <= last)  # type: ignore[misc]
        theirs = moves.until(lambda move, last=last: move.posting_id <= last)  # type: ignore[misc]
        if id_ != number or first != expected or [row.id for row in rows] != list(range(first, last + 1)):
            differences.append(f"batch {id_}: postings {first} to {last} are not all there")
        chain = seal(chain, posting_lines(rows), move_lines(theirs))
        if chain != bytes(sealed):
            differences.append(f"batch {id_} (postings {first} to {last}): its rows do not match its seal")
            chain = bytes(sealed)
        expected = last + 1
    header = auditor.connection.execute(
        text("SELECT chain FROM books WHERE alliance_id = :alliance_id"), {"alliance_id": auditor.book.alliance_id}
    ).scalar_one()
    if bytes(header) != chain or postings.left() or moves.left():
        differences.append("the book's seal is not that of its last batch, or rows lie outside all batches")
    return len(batches), differences


CHECKS = {"hash_chain": check_chain}
