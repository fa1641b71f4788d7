"""The real year of purchases, replayed on SQLite and compared with the reference's totals."""

import json
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

from coalition.demo import journey
from coalition.programme.rules import read_alliance
from coalition.purchases.file import read_purchases
from coalition.replay.replay import ReplayResult, replay
from settlement.ledger import Database, metadata
from tests.bench.result import Result, Runs
from tests.bench.sizes import Sizes

Funding = Literal["on_redemption", "on_issue"]
FUNDINGS: tuple[Funding, ...] = ("on_redemption", "on_issue")
SECONDS_MAX = 20.0
EXPECTED = Path(__file__).parents[1] / "data"


def measure(folder: Path, sizes: Sizes) -> list[Result]:
    """Seconds from the two files to the totals, for both fundings."""
    purchases = journey.purchases(journey.cache_folder(), lambda step: None)
    seconds: dict[Funding, list[float]] = {funding: [] for funding in FUNDINGS}
    for turn in range(sizes.years):
        for funding in FUNDINGS:
            alliance = folder / f"{funding}.toml"
            alliance.write_text(journey.alliance_toml(funding), encoding="utf-8")
            database = Database(f"sqlite:///{folder / f'{funding}-{turn}.db'}")
            started = perf_counter()
            result = _replayed(purchases, alliance, database)
            seconds[funding].append(perf_counter() - started)
            database.close()
            expected = json.loads((EXPECTED / f"year-{funding}.json").read_text(encoding="utf-8"))
            if _totals(result) != expected:
                raise RuntimeError(f"the year {funding} is not the one in tests/data")
    return [
        Result("year", f"the real year, {funding}, SQLite", "s", Runs(funding, values), at_most=SECONDS_MAX)
        for funding, values in seconds.items()
    ]


def _replayed(purchases: Path, alliance: Path, database: Database) -> ReplayResult:
    metadata.create_all(database.engine)
    rules = read_alliance(alliance)
    rows = read_purchases(purchases, rules.book_settings.calendar, rules.minor_digits).rows
    return replay(rows, rules, database, lambda done: None)


def _totals(result: ReplayResult) -> dict[str, Any]:
    """What the replay contract calls OUT.json."""
    return {
        "windows": [
            {
                "opens_at": _instant(window.opens_at),
                "closes_at": _instant(window.closes_at),
                "positions": window.nets,
            }
            for window in result.windows
            if window.nets
        ],
        "outstanding": result.outstanding,
        "earned": result.earned,
        "spent": result.spent,
        "expired": result.expired,
    }


def _instant(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds // 1_000_000, UTC).isoformat()
