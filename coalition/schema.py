"""All tables of the database: importing this adds those of every package to the one metadata."""

from coalition.discovery import declared
from settlement import audit, payments, rails
from settlement.ledger import metadata
from settlement.rails import bank

__all__ = ["SETTLEMENT", "metadata"]

SETTLEMENT = (audit, payments, rails, bank)
"""The rooms of settlement that have tables, beside the ledger."""

declared("tables")
