"""What an alliance lets tills do: offline how much, for how long and at whose loss; online how much on a day."""

from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import Connection, select

from coalition.paycodes.code import OFFLINE_US
from coalition.settings_row import replace_settings
from coalition.tills.tables import till_settings

HOUR_US = 3600 * 1_000_000
PER_DAY = 100
PER_DAY_MAX = 1000
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
class DayLimit:
    """The most that may be booked on a day without a manager: sales, minor units, points spent; None for no limit."""

    sales: int | None = None
    minor: int | None = None
    points: int | None = None

    @property
    def is_set(self) -> bool:
        """Whether there is any."""
        return self != DayLimit()


@dataclass(frozen=True, slots=True)
class TillRules:
    """What an alliance lets tills do; `version` 0 is what holds until it decides.

    One till makes at most `per_day` sales a day offline, and each is sent within `hours`; offline they only earn.
    `loss` is borne by whoever it names. Online each till has the limit `till` for a day, all of a shop together `shop`.
    """

    per_day: int = PER_DAY
    hours: int = HOURS_MAX
    loss: LossBearer = LossBearer.SHOP
    version: int = 0
    till: DayLimit = DayLimit()
    shop: DayLimit = DayLimit()


def find_till_rules(connection: Connection, alliance_id: int) -> TillRules:
    """An alliance's rules."""
    row = connection.execute(select(till_settings).where(till_settings.c.alliance_id == alliance_id)).one_or_none()
    if row is None:
        return TillRules()
    return TillRules(
        row.offline_per_day,
        row.offline_hours,
        LossBearer(row.offline_loss),
        row.version,
        DayLimit(row.till_sales_a_day, row.till_minor_a_day, row.till_points_a_day),
        DayLimit(row.shop_sales_a_day, row.shop_minor_a_day, row.shop_points_a_day),
    )


def set_till_rules(connection: Connection, alliance_id: int, rules: TillRules) -> TillRules | None:
    """Replace the rules of version `rules.version`; None where that is no longer the newest."""
    values: dict[str, object] = {
        "offline_per_day": rules.per_day,
        "offline_hours": rules.hours,
        "offline_loss": rules.loss.value,
        "till_sales_a_day": rules.till.sales,
        "till_minor_a_day": rules.till.minor,
        "till_points_a_day": rules.till.points,
        "shop_sales_a_day": rules.shop.sales,
        "shop_minor_a_day": rules.shop.minor,
        "shop_points_a_day": rules.shop.points,
    }
    version = replace_settings(connection, till_settings, alliance_id, rules.version, values)
    return None if version is None else replace(rules, version=version)
