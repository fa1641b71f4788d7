"""Programs of Debian's that tests use: installed where that is allowed, or the error names the command."""

import os
import shutil
import subprocess
from collections.abc import Sequence

LOCK_SECONDS = 600
"""How long a process of tests waits for another one that installs."""


class ProgramMissing(RuntimeError):
    """A program is not there, and it can't be installed from here."""


def program(paths: Sequence[str], packages: Sequence[str]) -> str:
    """Where a program is, the first of these paths; its packages are installed where it is missing and this is
    Debian's root. Raises ProgramMissing.
    """
    if (path := _installed(paths)) is not None:
        return path
    install = f"apt-get update && apt-get -o DPkg::Lock::Timeout={LOCK_SECONDS} install --yes {' '.join(packages)}"
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise ProgramMissing(f"a test needs {paths[0]}; as root: {install}")
    done = subprocess.run(
        ["sh", "-c", install],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        capture_output=True,
        text=True,
        check=False,
    )
    if (path := _installed(paths)) is None:
        raise ProgramMissing(f"{install}: {done.stderr}")
    return path


def _installed(paths: Sequence[str]) -> str | None:
    return next((path for path in paths if os.access(path, os.X_OK)), None)
