"""All kinds of job. A noun that has work of its own adds its kind to KINDS."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing

from coalition.alliance import Alliance
from coalition.errors import CoalitionError
from coalition.feed import relay
from coalition.gifts.give import sweep_gifts
from coalition.jobs.job import Kind, Lane, Work
from coalition.jobs.store import SECOND
from coalition.members.merge import forward_all
from coalition.members.releases import release_due
from coalition.notifications.send_due import is_due, send_due
from coalition.operation.doctor import AUDIT
from coalition.payments.drive import act_on_news, drive, fetch_news, is_under_way, refresh_shops
from coalition.payments.rails import ACT_ON_NEWS, stripe_at
from coalition.webhooks import deliver, fan_out
from settlement import DatabaseUnusable
from settlement.audit import audit_book
from settlement.clearing import close_due, windows_due
from settlement.ledger import Posting, expired_lots, lapsed_holds

CHUNK = 1_000
"""Postings of a sweep in one batch, so that purchases go in between."""
RUN_SECONDS_MAX = 20.0
AUDIT_SECONDS = 24 * 3600


class AuditFails(CoalitionError):
    """A book in which something does not hold."""

    def __init__(self, alliance: str, checks: Sequence[str]) -> None:
        self.alliance, self.checks = alliance, tuple(checks)
        super().__init__(f"the audit of {alliance!r} fails: {', '.join(checks)}; `coalition audit` says where")


def tell_postings(work: Work) -> None:
    """Bring the event feed up to the postings that are there."""
    until = time.monotonic() + RUN_SECONDS_MAX
    with closing(work.alliance.database.session()) as session:
        while relay.relay(work.alliance, session) and time.monotonic() < until and not work.stopping():
            pass


def address_events(work: Work) -> None:
    """Address new events to the endpoints that want them."""
    engine = work.alliance.database.engine
    until = time.monotonic() + RUN_SECONDS_MAX
    while time.monotonic() < until and not work.stopping():
        with engine.begin() as connection:
            if not fan_out.fan_out(connection, work.alliance.id, work.clock()):
                return


def expire_lots(work: Work) -> None:
    """Expire the lots whose last day is over."""
    book = work.alliance.book
    with closing(work.alliance.database.session()) as session:
        postings = expired_lots(book, session, book.clock())
    _post(work, postings)


def lapse_holds(work: Work) -> None:
    """Release what lapsed holds lock."""
    _post(work, _lapsed(work))


def hold_lapsed(work: Work) -> bool:
    """Whether a hold has lapsed."""
    return bool(_lapsed(work))


def close_windows(work: Work) -> None:
    """Close the windows that were over a grace ago: so long, what comes from offline tills is still in time.

    What time brought about in them is posted first, or it would settle a window too late.
    """
    book = work.alliance.book
    expire_lots(work)
    lapse_holds(work)
    with closing(work.alliance.database.session()) as session:
        close_due(book, session, book.clock() - work.settings.close_grace_seconds * SECOND)


def window_over(work: Work) -> bool:
    """Whether there is a window to close."""
    book = work.alliance.book
    with closing(work.alliance.database.session()) as session:
        return bool(windows_due(book, session, book.clock() - work.settings.close_grace_seconds * SECOND))


def _lapsed(work: Work) -> list[Posting]:
    book = work.alliance.book
    with closing(work.alliance.database.session()) as session:
        return lapsed_holds(book, session, book.clock())


def _post(work: Work, postings: Sequence[Posting]) -> None:
    """Post what time brought about. Another sweep may have been faster: then the first answer stands."""
    for at in range(0, len(postings), CHUNK):
        if work.stopping():
            return
        for outcome in work.alliance.poster.submit(postings[at : at + CHUNK]).result():
            if isinstance(outcome, DatabaseUnusable):
                raise outcome


def audit(work: Work) -> None:
    """Check the whole book. Raises AuditFails, which the log and `coalition doctor` tell."""
    book = work.alliance.book
    with closing(work.alliance.database.session()) as session:
        failed = [check.name for check in audit_book(book, session).checks if not check.ok]
    if failed:
        raise AuditFails(book.settings.name, failed)


def drive_payments(work: Work) -> None:
    """Go on with what the last run began."""
    drive(work.alliance)


def send_letters(work: Work) -> None:
    """Send the notices that people are to read."""
    send_due(work.alliance, work.settings.messenger, work.settings.language, work.clock, work.stopping)


def at_stripe(job: Callable[[Alliance], None]) -> Callable[[Work], None]:
    """A job of an alliance's account at Stripe."""

    def run(work: Work) -> None:
        job(work.alliance)

    return run


def has_stripe(work: Work) -> bool:
    """Whether the alliance has an account at Stripe."""
    return stripe_at(work.alliance) is not None


def sweep_members(sweep: Callable[[Alliance], int]) -> Callable[[Work], None]:
    """A sweep of members as the work of a job."""

    def run(work: Work) -> None:
        sweep(work.alliance)

    return run


SWEEPS: Mapping[str, tuple[Callable[[Alliance], int], int]] = {
    "gifts.move_on": (sweep_gifts, 600),
    "balances.release": (release_due, 3600),
    "merges.forward": (forward_all, 600),
}
"""What time brings about for members, safe to run twice at once: what does it, and every how many seconds it is due."""

KINDS: Sequence[Kind] = (
    Kind(
        "events.tell",
        tell_postings,
        every_seconds=1,
        waiting=lambda work: relay.postings_behind(work.alliance) > 0,
    ),
    Kind(
        "webhooks.address",
        address_events,
        every_seconds=1,
        waiting=lambda work: fan_out.is_behind(work.alliance.database, work.alliance.id),
    ),
    Kind(deliver.JOB, deliver.deliver_due, next_due=deliver.next_due, lane=Lane.NETWORK, lease_seconds=120),
    Kind("holds.lapse", lapse_holds, every_seconds=10, waiting=hold_lapsed),
    Kind("lots.expire", expire_lots, every_seconds=1800),
    Kind("windows.close", close_windows, every_seconds=60, waiting=window_over, lease_seconds=300),
    Kind(AUDIT, audit, every_seconds=AUDIT_SECONDS, lane=Lane.LONG, lease_seconds=3600),
    Kind(
        "payments.drive",
        drive_payments,
        every_seconds=300,
        waiting=lambda work: is_under_way(work.alliance),
        lane=Lane.NETWORK,
        lease_seconds=900,
    ),
    Kind(
        "letters.send",
        send_letters,
        every_seconds=10,
        waiting=lambda work: is_due(work.alliance, work.clock()),
        lane=Lane.NETWORK,
        lease_seconds=1800,
    ),
    *(
        Kind(name, at_stripe(job), every_seconds=seconds, waiting=has_stripe, lane=Lane.NETWORK, lease_seconds=600)
        for name, job, seconds in (
            (ACT_ON_NEWS, act_on_news, 60),
            ("stripe.poll", fetch_news, 300),
            ("stripe.refresh", refresh_shops, 86_400),
        )
    ),
    *(Kind(name, sweep_members(sweep), every_seconds=seconds) for name, (sweep, seconds) in SWEEPS.items()),
)
