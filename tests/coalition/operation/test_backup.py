"""Backup and restore: under load, from either database into either, whole or not at all."""

import json
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from shutil import copyfile

import pytest

from coalition.alliance import Alliances
from coalition.api.app import create_app
from coalition.app import open_database
from coalition.operation.archive import (
    LINE_BYTES_MAX,
    MANIFEST,
    MANIFEST_BYTES_MAX,
    BackupUnusable,
    contents_of,
    opened,
    tables,
)
from coalition.operation.backup import backup, heads_of
from coalition.operation.encryption import (
    CHUNK_BYTES,
    MAGIC,
    SALT_BYTES,
    TAG_BYTES,
    BackupKey,
    EncryptingFile,
    KeyKind,
    key_of_passphrase,
)
from coalition.operation.restore import NotEmpty, RestoreDiffers, restore
from settlement.audit import audit_book
from settlement.ledger import Book, Database, Earn, Posting
from tests.coalition.conftest import Command
from tests.support.command import check_complaint
from tests.support.postgres import PostgresServer
from tests.support.town_api import ApiTown, api_town, purchase

BATCHES_MEANWHILE = 30
_numbers = count(1)


@pytest.fixture
def town(new_url: str, clock: Callable[[], int]) -> ApiTown:
    """A town in a database that was made as a user's is."""
    with closing(open_database(new_url)) as database, api_town(database, clock) as town:
        for n in range(20):
            purchase(town.till(), f"k{n}", member=("ann", "bob")[n % 2], amount_minor=1_000 + n, points="all")
        yield town


@pytest.fixture
def saved(town: ApiTown, tmp_path: Path) -> Path:
    """A backup of it."""
    path = tmp_path / "town.coalition"
    backup(town.database, path, town.clock)
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(
    request: pytest.FixtureRequest, tmp_path: Path, postgres: PostgresServer, worker_id: str
) -> Iterator[Database]:
    """An empty database of each kind to restore into."""
    if request.param == "sqlite":
        with closing(Database(f"sqlite:///{tmp_path / 'empty.db'}")) as database:
            yield database
        return
    name = f"restored_{worker_id}_{next(_numbers)}"
    postgres.execute(f"CREATE DATABASE {name}")
    with closing(Database(postgres.url(name))) as database:
        yield database
    postgres.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_what_is_backed_up_under_load_is_restored_as_it_was_at_one_moment(
    town: ApiTown, tmp_path: Path, empty: Database
) -> None:
    path, over = tmp_path / "town.coalition", threading.Event()
    posted = []

    def post() -> None:
        while not over.is_set() or len(posted) < BATCHES_MEANWHILE:
            number = len(posted)
            legs = [Earn("bakery", "ann", 5, 20991231)]
            town.alliance.poster.submit([Posting(f"m{number}.{n}", town.clock(), {}, legs) for n in range(20)]).result()
            posted.append(number)

    load = threading.Thread(target=post)
    load.start()
    while len(posted) < 3:
        pass
    made = backup(town.database, path, town.clock)
    over.set()
    load.join()
    # Posted to meanwhile, the book has gone on; the backup has not.
    with town.database.snapshot() as connection:
        assert heads_of(connection) != list(made.heads)
    restored = restore(empty, path, town.clock)
    assert restored == made
    with empty.snapshot() as connection:
        assert {table.name: contents_of(connection, table) for table in tables()} == made.tables
        assert heads_of(connection) == list(made.heads)
    empty.close()


def test_a_restored_book_goes_on(saved: Path, town: ApiTown, empty: Database) -> None:
    restore(empty, saved, town.clock)
    town.alliances.close()
    town.database, town.alliances = empty, Alliances(empty, town.clock)
    town.app = create_app(town.alliances)
    assert purchase(town.till(), "k0", member="ann", amount_minor=1_000, points="all")["replayed"] == "true"
    assert purchase(town.till(), "new", member="ann", amount_minor=1_000)["status"] == 201
    town.alliances.close()
    with closing(empty.session()) as session:
        assert audit_book(Book.open(empty, town.alliance.book.settings.name, town.clock), session).ok
    empty.close()


