"""Programmes in the database."""

import json
import secrets
from dataclasses import replace
from fractions import Fraction

from sqlalchemy import Connection, bindparam, insert, select, text, update

from coalition.earning.bonus import NO_BONUSES, BonusRules
from coalition.ids import PostingIds
from coalition.programme.programme import EarningRules, Programme
from coalition.programme.tables import bonus_rules, earning_rules, programmes, spend_limits
from coalition.sealing import SealedBytes
from coalition.spending.spend_limits import NO_LIMITS, SpendLimits
from settlement.ledger import FOREVER_AGO

SECRET_BYTES = 32


def add_programme(
    connection: Connection, alliance_id: int, rules: EarningRules, *, sandbox: bool, spend_by_id_minor: int = 0
) -> None:
    """Store a new programme, whose first rules have no beginning. An existing programme stays as it is."""
    # If two open an alliance at once, the second waits here for the first.
    added = connection.execute(
        text(
            "INSERT INTO programmes (alliance_id, secret, sandbox, clock_offset, spend_by_id_minor, spending_version) "
            "VALUES (:alliance_id, :secret, :sandbox, 0, :spend_by_id_minor, 0) ON CONFLICT DO NOTHING"
        ).bindparams(bindparam("secret", type_=SealedBytes)),
        {
            "alliance_id": alliance_id,
            "secret": secrets.token_bytes(SECRET_BYTES),
            "sandbox": sandbox,
            "spend_by_id_minor": spend_by_id_minor,
        },
    )
    if added.rowcount:
        add_rules(connection, alliance_id, replace(rules, effective_at=FOREVER_AGO))


def add_rules(connection: Connection, alliance_id: int, rules: EarningRules) -> None:
    """Store earning rules that take effect at their `effective_at`."""
    connection.execute(
        insert(earning_rules).values(
            alliance_id=alliance_id,
            effective_at=rules.effective_at,
            earn_points_per_unit=str(rules.earn_points_per_unit),
            expiry_months=rules.expiry_months,
            further=json.dumps(rules.further),
        )
    )


def find_programme(connection: Connection, alliance_id: int) -> Programme | None:
    """An alliance's programme; None if it has none."""
    programme = connection.execute(select(programmes).where(programmes.c.alliance_id == alliance_id)).one_or_none()
    if programme is None:
        return None
    rules = [
        EarningRules(row.effective_at, Fraction(row.earn_points_per_unit), row.expiry_months, json.loads(row.further))
        for row in connection.execute(
            select(earning_rules)
            .where(earning_rules.c.alliance_id == alliance_id)
            .order_by(earning_rules.c.effective_at)
        )
    ]
    secret = bytes(programme.secret)
    return Programme(
        alliance_id,
        PostingIds(secret),
        secret,
        programme.sandbox,
        programme.clock_offset,
        rules,
        programme.spend_by_id_minor,
        programme.spending_version,
        _bonuses(connection, alliance_id),
        _limits(connection, alliance_id),
    )


def _bonuses(connection: Connection, alliance_id: int) -> BonusRules:
    """Each version of a bonus rule whose budget was set aside."""
    columns = bonus_rules.c
    rows = connection.execute(
        select(columns.rule, columns.version, columns.terms, columns.starts_at, columns.ended_at, columns.number)
        .where(columns.alliance_id == alliance_id, columns.posting_id.is_not(None))
        .order_by(columns.rule, columns.version)
    ).all()
    if not rows:
        return NO_BONUSES
    # The kinds are models, whose library takes longer to load than all else that a command needs.
    from coalition.earning.bonus_kinds import StoredVersion, decode_rules

    return decode_rules(tuple(StoredVersion(*row) for row in rows))


def _limits(connection: Connection, alliance_id: int) -> SpendLimits:
    """Each version of a limit."""
    columns = spend_limits.c
    rows = connection.execute(
        select(columns.rule, columns.version, columns.terms, columns.starts_at, columns.ended_at)
        .where(columns.alliance_id == alliance_id)
        .order_by(columns.rule, columns.version)
    ).all()
    if not rows:
        return NO_LIMITS
    from coalition.spending.limit_kinds import StoredLimit, decode_limits

    return decode_limits(tuple(StoredLimit(*row) for row in rows))


def set_spend_by_id(connection: Connection, alliance_id: int, minor: int, version: int) -> bool:
    """Set up to what amount an id alone spends, in minor units; False where the rule has another version by now."""
    done = connection.execute(
        update(programmes)
        .where(programmes.c.alliance_id == alliance_id, programmes.c.spending_version == version)
        .values(spend_by_id_minor=minor, spending_version=version + 1)
    )
    return done.rowcount == 1


def set_clock_offset(connection: Connection, alliance_id: int, offset: int) -> bool:
    """Set a sandbox's clock `offset` microseconds ahead of the machine's; False if the alliance is not a sandbox."""
    done = connection.execute(
        update(programmes)
        .where(programmes.c.alliance_id == alliance_id, programmes.c.sandbox)
        .values(clock_offset=offset)
    )
    return done.rowcount == 1
