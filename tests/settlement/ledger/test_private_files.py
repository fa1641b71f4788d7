"""Nobody else on the machine reads a book's file, nor what SQLite keeps beside it."""

import os
import stat
from contextlib import closing
from pathlib import Path

import pytest

from settlement.ledger import Database
from settlement.ledger.tables import metadata


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


@pytest.mark.parametrize("first", ["engine", "session"])
def test_a_new_file_is_private_whoever_opens_it_first(tmp_path: Path, first: str) -> None:
    before = os.umask(0)
    try:
        with closing(Database(f"sqlite:///{tmp_path / 'book.db'}")) as database, closing(database.session()):
            if first == "engine":
                metadata.create_all(database.engine)
            with closing(database.session()) as session, session.transaction():
                session.execute("CREATE TABLE a (b)")
                assert modes(tmp_path) == {"book.db": 0o600, "book.db-wal": 0o600, "book.db-shm": 0o600}
    finally:
        os.umask(before)


def test_a_file_that_others_could_read_is_made_private(tmp_path: Path) -> None:
    path = tmp_path / "book.db"
    path.touch(0o644)
    path.chmod(0o644)
    with closing(Database(f"sqlite:///{path}")) as database, database.engine.connect():
        assert modes(tmp_path)["book.db"] == 0o600
