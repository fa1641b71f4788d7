"""The job that addresses each day's figures to the people of the shops that want them."""

from sqlalchemy import select, update

from coalition.alliance import Alliance
from coalition.day_sheets.set_day_mail import day_before, notice_of
from coalition.day_sheets.tables import day_mails
from coalition.jobs.job import JobKind, Work
from coalition.notifications.readers import readers_of_shop
from coalition.notifications.store import add_notifications
from settlement import next_day

GRACE_US = 60 * 60 * 1_000_000
"""How long after its end a day is sent: tills that were offline are mostly back by then."""
DAYS_MAX = 7
"""How many days are made up for after a standstill."""


def address_days(work: Work) -> None:
    """Store the notifications of days that are over; the job of notifications sends each once, and tries again."""
    alliance = work.alliance
    newest = _newest_over(alliance)
    behind = day_mails.c.alliance_id == alliance.id, day_mails.c.last_day < newest
    with alliance.database.engine.connect() as connection:
        shops = connection.execute(select(day_mails.c.shop, day_mails.c.last_day).where(*behind)).all()
    for shop, last_day in shops:
        if work.stopping():
            return
        mine = day_mails.c.alliance_id == alliance.id, day_mails.c.shop == shop, day_mails.c.last_day == last_day
        with alliance.database.engine.begin() as connection:
            if connection.execute(update(day_mails).where(*mine).values(last_day=newest)).rowcount:
                readers = readers_of_shop(connection, alliance.id, shop)
                notices = [notice_of(shop, day) for day in _days_between(last_day, newest)]
                addressed = [(notice, reader) for notice in notices for reader in readers]
                add_notifications(connection, alliance.id, addressed, work.clock())


def has_days(work: Work) -> bool:
    """Whether a shop waits for a day's figures."""
    with work.alliance.database.engine.connect() as connection:
        first = connection.execute(
            select(day_mails.c.last_day)
            .where(day_mails.c.alliance_id == work.alliance.id)
            .order_by(day_mails.c.last_day)
            .limit(1)
        ).scalar_one_or_none()
    return first is not None and first < _newest_over(work.alliance)


def _newest_over(alliance: Alliance) -> int:
    return day_before(alliance, alliance.clock() - GRACE_US)


def _days_between(after: int, until: int) -> list[int]:
    """The days after one up to another, the last week of them."""
    days = []
    while after < until:
        after = next_day(after)
        days.append(after)
    return days[-DAYS_MAX:]


JOBS = (JobKind("days.address", address_days, every_seconds=60, has_work=has_days, irreversible=True),)
