"""The proof of a day's backing: an auditor's own Python checks it, and sees whatever was changed in it."""

import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import coalition.reports
from coalition.access.caller import Caller, Role
from coalition.reports.backing_task import start_proof
from coalition.reports.prove_backing import prove_backing
from coalition.tasks.continue_task import continue_task
from coalition.tasks.list_tasks import find_own_task
from coalition.tasks.store import find_task, keep_failure, made_parts
from settlement import date_of
from settlement.audit import proof as writing
from settlement.clearing import pay_in_leg
from settlement.ledger import AccountKind, Database
from tests.support.books import BookClient
from tests.support.clock import DAY, Clock
from tests.support.tasks import do_tasks
from tests.support.town_api import ApiTown, api_town, purchase

CHECKER = Path(coalition.reports.__file__).with_name("check_backing.py")
Tampering = Callable[[list[dict[str, Any]]], None]


@pytest.fixture
def town(database: Database, clock: Clock) -> Iterator[ApiTown]:
    """Two days with sales, a redemption, a deposit, and a sale that was refused."""
    with api_town(database, clock) as town:
        purchase(town.till(), "p1", amount_minor=10_000)
        with town.session() as session:
            book = town.alliance.book
            leg = pay_in_leg(book.config(session), "bakery", 700, AccountKind.DEPOSIT)
            BookClient(book, session).take(leg, key="deposit\\of the bakery")
        town.clock.forward(DAY)
        purchase(town.till("cafe"), "p2", shop="cafe", amount_minor=1_000, points=120)
        purchase(town.till("cafe"), "p3", shop="cafe", amount_minor=1_000, points=900, accept_partial=False)
        yield town


def days_of(town: ApiTown) -> tuple[date, date]:
    """Yesterday and today."""
    today = date_of(town.alliance.today)
    return today - timedelta(days=1), today


def check(folder: Path, *proofs: bytes) -> tuple[int, str]:
    """What an auditor sees who has the script and these files alone."""
    paths = []
    for number, proof in enumerate(proofs):
        paths.append(folder / f"{number}.jsonl.gz")
        paths[-1].write_bytes(proof)
    ran = subprocess.run(
        [sys.executable, "-I", CHECKER, *paths], capture_output=True, text=True, check=False, cwd=folder
    )
    return ran.returncode, ran.stdout + ran.stderr


def read(proof: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(proof).splitlines()]


def write(lines: list[dict[str, Any]]) -> bytes:
    return gzip.compress("".join(json.dumps(line) + "\n" for line in lines).encode())


def test_an_auditor_recomputes_what_the_api_says(town: ApiTown, tmp_path: Path) -> None:
    _, today = days_of(town)
    proof = prove_backing(town.alliance.book, today)
    status, words = check(tmp_path, proof)
    assert status == 0, words
    liability = town.client().get("/v1/reports/liability").json()
    assert f"{liability['points']} points" in words
    figures = read(proof)[0]["figures"]
    assert (figures["points"], figures["worth_minor"]) == (liability["points"], liability["worth_minor"])
    assert figures["deposits_minor"] == 700
    assert {each["shop"]: each["points"] for each in figures["shops"]}["bakery"] == 500 - 120
    with town.session() as session:
        sealed = town.alliance.book.header(session).chain.hex()
    assert read(proof)[0]["seal"] == sealed
    assert sealed in words


def test_the_days_one_after_the_other_are_the_whole(town: ApiTown, tmp_path: Path) -> None:
    book, (yesterday, today) = town.alliance.book, days_of(town)
    first, second = prove_backing(book, yesterday), prove_backing(book, today, yesterday)
    assert check(tmp_path, first, second)[0] == 0
    assert read(first)[1:] + read(second)[1:] == read(prove_backing(book, today))[1:]
    assert read(first)[0]["figures"]["points"] == 500
    assert prove_backing(book, yesterday) == first, "what was proven once stays"
    assert "a file is missing" in check(tmp_path, second)[1]
    assert check(tmp_path, second, first)[0] == 1


def _more_points(lines: list[dict[str, Any]]) -> None:
    lines[0]["figures"]["points"] += 1


def _less_worth(lines: list[dict[str, Any]]) -> None:
    lines[0]["figures"]["shops"][0]["worth_minor"] -= 1


