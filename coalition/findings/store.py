"""Findings in the database."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields

from sqlalchemy import Connection, RowMapping, case, false, func, insert, or_, select, text, true, tuple_, update

from coalition.findings.finding import FindingStatus, SalesFinding
from coalition.findings.tables import finding_cursors, findings

AS_IT_IS = [each.name for each in fields(SalesFinding) if each.name not in ("figures", "evidence", "status")]
AT_ONCE = 500
OPEN, DISMISSED = FindingStatus.OPEN.value, FindingStatus.DISMISSED.value
_BEGIN = text("INSERT INTO finding_cursors (alliance_id, seq) VALUES (:alliance_id, :seq) ON CONFLICT DO NOTHING")


@dataclass(frozen=True, slots=True)
class LastFinding:
    """The last finding of a pattern about a subject: up to which event it counted, and whether it is open."""

    until_seq: int
    is_open: bool


def find_cursor(connection: Connection, alliance_id: int) -> int | None:
    """The number of the feed up to which sales were looked at; None before the first look."""
    seq: int | None = connection.execute(
        select(finding_cursors.c.seq).where(finding_cursors.c.alliance_id == alliance_id)
    ).scalar_one_or_none()
    return seq


def begin_cursor(connection: Connection, alliance_id: int, seq: int) -> None:
    """Look at what comes after this number; where somebody began already, go on from there."""
    connection.execute(_BEGIN, {"alliance_id": alliance_id, "seq": seq})


def advance_cursor(connection: Connection, alliance_id: int, before: int, seq: int) -> bool:
    """Have looked at sales up to this number; False where another process looked at them meanwhile."""
    mine = finding_cursors.c.alliance_id == alliance_id, finding_cursors.c.seq == before
    return connection.execute(update(finding_cursors).where(*mine).values(seq=seq)).rowcount == 1


def last_findings(
    connection: Connection, alliance_id: int, subjects: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], LastFinding]:
    """The last finding about each (pattern, subject) of these that there is one about."""
    columns, wanted = findings.c, sorted(set(subjects))
    last: dict[tuple[str, str], LastFinding] = {}
    for at in range(0, len(wanted), AT_ONCE):
        rows = connection.execute(
            select(
                columns.pattern,
                columns.subject,
                func.max(columns.until_seq),
                func.max(case((columns.status == OPEN, 1), else_=0)),
            )
            .where(
                columns.alliance_id == alliance_id,
                tuple_(columns.pattern, columns.subject).in_(wanted[at : at + AT_ONCE]),
            )
            .group_by(columns.pattern, columns.subject)
        )
        last |= {(pattern, subject): LastFinding(seq, bool(is_open)) for pattern, subject, seq, is_open in rows}
    return last


def add_finding(connection: Connection, alliance_id: int, finding: SalesFinding) -> None:
    """Store a new finding."""
    values = {name: getattr(finding, name) for name in AS_IT_IS}
    connection.execute(
        insert(findings).values(
            alliance_id=alliance_id,
            **values,
            figures=json.dumps(dict(finding.figures)),
            evidence=json.dumps(list(finding.evidence)),
            status=finding.status.value,
        )
    )


def find_finding(connection: Connection, alliance_id: int, id_: str) -> SalesFinding | None:
    """The finding with this id; None if there is none."""
    rows = connection.execute(select(findings).where(findings.c.alliance_id == alliance_id, findings.c.id == id_))
    row = rows.mappings().one_or_none()
    return None if row is None else _finding(row)


def list_findings(
    connection: Connection,
    alliance_id: int,
    shop: str | None,
    before: tuple[int, str] | None,
    most: int,
    status: FindingStatus | None = None,
) -> list[SalesFinding]:
    """Findings, newest first, of one shop and in one state if given.

    `before` is the (opened_at, id) of the last one seen.
    """
    query = select(findings).where(findings.c.alliance_id == alliance_id)
    if status is not None:
        query = query.where(findings.c.status == status.value)
    if shop is not None:
        query = query.where(findings.c.shop == shop)
    if before is not None:
        at, id_ = before
        query = query.where(or_(findings.c.opened_at < at, (findings.c.opened_at == at) & (findings.c.id > id_)))
    rows = connection.execute(query.order_by(findings.c.opened_at.desc(), findings.c.id).limit(most))
    return [_finding(row) for row in rows.mappings()]


def decide(
    connection: Connection, alliance_id: int, id_: str, status: FindingStatus, reason: str, at: int, by: str
) -> bool:
    """Store the decision on an open finding; False if it was decided meanwhile.

    What a dismissed one holds is to be released; one that was still to hold points holds them if it is confirmed.
    """
    values: dict[str, object] = {"status": status.value, "reason": reason, "decided_at": at, "decided_by": by}
    if status is FindingStatus.DISMISSED:
        values["hold_due"] = findings.c.hold.is_not(None)
    mine = findings.c.alliance_id == alliance_id, findings.c.id == id_, findings.c.status == OPEN
    return connection.execute(update(findings).where(*mine).values(**values)).rowcount == 1


def ask_for_hold(connection: Connection, alliance_id: int, id_: str, until: int) -> bool:
    """Let an open finding hold points; False where it was decided, or held some, meanwhile."""
    mine = findings.c.alliance_id == alliance_id, findings.c.id == id_, findings.c.status == OPEN
    asked = update(findings).where(*mine, findings.c.hold_until.is_(None)).values(hold_due=True, hold_until=until)
    return connection.execute(asked).rowcount == 1


def save_hold(connection: Connection, alliance_id: int, id_: str, hold: int, points: int) -> None:
    """The book has locked points. Where the finding was dismissed meanwhile, they are to be released."""
    mine = findings.c.alliance_id == alliance_id, findings.c.id == id_, findings.c.hold.is_(None)
    is_due = case((findings.c.status == DISMISSED, true()), else_=false())
    connection.execute(update(findings).where(*mine).values(hold=hold, points_held=points, hold_due=is_due))


def save_no_hold(connection: Connection, alliance_id: int, id_: str, refused: str | None) -> None:
    """Nothing is to be done about points any more: the book `refused` to lock some, or they are free again."""
    mine = findings.c.alliance_id == alliance_id, findings.c.id == id_
    values: Mapping[str, object] = {"hold_due": False, **({} if refused is None else {"hold_refused": refused})}
    connection.execute(update(findings).where(*mine).values(**values))


def holds_due(connection: Connection, alliance_id: int, most: int) -> list[SalesFinding]:
    """Findings whose points are still to be held or released."""
    rows = connection.execute(
        select(findings).where(findings.c.alliance_id == alliance_id, findings.c.hold_due.is_(True)).limit(most)
    )
    return [_finding(row) for row in rows.mappings()]


def erase_reasons(connection: Connection, alliance_id: int, members: Sequence[str]) -> None:
    """Of these members no finding says why it was decided as it was."""
    connection.execute(
        update(findings)
        .where(findings.c.alliance_id == alliance_id, findings.c.member.in_(members), findings.c.reason.is_not(None))
        .values(reason="")
    )


def _finding(row: RowMapping) -> SalesFinding:
    return SalesFinding(
        **{name: row[name] for name in AS_IT_IS},
        figures=json.loads(row["figures"]),
        evidence=json.loads(row["evidence"]),
        status=FindingStatus(row["status"]),
    )
