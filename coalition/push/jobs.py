"""Jobs that send members' notices to their phones, and to their mailboxes."""

import time

from coalition.access.shared_rate_limits import SharedRates
from coalition.jobs.job import RUN_SECONDS_MAX, JobKind, Lane, Work
from coalition.messaging.web_push import WebPush
from coalition.push import address_events as addressing
from coalition.push import send_due as sending


def address_events(work: Work) -> None:
    """Address new events to those whom they concern."""
    until = time.monotonic() + RUN_SECONDS_MAX
    while time.monotonic() < until and not work.stopping():
        with work.alliance.database.engine.begin() as connection:
            if not addressing.address_events(work.alliance, connection, work.clock()):
                return


def has_events(work: Work) -> bool:
    """Whether there are events to address."""
    return addressing.has_events(work.alliance)


def send_messages(work: Work) -> None:
    """Send the messages that are due."""
    settings = work.settings
    ways = sending.Ways(
        WebPush(settings.push_contact, settings.webhook_timeout_seconds, settings.allow_private),
        settings.messenger,
        SharedRates(work.alliance.database),
        settings.sms_per_day_max,
        settings.public_url,
        settings.language,
    )
    sending.send_due(work.alliance, ways, work.clock, work.stopping)


def has_messages(work: Work) -> bool:
    """Whether a message is due."""
    return sending.is_due(work.alliance, work.clock())


JOBS = (
    JobKind("push.address", address_events, every_seconds=1, has_work=has_events),
    JobKind("push.send", send_messages, every_seconds=1, has_work=has_messages, lane=Lane.NETWORK, lease_seconds=600),
)
