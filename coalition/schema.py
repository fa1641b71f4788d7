"""All tables of the database: importing this adds every package's to the one metadata."""

from coalition.access import tables as access
from coalition.approvals import tables as approvals
from coalition.disputes import tables as disputes
from coalition.events import tables as events
from coalition.gifts import tables as gifts
from coalition.households import tables as households
from coalition.jobs import tables as jobs
from coalition.members import tables as members
from coalition.merchants import tables as merchants
from coalition.notifications import tables as letters
from coalition.paycodes import tables as paycodes
from coalition.programme import tables as programme
from coalition.webhooks import tables as webhooks
from settlement.ledger import metadata

__all__ = [
    "access",
    "approvals",
    "disputes",
    "events",
    "gifts",
    "households",
    "jobs",
    "letters",
    "members",
    "merchants",
    "metadata",
    "paycodes",
    "programme",
    "webhooks",
]
