"""All tables of the database: importing this adds every package's to the one metadata."""

from coalition.access import tables as access
from coalition.events import tables as events
from coalition.jobs import tables as jobs
from coalition.programme import tables as programme
from coalition.webhooks import tables as webhooks
from settlement import metadata

__all__ = ["access", "events", "jobs", "metadata", "programme", "webhooks"]
