"""Bonus rules in the database."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, update

from coalition.earning.bonus import BonusTerms, BonusVersion
from coalition.earning.bonus_kinds import StoredVersion, encode_terms
from coalition.programme.rule_store import add_next, versions_in
from coalition.programme.tables import bonus_rules


class StoredBonus(NamedTuple):
    """A version as it is stored: `posting_id` is the posting that set its budget aside, None until it did."""

    version: BonusVersion
    posting_id: int | None
    created_by: str


def bonus_versions(connection: Connection, alliance_id: int, rule: str | None = None) -> list[StoredBonus]:
    """All versions, or those of one rule, by rule and version."""
    return [
        StoredBonus(
            StoredVersion(row.rule, row.version, row.terms, row.starts_at, row.ended_at, row.number).decode(),
            row.posting_id,
            row.created_by,
        )
        for row in versions_in(bonus_rules, connection, alliance_id, rule)
    ]


def add_version(
    connection: Connection, alliance_id: int, rule: str, terms: BonusTerms, starts_at: int, by: str
) -> BonusVersion:
    """Add the next version of a rule, whose budget is to be set aside. Raises IntegrityError where another one did."""
    number = _number(connection, alliance_id, rule)
    values = {"terms": encode_terms(terms), "starts_at": starts_at, "created_by": by, "number": number}
    version = add_next(bonus_rules, connection, alliance_id, rule, **values)
    return BonusVersion(rule, version, terms, starts_at, number=number)


def _number(connection: Connection, alliance_id: int, rule: str) -> int:
    """The rule's number; the next one for a rule that is new. Of two rules that take it at once, one is refused."""
    columns = bonus_rules.c
    of_alliance = columns.alliance_id == alliance_id
    own = connection.execute(select(func.max(columns.number)).where(of_alliance, columns.rule == rule)).scalar_one()
    latest = connection.execute(select(func.max(columns.number)).where(of_alliance)).scalar_one()
    return int(latest or 0) + 1 if own is None else int(own)


def set_posting(connection: Connection, alliance_id: int, version: BonusVersion, posting_id: int) -> None:
    """Let a version count: its budget is set aside."""
    connection.execute(update(bonus_rules).where(_is(alliance_id, version)).values(posting_id=posting_id))


def drop_version(connection: Connection, alliance_id: int, version: BonusVersion) -> None:
    """Forget a version whose budget could not be set aside."""
    connection.execute(delete(bonus_rules).where(_is(alliance_id, version), bonus_rules.c.posting_id.is_(None)))


def end_versions(connection: Connection, alliance_id: int, versions: Sequence[BonusVersion], at: int) -> None:
    """Let these count no more from an instant on (microseconds since 1970 UTC); one that was ended stays so."""
    for version in versions:
        running = _is(alliance_id, version), bonus_rules.c.ended_at.is_(None)
        connection.execute(update(bonus_rules).where(*running).values(ended_at=at))


def _is(alliance_id: int, version: BonusVersion) -> ColumnElement[bool]:
    columns = bonus_rules.c
    return and_(columns.alliance_id == alliance_id, columns.rule == version.rule, columns.version == version.version)
