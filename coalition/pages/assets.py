"""The style, the scripts, the fonts and the pictures: each under a name that changes with it, so it is stored for good.

A file here names another one as `/assets/NAME`, and is served with the name that it has by now.
"""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Response
from starlette.exceptions import HTTPException

FOLDER = Path(__file__).with_name("assets")
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
"""What is served, by the ending of its name."""
FOR_GOOD = "public, max-age=31536000, immutable"
HASH_CHARS = 12
_NAMED = re.compile(rb"/assets/([a-z0-9-]+\.[a-z0-9]+)")

router = APIRouter(include_in_schema=False)


@cache
def asset_url(name: str) -> str:
    """Where a file of the folder is served. Raises FileNotFoundError."""
    stem, _, ending = name.rpartition(".")
    return f"/assets/{stem}.{sha256(_content(name)).hexdigest()[:HASH_CHARS]}.{ending}"


@cache
def all_assets() -> dict[str, str]:
    """The files of the folder, by where they are served."""
    return {asset_url(path.name): path.name for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES}


@cache
def _content(name: str) -> bytes:
    content = (FOLDER / name).read_bytes()
    if Path(name).suffix not in (".css", ".js"):
        return content
    return _NAMED.sub(lambda named: asset_url(named[1].decode()).encode(), content)


@router.get("/assets/{file}")
def asset(file: str) -> Response:
    """A file under its present name."""
    name = all_assets().get(f"/assets/{file}")
    if name is None:
        raise HTTPException(404)
    return Response(_content(name), media_type=TYPES[Path(name).suffix], headers={"Cache-Control": FOR_GOOD})
