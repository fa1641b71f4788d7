"""How much is measured: all of it, or little enough for a quick look."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """Numbers of postings, moves, seconds and rounds."""

    rounds: int
    postings: int
    """In each measurement of postings in batches."""
    postings_a_caller: int
    pgbench_seconds: int
    members: int
    """Of the town whose postings are measured."""
    newcomers: int
    """Members of a town that joins a large one on its database; a twentieth, so that nothing analyses for them."""
    settled_members: int
    """Of the young and the old town; few enough that opening their lots takes less than `young_moves`."""
    postings_between: int
    """In each measurement of a young or an old town; few, so that the young town stays young."""
    young_moves: int
    old_moves: int
    api_seconds: float
    """Of each measurement over HTTP."""
    years: int
    """Replays of the real year, for each funding."""


FULL = Sizes(
    rounds=7,
    postings=20_000,
    postings_a_caller=170,
    pgbench_seconds=8,
    members=20_000,
    newcomers=1_000,
    settled_members=12_000,
    postings_between=10_000,
    young_moves=50_000,
    old_moves=5_000_000,
    api_seconds=8,
    years=3,
)
QUICK = Sizes(
    rounds=5,
    postings=10_000,
    postings_a_caller=100,
    pgbench_seconds=2,
    members=20_000,
    newcomers=1_000,
    settled_members=12_000,
    postings_between=10_000,
    young_moves=50_000,
    old_moves=500_000,
    api_seconds=3,
    years=1,
)
