"""What an alliance lets tills do without a connection: how much, for how long, and who bears what is refused later."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import Connection, select, text, update

from coalition.paycodes.code import OFFLINE_US
from coalition.tills.tables import till_settings

HOUR_US = 3600 * 1_000_000
PER_DAY = 100
HOURS_MAX = OFFLINE_US // HOUR_US


class LossBearer(StrEnum):
    """Who bears that a sale which was made offline earns no points after all."""

    MEMBER = "member"
    """They get none."""
    SHOP = "shop"
    """It rings the amount up again, and so issues the points."""
    ALLIANCE = "alliance"
    """It gives the points by a correction."""


@dataclass(frozen=True, slots=True)
class OfflineRules:
    """One till makes at most `per_day` sales a day offline, and each is sent within `hours`; offline they only earn.

    `loss` is borne by whoever it names. `version` 0 is what holds until the alliance decides.
    """

    per_day: int = PER_DAY
    hours: int = HOURS_MAX
    loss: LossBearer = LossBearer.SHOP
    version: int = 0


def find_offline_rules(connection: Connection, alliance_id: int) -> OfflineRules:
    """An alliance's rules."""
    row = connection.execute(select(till_settings).where(till_settings.c.alliance_id == alliance_id)).one_or_none()
    if row is None:
        return OfflineRules()
    return OfflineRules(row.offline_per_day, row.offline_hours, LossBearer(row.offline_loss), row.version)


def set_offline_rules(connection: Connection, alliance_id: int, rules: OfflineRules) -> OfflineRules | None:
    """Replace the rules of version `rules.version`; None where that is no longer the newest."""
    values = {
        "offline_per_day": rules.per_day,
        "offline_hours": rules.hours,
        "offline_loss": rules.loss.value,
        "version": rules.version + 1,
    }
    if rules.version == 0:
        done = connection.execute(
            text(
                "INSERT INTO till_settings (alliance_id, offline_per_day, offline_hours, offline_loss, version) "
                "VALUES (:alliance_id, :offline_per_day, :offline_hours, :offline_loss, :version) "
                "ON CONFLICT DO NOTHING"
            ),
            {"alliance_id": alliance_id, **values},
        )
    else:
        mine = till_settings.c.alliance_id == alliance_id, till_settings.c.version == rules.version
        done = connection.execute(update(till_settings).where(*mine).values(**values))
    return replace(rules, version=rules.version + 1) if done.rowcount == 1 else None
