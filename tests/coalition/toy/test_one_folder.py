"""A noun is a folder: its route, page, table, error, event, job and command are found, and nothing lists them."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from settlement.ledger import Database
from tests.support.command import environment

HERE = Path(__file__).parent
FOLDER = HERE / "noticeboard"
TARGET = (
    "SELECT attstattarget FROM pg_attribute WHERE attrelid = 'notices_on_board'::regclass AND attname = 'alliance_id'"
)
TRY = """
import json, sys
from coalition.app import open_database
from coalition.jobs.worker import Worker
from coalition.schedule import job_kinds
from tests.support.clock import Clock, instant
from tests.support.town_api import api_town

database, clock = open_database(sys.argv[1]), Clock(instant("2024-05-15T12:00", "Europe/Berlin"))
with api_town(database, clock) as town:
    client = town.client()
    put_up = client.post("/v1/board", json={"text": "Fête <today>", "until": clock() + 1_000_000})
    empty = client.post("/v1/board", json={"text": "  ", "until": 0})
    in_chinese = client.post("/v1/board", json={"text": "  ", "until": 0}, headers={"Accept-Language": "zh"})
    page = client.get(f"/board/{town.alliance.id}")
    clock.forward(60_000_000)
    worker = Worker(town.alliances, job_kinds())
    worker.run_due()
    worker.stop()
    events = client.get("/v1/events", params={"type": "notice.taken_down"}).json()
    unknown = client.get("/v1/events", params={"type": "notice.eaten"})
    schema = client.get("/openapi.json").json()
    emptied = client.get(f"/board/{town.alliance.id}")
print(json.dumps({
    "put_up": [put_up.status_code, put_up.json()],
    "empty": [empty.status_code, empty.headers["content-type"], empty.json()],
    "in_chinese": in_chinese.json(),
    "page": [page.text, emptied.text],
    "events": events["data"],
    "unknown": unknown.status_code,
    "paths": [path for path in schema["paths"] if path.startswith(("/v1/board", "/board"))],
    "roles": schema["paths"]["/v1/board"]["post"]["description"],
    "codes": schema["components"]["schemas"]["Problem"]["properties"]["code"]["enum"],
    "codes_described": "notice_empty" in schema["info"]["description"],
    "types": schema["components"]["schemas"]["EventType"]["enum"],
}))
"""


def run(*arguments: str, plugins: str = "noticeboard") -> "subprocess.CompletedProcess[str]":
    """Run Python with the noticeboard as a plugin."""
    root = HERE.parents[2]
    changes = environment(COALITION_PLUGINS=plugins, PYTHONPATH=f"{root}:{HERE}")
    return subprocess.run([sys.executable, *arguments], env=changes, capture_output=True, text=True, check=False)


@pytest.fixture
def tried(new_url: str) -> dict[str, Any]:
    """What came of trying each part of the noticeboard."""
    ran = run("-c", TRY, new_url)
    assert ran.returncode == 0, ran.stderr
    return dict(json.loads(ran.stdout.splitlines()[-1]))


def test_each_part_of_a_noun_works_though_nothing_lists_it(tried: dict[str, Any], new_url: str) -> None:
    # The route, and the table that its migration made.
    assert tried["put_up"] == [201, {"text": "Fête <today>", "until": 1_715_767_201_000_000}]
    assert tried["paths"] == ["/v1/board"]
    assert "`operator`" in tried["roles"]
    # The page, which is no part of the API's description.
    assert tried["page"] == ["<ul><li>Fête &lt;today&gt;</li></ul>", "<ul></ul>"]
    # The error, with its own code, status, title and sentence.
    status, media_type, problem = tried["empty"]
    assert (status, media_type) == (422, "application/problem+json")
    assert (problem["code"], problem["title"]) == ("notice_empty", "Notice empty")
    assert problem["detail"].rstrip(".") == "a notice of 2 spaces says nothing"
    assert tried["in_chinese"]["code"] == "notice_empty"
    assert "notice_empty" in tried["codes"]
    assert tried["codes_described"]
    # The job, and the event that it publishes.
    assert [event["type"] for event in tried["events"]] == ["notice.taken_down"]
    assert "notice.taken_down" in tried["types"]
    assert tried["unknown"] == 422
    # The command.
    command = "from coalition.cli.main import main; main()"
    helped = run("-c", command, "--help")
    assert "List the notices on the board." in helped.stdout, helped.stderr
    listed = run("-c", f"import sys; sys.argv[1:] = ['notices', '--database-url', {new_url!r}]; {command}")
    assert (listed.returncode, listed.stdout, listed.stderr) == (0, "", "")
    # What a migration of a plugin makes is seen to as the tables of our own are.
    with closing(Database(new_url)) as database, database.engine.connect() as connection:
        assert database.is_sqlite or connection.execute(text(TARGET)).scalar_one() == 0


def test_nothing_outside_the_folder_knows_it() -> None:
    root = HERE.parents[2]
    sources = [path for package in ("coalition", "settlement") for path in (root / package).rglob("*.py")]
    assert len(sources) > 300
    assert not [path for path in sources if "noticeboard" in path.read_text(encoding="utf-8")]


def test_a_plugin_that_is_not_installed_is_named() -> None:
    ran = run("-c", "from coalition.cli.main import main; main()", plugins="noticeboard, nowhere")
    assert ran.returncode == 1
    assert ran.stderr.startswith("error: COALITION_PLUGINS names 'nowhere', and there is no such package")
