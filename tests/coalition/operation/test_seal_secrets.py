"""Secrets at rest: who has the database alone reads none, and everybody goes on where keys change."""

from contextlib import closing
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, text

from coalition.access.caller import Role
from coalition.access.invite import add_invited_user, server_caller
from coalition.alliance import Alliances
from coalition.app import open_database
from coalition.operation.backup import backup
from coalition.operation.restore import restore
from coalition.operation.seal_secrets import SecretsKeyMissing, plain_secrets, seal_secrets, sealed_columns
from coalition.programme.tables import programmes
from coalition.sealing import MARK, SecretsKeyUnusable, SecretsSealed, keyring
from coalition.webhooks.tables import webhook_endpoints
from settlement.ledger import Database
from tests.coalition.conftest import Command
from tests.support.clock import Clock
from tests.support.people import Person, person
from tests.support.town_api import ApiTown, api_town, purchase

FIRST, SECOND = (Fernet.generate_key().decode() for _ in range(2))


def use(monkeypatch: pytest.MonkeyPatch, *keys: str) -> None:
    monkeypatch.setenv("COALITION_SECRETS_KEY", ",".join(keys))


def stored(database: Database) -> list[bytes]:
    """Every value of every sealed column, as it is in the database."""
    with database.engine.connect() as connection:
        values = [
            value
            for table, column in sealed_columns()
            for (value,) in connection.execute(text(f"SELECT {column.name} FROM {table.name}"))
            if value is not None
        ]
    return [value.encode() if isinstance(value, str) else bytes(value) for value in values]


def peopled(town: ApiTown) -> tuple[Person, str]:
    """Somebody with a second factor, and the secret of a webhook; somebody else was invited and has not come yet."""
    owner = person(town, Role.OWNER)
    with town.database.engine.begin() as connection:
        caller, now = server_caller(town.alliance.id), town.clock()
        add_invited_user(connection, caller, "bob@example.org", "Bob", Role.FINANCE, None, "en", now)
    body = {"url": "https://example.com/hook", "types": []}
    return owner, town.client().post("/v1/webhook_endpoints", json=body).json()["secret"]


def test_what_is_written_under_a_key_is_sealed_and_used_as_before(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(monkeypatch, FIRST)
    with api_town(database, clock) as town:
        owner, hook = peopled(town)
        everything = stored(database)
        assert len(everything) == 4
        assert all(value.startswith(MARK) for value in everything)
        assert owner.secret is not None
        for secret in (owner.secret, hook):
            assert not any(secret.encode() in value for value in everything)
        owner.log_in()
        booked = purchase(town.till(), "k1", amount_minor=1_000)["id"]
        public = town.alliance.programme.ids.public("pur", 1)
        # A process that has just started reads the secret behind public ids again.
        with closing(Alliances(database, clock)) as again:
            assert again.get(town.alliance.id).programme.ids.public("pur", 1) == public
        assert town.client().get(f"/v1/purchases/{booked}").status_code == 200


def test_secrets_are_sealed_later_and_under_another_key(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with api_town(database, clock) as town:
        owner, hook = peopled(town)
        with pytest.raises(SecretsKeyMissing):
            seal_secrets(database)
        assert not any(value.startswith(MARK) for value in stored(database))
        use(monkeypatch, FIRST)
        with database.engine.connect() as connection:
            assert plain_secrets(connection) == 4
        assert seal_secrets(database) == 4
        first = stored(database)
        use(monkeypatch, SECOND, FIRST)
        owner.log_in()
        assert seal_secrets(database) == 4
        assert not set(first) & set(stored(database))
        use(monkeypatch, SECOND)
        owner.log_in()
        with database.engine.connect() as connection:
            assert plain_secrets(connection) == 0
            assert hook in connection.execute(select(webhook_endpoints.c.secrets)).scalar_one()


@pytest.mark.parametrize("keys", [(), (SECOND,)])
def test_who_has_not_the_key_hears_which_one_is_missing(
    database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch, keys: tuple[str, ...]
) -> None:
    use(monkeypatch, FIRST)
    with api_town(database, clock):
        pass
    use(monkeypatch, *keys)
    with database.engine.connect() as connection, pytest.raises(SecretsSealed, match="COALITION_SECRETS_KEY_FILE"):
        connection.execute(select(programmes.c.secret)).all()


def test_a_backup_restores_under_another_key_or_none(
    new_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    use(monkeypatch, FIRST)
    with closing(open_database(new_url)) as database, api_town(database, clock) as town:
        hook = peopled(town)[1]
        backup(database, tmp_path / "town.coalition", clock)
    use(monkeypatch)
    with closing(Database(f"sqlite:///{tmp_path / 'restored.db'}")) as restored:
        restore(restored, tmp_path / "town.coalition", clock)
        assert any(hook.encode() in value for value in stored(restored))


@pytest.mark.parametrize("content", [None, "", "no key", "é"])
def test_a_key_that_cant_be_used_is_named(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "town.secrets"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    monkeypatch.setenv("COALITION_SECRETS_KEY_FILE", str(path))
    ran = command("secrets", "seal", "--database-url", f"sqlite:///{tmp_path / 'town.db'}")
    assert ran.code == 1
    assert "town.secrets" in ran.err


def test_keys_are_made_and_used_by_command(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clock: Clock
) -> None:
    url = f"sqlite:///{tmp_path / 'town.db'}"
    with closing(open_database(url)) as database, api_town(database, clock) as town:
        owner = peopled(town)[0]
        made = command("secrets", "create-key", "town.secrets")
        assert (made.code, (tmp_path / "town.secrets").stat().st_mode & 0o777) == (0, 0o600)
        assert command("secrets", "create-key", "town.secrets").code == 1
        assert command("secrets", "seal", "--database-url", url).code == 1
        monkeypatch.setenv("COALITION_SECRETS_KEY_FILE", str(tmp_path / "town.secrets"))
        assert "4 secrets are sealed" in command("secrets", "seal", "--database-url", url).out
        assert all(value.startswith(MARK) for value in stored(database))
        owner.log_in()


def test_no_key_is_taken_for_one(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, "too-short")
    with pytest.raises(SecretsKeyUnusable, match="COALITION_SECRETS_KEY"):
        keyring()
