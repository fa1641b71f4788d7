"""Approvals and their limits in the database."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, delete, insert, select, text, tuple_, update
from sqlalchemy.exc import IntegrityError

from coalition.access.caller import Role
from coalition.approvals.approval import Approval, ApprovalStatus, Payload
from coalition.approvals.tables import approval_limits, approvals
from settlement import restored, stored


def add_approval(connection: Connection, approval: Approval) -> bool:
    """Keep a new request; False where its key is taken."""
    try:
        connection.execute(
            insert(approvals).values(
                alliance_id=approval.alliance_id,
                id=approval.id,
                action=approval.action,
                payload=encode(approval.payload),
                status=approval.status.value,
                requested_by=approval.requested_by,
                requested_role=approval.requested_role.value,
                requested_at=approval.requested_at,
                request_key=approval.request_key,
                expires_at=approval.expires_at,
                shop=approval.shop,
            )
        )
    except IntegrityError:
        return False
    return True


def find_approval(connection: Connection, alliance_id: int, approval_id: str, now: int) -> Approval | None:
    """The request of that id; None where there is none."""
    return _one(connection, alliance_id, "id", approval_id, now)


def find_by_key(connection: Connection, alliance_id: int, request_key: str, now: int) -> Approval | None:
    """The request of that key; None where there is none."""
    return _one(connection, alliance_id, "request_key", request_key, now)


def list_approvals(
    connection: Connection,
    alliance_id: int,
    status: ApprovalStatus | None,
    before: tuple[int, str] | None,
    limit: int,
    now: int,
    shop: str | None = None,
) -> list[Approval]:
    """Requests, of one shop's people if given, the newest first; `before` is where the last page ended."""
    columns = approvals.c
    query = select(approvals).where(columns.alliance_id == alliance_id)
    if shop is not None:
        query = query.where(columns.shop == shop)
    if status in (ApprovalStatus.PENDING, ApprovalStatus.EXPIRED):
        ahead = columns.expires_at > now if status is ApprovalStatus.PENDING else columns.expires_at <= now
        query = query.where(columns.status == ApprovalStatus.PENDING.value, ahead)
    elif status is not None:
        query = query.where(columns.status == status.value)
    if before is not None:
        query = query.where(tuple_(columns.requested_at, columns.id) < tuple_(*before))
    rows = connection.execute(query.order_by(columns.requested_at.desc(), columns.id.desc()).limit(limit))
    return [_approval(row, now) for row in rows.mappings()]


def set_decision(
    connection: Connection, approval: Approval, status: ApprovalStatus, decided_by: str, reason: str | None, now: int
) -> bool:
    """Decide a request that is pending; False where it is not any more."""
    done = connection.execute(
        update(approvals)
        .where(
            approvals.c.alliance_id == approval.alliance_id,
            approvals.c.id == approval.id,
            approvals.c.status == ApprovalStatus.PENDING.value,
            approvals.c.expires_at > now,
        )
        .values(status=status.value, decided_by=decided_by, decided_at=now, reason=reason)
    )
    return done.rowcount == 1


def set_result(connection: Connection, approval: Approval, status: ApprovalStatus, result: Payload) -> bool:
    """Keep what became of an approved request; False where that is known already."""
    done = connection.execute(
        update(approvals)
        .where(
            approvals.c.alliance_id == approval.alliance_id,
            approvals.c.id == approval.id,
            approvals.c.status == ApprovalStatus.APPROVED.value,
        )
        .values(status=status.value, result=encode(result))
    )
    return done.rowcount == 1


def use_approval(connection: Connection, approval: Approval, now: int) -> None:
    """Note that the asker did what was approved."""
    row = (approvals.c.alliance_id == approval.alliance_id, approvals.c.id == approval.id)
    connection.execute(update(approvals).where(*row, approvals.c.used_at.is_(None)).values(used_at=now))


def limits_of(connection: Connection, alliance_id: int) -> dict[str, int]:
    """What one person may do alone, by action, where the alliance has set it."""
    rows = connection.execute(
        select(approval_limits.c.action, approval_limits.c.alone_max).where(
            approval_limits.c.alliance_id == alliance_id
        )
    )
    return {row.action: row.alone_max for row in rows}


def replace_limit(connection: Connection, alliance_id: int, action: str, expected: int, alone_max: int) -> bool:
    """Set what one person may do alone where it still is `expected`; False where it was changed meanwhile."""
    values = {"alliance_id": alliance_id, "action": action, "expected": expected, "alone_max": alone_max}
    changed = connection.execute(
        text(
            "UPDATE approval_limits SET alone_max = :alone_max "
            "WHERE alliance_id = :alliance_id AND action = :action AND alone_max = :expected"
        ),
        values,
    )
    if changed.rowcount:
        return True
    # An alliance that never set it has no row.
    added = connection.execute(
        text(
            "INSERT INTO approval_limits (alliance_id, action, alone_max) VALUES (:alliance_id, :action, :alone_max) "
            "ON CONFLICT DO NOTHING"
        ),
        values,
    )
    return added.rowcount == 1


def set_limit(connection: Connection, alliance_id: int, action: str, alone_max: int) -> None:
    """Set what one person may do alone."""
    columns = approval_limits.c
    connection.execute(delete(approval_limits).where(columns.alliance_id == alliance_id, columns.action == action))
    connection.execute(insert(approval_limits).values(alliance_id=alliance_id, action=action, alone_max=alone_max))


def erase_texts(connection: Connection, alliance_id: int, action: str, members: Sequence[str]) -> None:
    """Empty the reasons, of asking and of rejecting, in requests of an action that concern these members."""
    columns = approvals.c
    for member in members:
        mine = columns.alliance_id == alliance_id, columns.action == action
        concerned = columns.payload.contains(json.dumps(member), autoescape=True)
        for row in connection.execute(select(columns.id, columns.payload, columns.reason).where(*mine, concerned)):
            payload = json.loads(row.payload)
            if payload.get("member") == member:
                values = {"payload": encode({**payload, "reason": ""}), "reason": row.reason and ""}
                connection.execute(update(approvals).where(*mine, columns.id == row.id).values(**values))


def encode(payload: Payload) -> str:
    """A payload as it is kept; sentences in it can be said in any language."""
    kept = {name: stored(value) if isinstance(value, str) else value for name, value in payload.items()}
    return json.dumps(kept, ensure_ascii=False, sort_keys=True)


def decode(text: str) -> Payload:
    """The payload that is kept as this text."""
    return {name: restored(value) if isinstance(value, str) else value for name, value in json.loads(text).items()}


def _one(connection: Connection, alliance_id: int, column: str, value: str, now: int) -> Approval | None:
    rows = connection.execute(
        select(approvals).where(approvals.c.alliance_id == alliance_id, approvals.c[column] == value)
    )
    row = rows.mappings().one_or_none()
    return None if row is None else _approval(row, now)


def _approval(row: RowMapping, now: int) -> Approval:
    status = ApprovalStatus(row["status"])
    if status is ApprovalStatus.PENDING and row["expires_at"] <= now:
        status = ApprovalStatus.EXPIRED
    return Approval(
        row["alliance_id"],
        row["id"],
        row["action"],
        decode(row["payload"]),
        status,
        row["requested_by"],
        Role(row["requested_role"]),
        row["requested_at"],
        row["request_key"],
        row["expires_at"],
        row["decided_by"],
        row["decided_at"],
        row["reason"],
        None if row["result"] is None else decode(row["result"]),
        row["shop"],
        row["used_at"],
    )
