"""Disputes in the database."""

from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, insert, or_, select, update

from coalition.disputes.dispute_status import DisputeStatus
from coalition.disputes.tables import disputes


@dataclass(frozen=True, slots=True)
class Correction:
    """Points that one shop pays another at the fixed rate, to correct a statement."""

    payer: str
    payee: str
    points: int


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute. `window_id` and times are microseconds since 1970 UTC; `line` is the statement's line, if any."""

    id: str
    shop: str
    window_id: int
    line: str | None
    statement: str
    status: DisputeStatus
    opened_at: int
    opened_by: str
    answer: str | None = None
    decided_at: int | None = None
    decided_by: str | None = None
    correction: Correction | None = None


def add_dispute(connection: Connection, alliance_id: int, dispute: Dispute) -> None:
    """Store a new dispute."""
    connection.execute(
        insert(disputes).values(
            alliance_id=alliance_id,
            id=dispute.id,
            shop=dispute.shop,
            window_id=dispute.window_id,
            line=dispute.line,
            statement=dispute.statement,
            status=dispute.status.value,
            opened_at=dispute.opened_at,
            opened_by=dispute.opened_by,
        )
    )


def find_dispute(connection: Connection, alliance_id: int, id_: str) -> Dispute | None:
    """The dispute with this id; None if there is none."""
    rows = connection.execute(
        select(disputes).where(disputes.c.alliance_id == alliance_id, disputes.c.id == id_)
    ).mappings()
    row = rows.one_or_none()
    return None if row is None else _dispute(row)


def list_disputes(
    connection: Connection,
    alliance_id: int,
    shop: str | None,
    before: tuple[int, str] | None,
    most: int,
    status: DisputeStatus | None = None,
) -> list[Dispute]:
    """Disputes, newest first, of one shop and in one state if given.

    `before` is the (opened_at, id) of the last one seen.
    """
    query = select(disputes).where(disputes.c.alliance_id == alliance_id)
    if status is not None:
        query = query.where(disputes.c.status == status.value)
    if shop is not None:
        query = query.where(disputes.c.shop == shop)
    if before is not None:
        at, id_ = before
        query = query.where(or_(disputes.c.opened_at < at, (disputes.c.opened_at == at) & (disputes.c.id > id_)))
    rows = connection.execute(query.order_by(disputes.c.opened_at.desc(), disputes.c.id).limit(most)).mappings()
    return [_dispute(row) for row in rows]


def decide_dispute(connection: Connection, alliance_id: int, dispute: Dispute) -> bool:
    """Store the decision on an open dispute; False if it was decided meanwhile."""
    correction = dispute.correction
    done = connection.execute(
        update(disputes)
        .where(
            disputes.c.alliance_id == alliance_id,
            disputes.c.id == dispute.id,
            disputes.c.status == DisputeStatus.OPEN.value,
        )
        .values(
            status=dispute.status.value,
            answer=dispute.answer,
            decided_at=dispute.decided_at,
            decided_by=dispute.decided_by,
            payer=None if correction is None else correction.payer,
            payee=None if correction is None else correction.payee,
            points=None if correction is None else correction.points,
        )
    )
    return done.rowcount == 1


def _dispute(row: RowMapping) -> Dispute:
    return Dispute(
        row["id"],
        row["shop"],
        row["window_id"],
        row["line"],
        row["statement"],
        DisputeStatus(row["status"]),
        row["opened_at"],
        row["opened_by"],
        row["answer"],
        row["decided_at"],
        row["decided_by"],
        None if row["points"] is None else Correction(row["payer"], row["payee"], row["points"]),
    )
