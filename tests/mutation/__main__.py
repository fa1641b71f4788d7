"""`python -m tests.mutation`: changes the code a little, time and again, and says which changes no test notices.

The bar is 95 % killed. Each mutant is tried in a copy of the project, on SQLite, by those tests of its area that reach
its function, the fastest first. One that goes on for ever counts as killed.
`equivalents.csv` names the changes that change nothing, with the reason; they are not tried.
"""

import csv
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from random import Random
from typing import Annotated, NamedTuple

import typer

from tests.mutation.mutants import Mutant, mutants
from tests.mutation.reach import Reach, read_reach

ROOT = Path(__file__).parents[2]
COPIED = ("coalition", "settlement", "tests", "pyproject.toml", "README.md")
BAR_PERCENT = 95
OPTIONS = ("-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-p", "tests.mutation.reach", "-k", "not postgresql")
API = "tests/coalition/api"


class Area(NamedTuple):
    """Folders of source, and what tests them."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]


AREAS: Mapping[str, Area] = {
    "ledger": Area(("settlement/ledger",), ("tests/settlement/ledger", "tests/simulation")),
    "clearing": Area(
        ("settlement/clearing",),
        ("tests/settlement/clearing", "tests/settlement/payments", "tests/settlement/ledger/test_reserve.py"),
    ),
    "payments": Area(
        ("settlement/payments",),
        (
            "tests/settlement/payments",
            "tests/settlement/rails/stripe",
            "tests/settlement/test_audit_columns.py",
            "tests/coalition/operation/test_doctor.py",
            f"{API}/test_money_faults_api.py",
            f"{API}/test_movements_api.py",
            f"{API}/test_payments_api.py",
            f"{API}/test_stripe_webhooks_api.py",
        ),
    ),
    "access": Area(
        ("coalition/access", "coalition/staff"),
        (
            "tests/coalition/access",
            f"{API}/test_announced_access_api.py",
            f"{API}/test_ended_credentials_api.py",
            f"{API}/test_fresh_proofs_api.py",
            f"{API}/test_guesses_api.py",
            f"{API}/test_keys_api.py",
            f"{API}/test_passkeys_api.py",
            f"{API}/test_sessions_api.py",
            f"{API}/test_two_people_approver_api.py",
            f"{API}/test_users_api.py",
        ),
    ),
    "approvals": Area(
        ("coalition/approvals",),
        (
            "tests/coalition/approvals",
            f"{API}/test_alone_limits_api.py",
            f"{API}/test_approvals_api.py",
            f"{API}/test_second_person_api.py",
            f"{API}/test_selling_api.py",
            f"{API}/test_two_people_doors_api.py",
        ),
    ),
}


class Trial(NamedTuple):
    """A mutant of a file."""

    path: str
    mutant: Mutant


class Equivalent(NamedTuple):
    """A change that changes nothing: the file, the whole line of source, the two texts, and the reason."""

    path: str
    line: str
    before: str
    after: str
    why: str


class Copies:
    """Copies of the project, each of which one mutant at a time has for itself."""

    def __init__(self, folder: Path, count: int) -> None:
        self._free: SimpleQueue[Path] = SimpleQueue()
        for number in range(count):
            copy = folder / str(number)
            copy.mkdir()
            for name in COPIED:
                copying = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
                copying(ROOT / name, copy / name)
            self._free.put(copy)

    @contextmanager
    def borrowed(self) -> Iterator[Path]:
        """One that nobody else has; it is waited for."""
        copy = self._free.get()
        try:
            yield copy
        finally:
            self._free.put(copy)


def main(
    only: Annotated[list[str] | None, typer.Option(metavar="AREA", help=f"Of: {', '.join(AREAS)}.")] = None,
    count: Annotated[int, typer.Option(help="How many mutants of each area, chosen at random.")] = 40,
    seed: Annotated[int, typer.Option(help="Which ones are chosen.")] = 1,
    workers: Annotated[int, typer.Option(help="How many are tried at the same time.", min=1)] = os.cpu_count() or 1,
) -> None:
    """Try mutants, name those that survive, and fail below the bar."""
    names, tried, killed = only or list(AREAS), 0, 0
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(workers) as pool:
        copies, noted = Copies(Path(folder), workers), {name: Path(folder) / f"{name}.json" for name in names}

        def reach(name: str) -> dict[str, Reach]:
            with copies.borrowed() as copy:
                return reach_of(copy, AREAS[name], noted[name])

        def is_dead(name: str, trial: Trial) -> bool:
            with copies.borrowed() as copy:
                return is_killed(copy, trial, reaches_of[name], noted[name])

        reaches_of = dict(zip(names, pool.map(reach, names), strict=True))
        trials = [(name, trial) for name in names for trial in chosen(AREAS[name], count, Random(seed))]
        for (name, (path, mutant)), dead in zip(trials, pool.map(is_dead, *zip(*trials, strict=True)), strict=True):
            tried, killed = tried + 1, killed + dead
            what = f"{path}:{mutant.line}: {mutant.before} → {mutant.after}"
            typer.echo(f"{name} {tried} {'killed' if dead else 'SURVIVED'} {what}")
    typer.echo(f"{killed} of {tried} killed, {killed * 100 // max(1, tried)} %; the bar is {BAR_PERCENT} %")
    raise typer.Exit(int(killed * 100 < BAR_PERCENT * tried))


def chosen(area: Area, count: int, random: Random) -> list[Trial]:
    """Some mutants of an area, the same for the same seed."""
    unlike = [trial for trial, line in trials_of(area) if not is_equivalent(trial, line)]
    return random.sample(unlike, min(count, len(unlike)))


def trials_of(area: Area) -> Iterator[tuple[Trial, str]]:
    """All mutants of an area, each with the line of source that it changes."""
    for folder in area.sources:
        for path in sorted((ROOT / folder).glob("*.py")):
            text = path.read_text(encoding="utf-8")
            for mutant in mutants(text):
                yield Trial(str(path.relative_to(ROOT)), mutant), text.splitlines()[mutant.line - 1].strip()


def is_equivalent(trial: Trial, line: str) -> bool:
    """Whether the change is known to change nothing."""
    change = trial.path, line, trial.mutant.before, trial.mutant.after
    return change in {equivalent[:4] for equivalent in equivalents()}


@cache
def equivalents() -> Sequence[Equivalent]:
    """The changes that change nothing."""
    with (Path(__file__).with_name("equivalents.csv")).open(encoding="utf-8", newline="") as file:
        return [Equivalent(**row) for row in csv.DictReader(file)]


def reach_of(copy: Path, area: Area, noted: Path) -> dict[str, Reach]:
    """What each test of an area reaches; ends the program where one of them fails without any mutant."""
    code, output = run(copy, area.tests, noted)
    if code:
        raise SystemExit(output[-2_000:])
    return read_reach(noted)


def is_killed(copy: Path, trial: Trial, reach: Mapping[str, Reach], noted: Path) -> bool:
    """Whether a test fails, or goes on for ever, in the copy with this mutant in it."""
    path = copy / trial.path
    original = path.read_text(encoding="utf-8")
    path.write_text(trial.mutant.text, encoding="utf-8")
    reaching = [test for test, its in reach.items() if reaches(its, trial)]
    try:
        return fails(copy, sorted(reaching or reach, key=lambda test: reach[test].seconds), noted)
    finally:
        path.write_text(original, encoding="utf-8")


def reaches(reach: Reach, trial: Trial) -> bool:
    """Whether a test calls the changed function, or any of its file for what stands outside of functions."""
    function = trial.mutant.function
    if function is not None:
        return (trial.path, function) in reach.functions
    return any(path == trial.path for path, _ in reach.functions)


def fails(copy: Path, tests: Sequence[str], noted: Path) -> bool:
    """Whether one of the tests fails or goes on for ever."""
    code, output = run(copy, tests, noted)
    if code not in (0, 1, 2, -signal.SIGALRM):
        raise SystemExit(output[-2_000:])
    return code != 0


def run(copy: Path, tests: Sequence[str], noted: Path) -> tuple[int, str]:
    """The exit code of pytest, and what it says."""
    names = copy / "tests.txt"
    names.write_text("\n".join(tests), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(copy), "MUTATION_REACH": str(noted)}
    with (copy / "output.txt").open("w+", encoding="utf-8") as output:
        command = [sys.executable, "-m", "pytest", *OPTIONS, f"@{names}"]
        process = subprocess.Popen(command, cwd=copy, env=environment, stdout=output, stderr=output, process_group=0)
        code = process.wait()
        # Servers that a test had started outlive a process that was ended.
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        output.seek(0)
        return code, output.read()


if __name__ == "__main__":
    typer.run(main)
