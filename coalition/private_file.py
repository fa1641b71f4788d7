"""Files with secrets in them: the user of this process alone can read them."""

import os
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write a file that is not there yet, down to the disk. Raises FileExistsError, and OSError."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
