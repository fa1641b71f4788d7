"""What an alliance decides about its members, with sound values until it does."""

from dataclasses import dataclass, replace

from sqlalchemy import Connection, select

from coalition.members.contacts import region_of
from coalition.members.tables import member_settings
from coalition.settings_row import replace_settings

GIFT_DAYS = 14
EXPIRY_NOTICE_DAYS = 30
CONFIRM_ABOVE_UNITS = 100


@dataclass(frozen=True, slots=True)
class MemberRules:
    """`region` is the country (ISO 3166) of a phone number without one. Above `confirm_above_minor` a member who
    pays in points by pay code confirms the amount; None asks nobody. A gift to somebody who is not enrolled goes back
    after `gift_days`. Members hear of points that expire `expiry_notice_days` ahead. With `sms_notices` they may have
    their messages by SMS, for which the alliance pays. `version` 0 is what holds until the alliance decides.
    """

    region: str | None
    confirm_above_minor: int | None
    gift_days: int
    expiry_notice_days: int
    sms_notices: bool
    version: int


def find_settings(connection: Connection, alliance_id: int, timezone: str, minor_digits: int) -> MemberRules:
    """An alliance's settings."""
    row = connection.execute(select(member_settings).where(member_settings.c.alliance_id == alliance_id)).one_or_none()
    if row is None:
        confirm_above_minor = CONFIRM_ABOVE_UNITS * 10**minor_digits
        return MemberRules(
            region_of(timezone), confirm_above_minor, GIFT_DAYS, EXPIRY_NOTICE_DAYS, sms_notices=False, version=0
        )
    return MemberRules(
        row.region, row.confirm_above_minor, row.gift_days, row.expiry_notice_days, row.sms_notices, row.version
    )


def set_settings(connection: Connection, alliance_id: int, rules: MemberRules) -> MemberRules | None:
    """Replace the settings of version `rules.version`; None where that is no longer the newest."""
    values: dict[str, object] = {
        "region": rules.region,
        "confirm_above_minor": rules.confirm_above_minor,
        "gift_days": rules.gift_days,
        "expiry_notice_days": rules.expiry_notice_days,
        "sms_notices": rules.sms_notices,
    }
    version = replace_settings(connection, member_settings, alliance_id, rules.version, values)
    return None if version is None else replace(rules, version=version)
