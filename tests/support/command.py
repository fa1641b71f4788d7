"""The command `coalition` as its users run it: what it prints, and how it ends."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from gc import get_threshold, set_threshold
from pathlib import Path
from typing import IO

import pytest

from coalition.cli.main import main

PROCESS = (sys.executable, "-c", "from coalition.cli.main import main; main()")
"""The command as a process of its own."""
COLUMNS = 80


@dataclass(frozen=True)
class Ran:
    """How a command ended. Bytes are as they were written."""

    code: int
    written: bytes
    complained: bytes

    @property
    def out(self) -> str:
        """Standard output."""
        return self.written.decode()

    @property
    def err(self) -> str:
        """Standard error."""
        return self.complained.decode()


Command = Callable[..., Ran]


MESSAGES = {"COALITION_MESSAGES_TO_LOG": "true"}
"""Nobody has a phone or a mailbox here: what is sent stands in the log."""


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without what would change the command's output, and with these changes."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("COALITION_")}
    return {**ours, **MESSAGES, "COLUMNS": str(COLUMNS), **changes}


AS_ANYBODY = ("setpriv", "--bounding-set=-dac_override", "--") if os.geteuid() == 0 else ()
"""What makes a process of root's heed the permissions of files, as everybody else's do."""


def start(
    *arguments: object,
    folder: Path,
    log: IO[bytes] | int = subprocess.PIPE,
    process: Sequence[str] = PROCESS,
    **changes: str,
) -> "subprocess.Popen[bytes]":
    """Start the command as a process, in a folder and with these changes to the environment."""
    return subprocess.Popen(
        [*AS_ANYBODY, *process, *map(str, arguments)],
        cwd=folder,
        env=environment(PYTHONPATH=str(Path(__file__).parents[2]), **changes),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
    )


def run_process(*arguments: object, folder: Path, process: Sequence[str] = PROCESS, **changes: str) -> Ran:
    """Run the command as a process to its end."""
    return finish(start(*arguments, folder=folder, process=process, **changes))


def finish(process: "subprocess.Popen[bytes]") -> Ran:
    """Wait for the command's end."""
    written, complained = process.communicate()
    return Ran(process.returncode, written, complained)


@contextmanager
def _process_as_it_was() -> Iterator[None]:
    threshold, interval = get_threshold(), sys.getswitchinterval()
    yield
    set_threshold(*threshold)
    sys.setswitchinterval(interval)


def command_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[bytes]
) -> Callable[..., Ran]:
    """The command within this process, which is there twenty times as fast, in a folder of its own."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    for name in [name for name in os.environ if name.startswith("COALITION_")]:
        monkeypatch.delenv(name)
    for name, value in (*MESSAGES.items(), ("COLUMNS", str(COLUMNS))):
        monkeypatch.setenv(name, value)

    def run(*arguments: object, **changes: str) -> Ran:
        capture.readouterr()
        with monkeypatch.context() as patch, _process_as_it_was():
            patch.setattr(sys, "argv", ["coalition", *map(str, arguments)])
            for name, value in changes.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as ended:
                main()
        out, err = capture.readouterr()
        return Ran(int(ended.value.code or 0), out, err)

    return run


def check_complaint(ran: Ran, *texts: str, code: int = 1) -> None:
    """The command ended with this code and one readable message on stderr that says all of this."""
    assert ran.code == code, ran.err
    assert "Traceback" not in ran.err + ran.out
    assert ran.err.startswith("error: ") if code == 1 else ran.err.startswith("Usage: ")
    assert ran.err.count("error: ") <= 1
    for part in texts:
        assert part in ran.err, ran.err