def _another_move(lines: list[dict[str, Any]]) -> None:
    batch = next(line for line in lines if line.get("moves"))
    batch["moves"] = batch["moves"].replace("\t500\n", "\t400\n", 1)


def _batch_gone(lines: list[dict[str, Any]]) -> None:
    del lines[2]


def _end_gone(lines: list[dict[str, Any]]) -> None:
    del lines[-1]


def _another_rate(lines: list[dict[str, Any]]) -> None:
    batch = next(line for line in lines if "points_per_unit" in line.get("others", ""))
    batch["others"] = batch["others"].replace("100", "200")


@pytest.mark.parametrize("change", [_more_points, _less_worth, _another_move, _batch_gone, _end_gone, _another_rate])
def test_whatever_is_changed_is_seen(town: ApiTown, tmp_path: Path, change: Tampering) -> None:
    proof = prove_backing(town.alliance.book, days_of(town)[1])
    lines = read(proof)
    change(lines)
    assert lines != read(proof)
    status, words = check(tmp_path, write(lines))
    assert status == 1
    assert "DOES NOT HOLD" in words


def test_it_is_fetched_over_http_by_treasurers(town: ApiTown, tmp_path: Path) -> None:
    yesterday, today = days_of(town)
    days = {"day": today.isoformat(), "since": yesterday.isoformat()}
    answer = town.client().get("/v1/reports/backing-proof", params=days)
    assert answer.content == prove_backing(town.alliance.book, today, yesterday)
    assert town.till().get("/v1/reports/backing-proof", params=days).status_code == 403
    reversed_days = {"day": yesterday.isoformat(), "since": today.isoformat()}
    assert town.client().get("/v1/reports/backing-proof", params=reversed_days).status_code == 422


def test_as_a_task_it_is_the_same_file_in_parts(town: ApiTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book, (yesterday, today) = town.alliance.book, days_of(town)
    whole = prove_backing(book, today)
    monkeypatch.setattr(writing, "BATCHES_A_PART", 1)
    owner = Caller(town.alliance.id, "user:olga", Role.OWNER)
    task = start_proof(town.alliance, owner, today, "k1")
    assert start_proof(town.alliance, owner, today, "k2").id == task.id, "of the same day it is one"
    assert start_proof(town.alliance, owner, yesterday, "k3").id != task.id
    at = f"/v1/tasks/{task.id}"
    assert town.client().get(f"{at}/file").status_code == 404
    do_tasks(town)
    ended = town.client().get(at).json()
    assert (ended["state"], ended["file"]) == ("done", f"backing-{today.isoformat()}.jsonl.gz")
    assert ended["done"] == ended["total"] == len(read(whole)) - 1 > 2
    answer = town.client().get(f"{at}/file")
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert read(answer.content) == read(whole)
    assert check(tmp_path, answer.content)[0] == 0


def test_sales_while_it_is_written_are_not_in_it(
    town: ApiTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "BATCHES_A_PART", 2)
    owner = Caller(town.alliance.id, "user:olga", Role.OWNER)
    expected = prove_backing(town.alliance.book, days_of(town)[1])
    task = start_proof(town.alliance, owner, days_of(town)[1], "k1")
    parts = 0

    def stopping() -> bool:
        nonlocal parts
        parts += 1
        return parts > 1

    continue_task(town.alliance, task.id, stopping)
    assert find_own_task(town.alliance, owner, task.id).done == 2
    purchase(town.till("cafe"), "p9", shop="cafe", amount_minor=1_000)
    do_tasks(town)
    assert read(town.client().get(f"/v1/tasks/{task.id}/file").content) == read(expected)


def test_a_proof_that_fails_leaves_nothing_of_a_file(town: ApiTown, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "BATCHES_A_PART", 1)
    owner = Caller(town.alliance.id, "user:olga", Role.OWNER)
    task = start_proof(town.alliance, owner, days_of(town)[1], "k1")
    looks = iter([False, False, True])
    continue_task(town.alliance, task.id, lambda: next(looks))
    with town.database.engine.begin() as connection:
        begun = find_task(connection, town.alliance.id, task.id)
        assert begun is not None
        assert len(made_parts(connection, town.alliance.id, task.id)) == 2
        assert keep_failure(connection, town.alliance.id, begun, {"en": "", "zh": ""}, town.clock())
        assert made_parts(connection, town.alliance.id, task.id) == []
    assert town.client().get(f"/v1/tasks/{task.id}/file").status_code == 404
