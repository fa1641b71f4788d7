"""All tables of the database: importing this adds every package's to the one metadata."""

from coalition.access import tables as access
from coalition.approvals import tables as approvals
from coalition.programme import tables as programme
from settlement import metadata

__all__ = ["access", "approvals", "metadata", "programme"]
