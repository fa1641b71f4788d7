"""Whether a shop gets its daily figures by e-mail."""

from typing import NamedTuple

from sqlalchemy import delete, select, text

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.day_sheets.tables import day_mails
from coalition.notifications.store import failure_of

NOTICES = "day:"
"""What the names of such notices begin with."""

_ADD = text(
    "INSERT INTO day_mails (alliance_id, shop, last_day) VALUES (:alliance_id, :shop, :last_day) ON CONFLICT DO NOTHING"
)


class DayMail(NamedTuple):
    """Whether it is `wanted`, and why the newest one did not go out; None where nothing went wrong."""

    wanted: bool
    problem: str | None


def notice_of(shop: str, day: int) -> str:
    """The name of a day's notice."""
    return f"{NOTICES}{shop}:{day}"


def read_notice(notice: str) -> tuple[str, int]:
    """The shop and the day of a notice."""
    shop, _, day = notice.removeprefix(NOTICES).rpartition(":")
    return shop, int(day)


def day_before(alliance: Alliance, instant: int) -> int:
    """The day (yyyymmdd) before that of an instant, by the alliance's calendar."""
    calendar = alliance.calendar
    return calendar.local_date(calendar.start_of_day(calendar.local_date(instant)) - 1)


def find_day_mail(alliance: Alliance, shop: str) -> DayMail:
    """How it is set, and whether it works."""
    mine = day_mails.c.alliance_id == alliance.id, day_mails.c.shop == shop
    with alliance.database.engine.connect() as connection:
        last_day = connection.execute(select(day_mails.c.last_day).where(*mine)).scalar_one_or_none()
        if last_day is None:
            return DayMail(wanted=False, problem=None)
        return DayMail(wanted=True, problem=failure_of(connection, alliance.id, notice_of(shop, last_day)))


def set_day_mail(alliance: Alliance, caller: Caller, shop: str, *, wanted: bool) -> None:
    """Send the figures of each day from today on once it is over, or none any more."""
    mine = day_mails.c.alliance_id == alliance.id, day_mails.c.shop == shop
    values = {"alliance_id": alliance.id, "shop": shop, "last_day": day_before(alliance, alliance.clock())}
    with alliance.database.engine.begin() as connection:
        if wanted:
            changed = connection.execute(_ADD, values).rowcount
        else:
            changed = connection.execute(delete(day_mails).where(*mine)).rowcount
        if changed:
            record(connection, caller, "day_mail.set", shop, {"wanted": wanted})
