"""Refused log-ins: each is logged, and counted until the account's owner logs in, who is told of many."""

import logging

from sqlalchemy import delete, text

from coalition.access.place import hashed
from coalition.access.tables import refused_log_ins
from coalition.access.user import DAY
from settlement.ledger import Database

log = logging.getLogger("coalition.access")

WARNED_AFTER = 10
"""After so many refusals the account's owner is told."""
KEPT_US = 30 * DAY
"""How long after the last refusal they are counted on."""
HASH_CHARS = 16
_COUNT = text(
    "INSERT INTO refused_log_ins (alliance_id, account, refusals, last_at) VALUES (:alliance_id, :account, 1, :now) "
    "ON CONFLICT (alliance_id, account) DO UPDATE SET refusals = refused_log_ins.refusals + 1, last_at = :now "
    "RETURNING refusals"
)


def count_refusal(database: Database, alliance_id: int, secret: bytes, account: str, place: str, now: int) -> int:
    """Log a refused log-in to an account, whether there is one or not; how many there were since one was not refused.

    The log has hashes under the alliance's `secret`: the same account and the same place have the same ones.
    """
    account_hash = hashed(secret, "account", account)
    log.warning(
        "log-in refused: alliance %s, account %s, address %s",
        alliance_id,
        account_hash.hex()[:HASH_CHARS],
        hashed(secret, "place", place).hex()[:HASH_CHARS],
    )
    columns = refused_log_ins.c
    with database.engine.begin() as connection:
        row = {"alliance_id": alliance_id, "account": account_hash, "now": now}
        refusals: int = connection.execute(_COUNT, row).scalar_one()
        connection.execute(
            delete(refused_log_ins).where(columns.alliance_id == alliance_id, columns.last_at < now - KEPT_US)
        )
    return refusals


def forget_refusals(database: Database, alliance_id: int, secret: bytes, account: str) -> None:
    """Count anew: the account's owner has logged in."""
    columns = refused_log_ins.c
    with database.engine.begin() as connection:
        connection.execute(
            delete(refused_log_ins).where(
                columns.alliance_id == alliance_id, columns.account == hashed(secret, "account", account)
            )
        )
