"""The job that sends notifications to people."""

from coalition.jobs.job import JobKind, Lane, Work
from coalition.notifications.send_due import is_due, send_due


def send_notifications(work: Work) -> None:
    """Send the notifications that are due."""
    send_due(work.alliance, work.settings.messenger, work.settings.language, work.clock, work.stopping)


def has_notifications(work: Work) -> bool:
    """Whether a notification is due."""
    return is_due(work.alliance, work.clock())


JOBS = (
    JobKind(
        "notifications.send",
        send_notifications,
        every_seconds=10,
        has_work=has_notifications,
        lane=Lane.NETWORK,
        lease_seconds=1800,
    ),
)