def test_only_an_empty_database_is_restored_into(saved: Path, town: ApiTown) -> None:
    with pytest.raises(NotEmpty, match="already"):
        restore(town.database, saved, town.clock)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def flip_a_bit(path: Path) -> None:
    with zipfile.ZipFile(path) as file:
        entry = max(file.infolist(), key=lambda info: info.compress_size)
    # In the middle of what is packed: a bit of a date beside it changes nothing that is restored.
    content = bytearray(path.read_bytes())
    content[entry.header_offset + 30 + len(entry.filename) + entry.compress_size // 2] ^= 1
    path.write_bytes(content)


def rewrite(path: Path, change: Callable[[str, bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as file:
        entries = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for name, content in entries.items():
            file.writestr(name, change(name, content))


def change_a_row(path: Path) -> None:
    rewrite(path, lambda name, text: text.replace(b"bakery", b"bakers") if name == "shops.jsonl" else text)
    rewrite(path, lambda name, text: text.replace(b'"bakery"', b'"bakers"') if name == "postings.jsonl" else text)
    rewrite(path, lambda name, text: text.replace(b"1000", b"1001") if name == "postings.jsonl" else text)


def lose_a_row(path: Path) -> None:
    rewrite(path, lambda name, text: text.split(b"\n", 1)[1] if name == "moves.jsonl" else text)


def of_another_schema(path: Path) -> None:
    def change(name: str, text: bytes) -> bytes:
        return json.dumps({**json.loads(text), "revision": "0000"}).encode() if name == MANIFEST else text

    rewrite(path, change)


def unpack_to_a_long_line(path: Path) -> None:
    rewrite(path, lambda name, text: b"0" * (LINE_BYTES_MAX + 1) if name == "moves.jsonl" else text)


def unpack_to_many_rows(path: Path) -> None:
    rewrite(path, lambda name, text: text * 1_000 if name == "moves.jsonl" else text)


def unpack_to_a_long_manifest(path: Path) -> None:
    rewrite(path, lambda name, text: text + b" " * MANIFEST_BYTES_MAX if name == MANIFEST else text)


BOMBS = (unpack_to_a_long_line, unpack_to_many_rows, unpack_to_a_long_manifest)


def not_even_a_file(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    "spoil", [cut_short, flip_a_bit, change_a_row, lose_a_row, of_another_schema, not_even_a_file, *BOMBS]
)
def test_a_spoilt_backup_is_refused_by_name_and_nothing_is_restored(
    saved: Path, town: ApiTown, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(saved)
    database = Database(f"sqlite:///{tmp_path / 'target.db'}")
    with pytest.raises(BackupUnusable, match=r"town\.coalition"):
        restore(database, saved, town.clock)
    if (tmp_path / "target.db").exists():
        copyfile(tmp_path / "target.db", tmp_path / "copy.db")
        with open_database(f"sqlite:///{tmp_path / 'copy.db'}").snapshot() as connection:
            assert all(contents_of(connection, table).rows == 0 for table in tables())
    database.close()


def test_who_changes_a_row_and_the_manifest_too_is_found_by_the_audit(
    saved: Path, town: ApiTown, tmp_path: Path
) -> None:
    other = tmp_path / "forged.coalition"
    forged = Database(f"sqlite:///{tmp_path / 'forged.db'}")
    restore(forged, saved, town.clock)
    with forged.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE accounts SET balance = balance + 1 WHERE balance > 0")
    backup(forged, other, town.clock)
    database = Database(f"sqlite:///{tmp_path / 'target.db'}")
    with pytest.raises(RestoreDiffers, match="audit"):
        restore(database, other, town.clock)
    for each in (forged, database):
        each.close()


# -- encrypted ----------------------------------------------------------------------------------------------------

KEY = BackupKey(KeyKind.FILE, b"k" * 32)
PASSPHRASE = key_of_passphrase("a sentence of our own")


@pytest.mark.parametrize("key", [KEY, PASSPHRASE])
def test_an_encrypted_backup_restores_with_its_key_alone_and_shows_nothing(
    town: ApiTown, tmp_path: Path, key: BackupKey
) -> None:
    path = tmp_path / "town.coalition"
    made = backup(town.database, path, town.clock, key=key)
    assert not zipfile.is_zipfile(path)
    assert b"bakery" not in path.read_bytes()
    target = Database(f"sqlite:///{tmp_path / 'target.db'}")
    for wrong in (None, BackupKey(key.kind, b"x" * 32), BackupKey(KeyKind(3 - key.kind), b"k" * 32)):
        with pytest.raises(BackupUnusable, match=r"town\.coalition"):
            restore(target, path, town.clock, key=wrong)
    assert restore(target, path, town.clock, key=key) == made
    target.close()


def cut_a_chunk_off(content: bytes) -> bytes:
    return content[: len(MAGIC) + 1 + SALT_BYTES + CHUNK_BYTES + TAG_BYTES]


@pytest.mark.parametrize(
    "spoil",
    [lambda content: content[:-1], lambda content: content + b"x", cut_a_chunk_off, lambda content: content[:9]],
)
def test_an_encrypted_backup_that_was_changed_or_cut_short_is_refused(
    tmp_path: Path, spoil: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "large.coalition"
    with path.open("wb") as raw:
        encrypting = EncryptingFile(raw, KEY)
        encrypting.write(b"0" * (3 * CHUNK_BYTES))
        encrypting.finish()
    path.write_bytes(spoil(path.read_bytes()))
    with pytest.raises(BackupUnusable, match=r"large\.coalition"), opened(path, KEY):
        pass


def test_what_is_not_encrypted_is_not_taken_for_a_backup_of_ours(saved: Path, town: ApiTown, tmp_path: Path) -> None:
    with pytest.raises(BackupUnusable, match="anybody"):
        restore(Database(f"sqlite:///{tmp_path / 'target.db'}"), saved, town.clock, key=KEY)


def test_the_commands_make_a_key_and_take_a_passphrase(
    town: ApiTown, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = town.database.url.set(drivername=town.database.url.get_backend_name()).render_as_string(hide_password=False)
    first = command("backup", "1.coalition", "--database-url", url)
    assert "coalition.key is new" in first.out
    assert Path("coalition.key").stat().st_mode & 0o777 == 0o600
    assert "is new" not in command("backup", "2.coalition", "--database-url", url).out
    Path("coalition.key").rename("elsewhere.key")
    check_complaint(command("restore", "1.coalition", "--database-url", "sqlite:///new.db"), "coalition.key")
    key = ("--key-file", "elsewhere.key")
    assert command("restore", "1.coalition", "--database-url", "sqlite:///new.db", *key).code == 0
    assert command("backup", "plain.coalition", "--plain", "--database-url", url).code == 0
    refused = command("restore", "plain.coalition", "--database-url", "sqlite:///plain.db", *key)
    check_complaint(refused, "not encrypted")
    assert command("restore", "plain.coalition", "--plain", "--database-url", "sqlite:///plain.db").code == 0
    monkeypatch.setenv("COALITION_BACKUP_PASSPHRASE", "a sentence of our own")
    assert command("backup", "3.coalition", "--passphrase", "--database-url", url).code == 0
    check_complaint(command("restore", "3.coalition", "--database-url", "sqlite:///3.db", *key), "a passphrase")
    assert command("restore", "3.coalition", "--passphrase", "--database-url", "sqlite:///3.db").code == 0


def test_the_commands_say_what_they_did(town: ApiTown, command: Command, tmp_path: Path) -> None:
    url = town.database.url.set(drivername=town.database.url.get_backend_name()).render_as_string(hide_password=False)
    made = command("backup", "town.coalition", "--database-url", url)
    assert (made.code, ", alliances: 1, schema: " in made.out) == (0, True)
    done = command("restore", "town.coalition", "--database-url", "sqlite:///new.db")
    assert (done.code, "every audit holds" in done.out) == (0, True)
    check_complaint(command("backup", "town.coalition", "--database-url", url), "town.coalition", "already")
    check_complaint(command("restore", "no.coalition", "--database-url", "sqlite:///newer.db"), "no.coalition")
