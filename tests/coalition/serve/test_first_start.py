"""The first start: who becomes the owner, and where the invitation leads."""

from contextlib import closing
from pathlib import Path

import pytest

from coalition.access.errors import EmailInvalid
from coalition.access.invite import read_invitation
from coalition.app import open_database
from coalition.clock import system_clock
from coalition.serve.first_start import first_start
from settlement.ledger import Database, book_names
from tests.support.command import finish, start
from tests.support.receiver import closed_port


def test_the_owner_that_is_named_is_invited_in_their_language(database: Database) -> None:
    first = first_start(database, system_clock, None, lambda: "Ann@example.org", "zh")
    assert first is not None
    assert first.invitation is not None
    with database.engine.connect() as connection:
        user = read_invitation(connection, first.invitation, system_clock()).user
    assert (user.email, user.role, user.language) == ("ann@example.org", "owner", "zh")
    assert first_start(database, system_clock, None, lambda: pytest.fail("asked again"), "en") is None


def test_nobody_is_invited_where_nobody_is_named(database: Database) -> None:
    first = first_start(database, system_clock, None, lambda: None, "en")
    assert first is not None
    assert first.invitation is None


def test_an_address_that_is_none_leaves_nothing_behind(database: Database) -> None:
    with pytest.raises(EmailInvalid, match="'ann' is no e-mail address"):
        first_start(database, system_clock, None, lambda: "ann", "en")
    assert book_names(database) == []


@pytest.mark.parametrize(
    ("changes", "begins"),
    [
        ({"COALITION_OWNER": "ann@example.org"}, "http://127.0.0.1:{port}/invitation#invitation_"),
        (
            {"COALITION_OWNER": "ann@example.org", "COALITION_PUBLIC_URL": "https://points.example/"},
            "https://points.example/invitation#invitation_",
        ),
        ({}, "It has no owner yet: `coalition users add EMAIL` invites one."),
    ],
)
def test_the_link_that_is_shown_leads_to_where_people_reach_the_server(
    tmp_path: Path, changes: dict[str, str], begins: str
) -> None:
    port = closed_port()
    server = start("serve", "--port", port, "--no-jobs", folder=tmp_path, **changes)
    lines = []
    assert server.stdout is not None
    while not lines or not lines[-1].endswith("/docs\n"):
        line = server.stdout.readline().decode()
        assert line, finish(server).err
        lines.append(line)
    server.terminate()
    finish(server)
    assert [line for line in lines if line.startswith(begins.format(port=port))], lines
    with closing(open_database(f"sqlite:///{tmp_path / 'coalition.db'}")) as database:
        assert book_names(database) == ["Our town"]
