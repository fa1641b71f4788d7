"""The only wiring: which database, and how the process is set up."""

import gc
import sys

from coalition.migrations import migrate
from settlement.ledger import Database


def open_database(url: str) -> Database:
    """The database at a URL, at the newest schema. Raises DatabaseUnusable."""
    database = Database(url)
    migrate(database)
    return database


def tune_process() -> None:
    """Set Python up for a process that keeps a book in memory.

    A loaded book is hundreds of thousands of small objects without cycles: looking through them for garbage
    every 700 allocations took half of the time of a decision. A thread that waits for the database gets its
    turn back after 1 ms instead of 5, which is the time of a whole small batch.
    """
    gc.set_threshold(200_000, 50, 1_000)
    sys.setswitchinterval(0.001)
