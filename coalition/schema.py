"""All tables of the database: importing this adds every package's to the one metadata."""

from coalition.access import tables as access
from coalition.disputes import tables as disputes
from coalition.merchants import tables as merchants
from coalition.programme import tables as programme
from settlement import metadata

__all__ = ["access", "disputes", "merchants", "metadata", "programme"]
