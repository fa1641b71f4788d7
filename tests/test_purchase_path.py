"""A purchase takes few steps from the route to the disk, and the README's table names them."""

import re
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType

from coalition.app import open_database
from settlement.ledger import Database
from tests.support.clock import Clock
from tests.support.town_api import api_town, purchase

ROOT = Path(__file__).parents[1]
ROUTE = "coalition/api/routes/purchases.py"
STEPS_MAX = 14
TABLE = "One purchase from HTTP to disk"
"""The heading in the README below which the steps are listed, a row each."""

EVERY_REQUEST = {
    "coalition/access/caller.py",
    "coalition/access/rate_limits.py",
    "coalition/alliance.py",
    "coalition/api/access.py",
    "coalition/api/alliance.py",
    "coalition/api/envelope.py",
    "coalition/api/idempotency.py",
    "coalition/api/observed.py",
    "coalition/api/route_table.py",
    "coalition/api/router.py",
    "coalition/api/safe_headers.py",
    "coalition/fresh.py",
    "coalition/operation/traces.py",
    "coalition/web/ask_again.py",
}
"""What every request passes: middleware, route, length of the body, caller and rights, alliance, key, another try."""

TRIES = 20

Calls = dict[str, set[str]]
"""By file: the other files of ours that it called, and the database's driver where it did."""
DRIVER = "sqlite3"
COMMIT = "_settle"
"""The function that commits what was sent."""


def file_of(code: CodeType) -> str | None:
    """The path of a function of ours; None for the framework's, a test's, and what is written inside an expression."""
    path = Path(code.co_filename)
    if code.co_name.startswith("<") or not path.is_relative_to(ROOT):
        return None
    name = path.relative_to(ROOT).as_posix()
    return name if name.startswith(("coalition/", "settlement/")) and name not in EVERY_REQUEST else None


def caller_of(frame: FrameType | None) -> str | None:
    """The file of the innermost function of ours that is on the way to this frame."""
    while frame is not None:
        if (name := file_of(frame.f_code)) is not None:
            return name
        frame = frame.f_back
    return None


@contextmanager
def recorded() -> Iterator[tuple[threading.Event, Calls]]:
    """Records the calls on all threads that begin meanwhile: once the event is set, from the route to the commit."""
    wanted, inside = threading.Event(), threading.Event()
    calls: dict[str, set[str]] = defaultdict(set)

    def note(frame: FrameType, event: str, called: object) -> None:
        name = file_of(frame.f_code)
        if event == "call" and name == ROUTE and wanted.is_set():
            inside.set()
        if not inside.is_set():
            return
        if event == "call" and name is not None:
            calls[name].update({caller_of(frame.f_back)} - {name, None})
        elif event == "c_call" and type(getattr(called, "__self__", None)).__module__ == DRIVER:
            calls[DRIVER].update({caller_of(frame)} - {None})
            if frame.f_code.co_name == COMMIT:
                wanted.clear()
                inside.clear()

    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield wanted, calls
    finally:
        sys.setprofile(None)
        threading.setprofile(None)


def steps_of(calls: Calls) -> list[str]:
    """The files that hand the purchase on: to another file, or to the database. The others only work out a value."""
    return sorted({caller for callers in calls.values() for caller in callers})


def listed_steps() -> list[str]:
    """The files in the README's table, in its order."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    _, heading, below = readme.partition(f"# {TABLE}\n")
    table = re.split(r"\n#", below)[0] if heading else ""
    return re.findall(r"^\| `((?:coalition|settlement)/[\w/]+\.py)` \|", table, re.M)


def test_a_purchase_takes_the_steps_that_the_readme_lists_and_no_more(tmp_path: Path, clock: Clock) -> None:
    with recorded() as (wanted, calls), closing_database(tmp_path) as database, api_town(database, clock) as town:
        till = town.till()
        # What is read once, or every two seconds, and then kept in memory is no step of each purchase: the shortest of
        # several paths has none of it, also where the machine is so busy that most purchases take two seconds.
        purchase(till, "first", amount_minor=10_000)
        paths = []
        for number in range(TRIES):
            calls.clear()
            wanted.set()
            booked = purchase(till, f"k{number}", amount_minor=10_000, points="all")
            assert booked["points_spent"] > 0
            paths.append(steps_of(calls))
            if len(paths[-1]) <= STEPS_MAX:
                break
    steps = min(paths, key=len)
    assert ROUTE in steps
    assert len(steps) <= STEPS_MAX, "\n".join(steps)
    if listed := listed_steps():
        assert sorted(listed) == steps


@contextmanager
def closing_database(folder: Path) -> Iterator[Database]:
    """A new SQLite database of its own: its file is what the purchase is written to."""
    database = open_database(f"sqlite:///{folder / 'path.db'}")
    try:
        yield database
    finally:
        database.close()
