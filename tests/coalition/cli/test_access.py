"""Keys replaced and users invited by command."""

from pathlib import Path

import pytest

from coalition.access.invite import read_invitation
from coalition.app import open_database
from coalition.clock import system_clock
from tests.support.command import Command
from tests.support.town import write_town


@pytest.fixture
def url(command: Command, tmp_path: Path) -> tuple[str, str]:
    """The option that names a database with an alliance."""
    option = ("--database-url", f"sqlite:///{tmp_path / 'books.db'}")
    assert command(*write_town(tmp_path), *option).code == 0
    return option


def test_a_replaced_key_is_listed_with_its_end(command: Command, url: tuple[str, str]) -> None:
    old = command("keys", "create", "wallet", *url).out.strip().split("_")[2]
    new = command("keys", "rotate", old, "--days", "3", *url).out.strip()
    assert new.startswith("coalition_")
    listed = command("keys", "list", *url).out
    assert old in listed
    assert new.split("_")[2] in listed
    again = command("keys", "rotate", old, *url)
    assert (again.code, f"there is no key {old} to replace" in again.err) == (1, True)


def test_an_invitation_by_command_can_be_accepted(command: Command, url: tuple[str, str]) -> None:
    link = command("users", "add", "ann@example.org", *url).out.strip()
    database = open_database(url[1])
    with database.engine.connect() as connection:
        offer = read_invitation(connection, link.partition("#")[2], system_clock())
    database.close()
    assert (offer.user.email, offer.user.role) == ("ann@example.org", "owner")
    assert offer.totp_secret is not None


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nobody"], "is no e-mail address"),
        (["a@b.example", "--role", "cashier"], "a manager or a cashier has a shop"),
        (["a@b.example", "--role", "cashier", "--shop", "nowhere"], "no shop 'nowhere'"),
    ],
)
def test_who_cannot_be_invited_is_told_why(
    command: Command, url: tuple[str, str], arguments: list[str], says: str
) -> None:
    got = command("users", "add", *arguments, *url)
    assert (got.code, says in got.err) == (1, True)
