"""`python -m tests.mutation`: changes the code a little, time and again, and says which changes no test notices.

The bar is 95 % killed. Each mutant is tried in a copy of the project, on SQLite, by the tests of its area; one that
runs into the time limit counts as killed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Annotated, NamedTuple

import typer

from tests.mutation.mutants import Mutant, mutants

ROOT = Path(__file__).parents[2]
COPIED = ("coalition", "settlement", "tests", "pyproject.toml", "README.md")
BAR_PERCENT = 95
TIMEOUT_SECONDS = 900
API = "tests/coalition/api"


class Area(NamedTuple):
    """Folders of source, and what tests them."""

    sources: tuple[str, ...]
    tests: tuple[str, ...]


AREAS: Mapping[str, Area] = {
    "ledger": Area(("settlement/ledger",), ("tests/settlement/ledger", "tests/simulation")),
    "clearing": Area(("settlement/clearing",), ("tests/settlement/clearing", "tests/settlement/payments")),
    "payments": Area(("settlement/payments",), ("tests/settlement/payments",)),
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
            f"{API}/test_alone_limits_api.py",
            f"{API}/test_approvals_api.py",
            f"{API}/test_second_person_api.py",
            f"{API}/test_selling_api.py",
            f"{API}/test_two_people_doors_api.py",
        ),
    ),
}


class Trial(NamedTuple):
    """A mutant of a file, and the tests that should kill it."""

    path: str
    mutant: Mutant
    tests: tuple[str, ...]


def main(
    only: Annotated[list[str] | None, typer.Option(metavar="AREA", help=f"Of: {', '.join(AREAS)}.")] = None,
    count: Annotated[int, typer.Option(help="How many mutants of each area, chosen at random.")] = 40,
    seed: Annotated[int, typer.Option(help="Which ones are chosen.")] = 1,
) -> None:
    """Try mutants, name those that survive, and fail below the bar."""
    trials = [trial for name in only or AREAS for trial in chosen(AREAS[name], count, Random(seed))]
    survivors = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in COPIED:
            copying = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
            copying(ROOT / name, copy / name)
        for number, trial in enumerate(trials, 1):
            dead = is_killed(copy, trial)
            survivors += [] if dead else [trial]
            path, mutant, _ = trial
            what = f"{path}:{mutant.line}: {mutant.before} → {mutant.after}"
            typer.echo(f"{number}/{len(trials)} {'killed' if dead else 'SURVIVED'} {what}")
    killed = len(trials) - len(survivors)
    typer.echo(f"{killed} of {len(trials)} killed, {killed * 100 // max(1, len(trials))} %; the bar is {BAR_PERCENT} %")
    raise typer.Exit(int(killed * 100 < BAR_PERCENT * len(trials)))


def chosen(area: Area, count: int, random: Random) -> list[Trial]:
    """Some mutants of an area, the same for the same seed."""
    trials = [
        Trial(str(path.relative_to(ROOT)), mutant, area.tests)
        for folder in area.sources
        for path in sorted((ROOT / folder).glob("*.py"))
        for mutant in mutants(path.read_text(encoding="utf-8"))
    ]
    return random.sample(trials, min(count, len(trials)))


def is_killed(copy: Path, trial: Trial) -> bool:
    """Whether a test fails in the copy with this mutant in it."""
    path = copy / trial.path
    original = path.read_text(encoding="utf-8")
    path.write_text(trial.mutant.text, encoding="utf-8")
    options = ("-x", "-q", "-n", "0", "-p", "no:cacheprovider", "-k", "not postgresql")
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *trial.tests],
            cwd=copy,
            env=environment,
            capture_output=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        path.write_text(original, encoding="utf-8")
    if done.returncode not in (0, 1, 2):
        raise SystemExit(done.stdout.decode()[-2_000:] + done.stderr.decode()[-2_000:])
    return done.returncode != 0


if __name__ == "__main__":
    typer.run(main)
