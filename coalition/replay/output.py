"""OUT.json of the replay contract."""

import json
import os
from pathlib import Path
from typing import Any

from coalition.errors import FileUnreadable, unwritable
from coalition.locale.formats import moment
from coalition.replay.replay import ReplayResult
from settlement import Phrase


def contract_json(result: ReplayResult) -> dict[str, Any]:
    """The result in the contract's shape: positions in minor units, positive receives, zeros left out."""
    return {
        "windows": [
            {
                "opens_at": moment(window.opens_at).isoformat(),
                "closes_at": moment(window.closes_at).isoformat(),
                "positions": window.nets,
            }
            for window in result.windows
            if window.nets
        ],
        "outstanding": result.outstanding,
        "earned": result.earned,
        "spent": result.spent,
        "expired": result.expired,
    }


def check_place(path: Path) -> None:
    """Raise FileUnreadable at once where `write_json` would only after the work is done."""
    if path.is_dir():
        raise FileUnreadable(path, Phrase("it can't be written ({reason})", reason=Phrase("it is a folder")))
    if not path.parent.is_dir():
        raise FileUnreadable(
            path,
            Phrase("it can't be written ({reason})", reason=Phrase("there is no folder {folder}", folder=path.parent)),
        )
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise FileUnreadable(path, Phrase("it can't be written ({reason})", reason=Phrase("permission denied")))


def write_json(result: ReplayResult, path: Path) -> None:
    """Write OUT.json. Raises FileUnreadable where the place can't be written."""
    try:
        path.write_text(json.dumps(contract_json(result), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise unwritable(path, error) from None
