"""The style, the scripts, the fonts and the pictures: each under a name that changes with it, so it is stored for good.

A file here names another one as `/assets/NAME`, and is served with the name that it has by now.
"""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Response
from starlette.exceptions import HTTPException

import coalition.paycodes

FOLDER = Path(__file__).with_name("assets")
FROM_ELSEWHERE = {"pay-code.js": Path(coalition.paycodes.__file__).with_name("pay_code.js")}
"""What nouns have for pages and for apps."""
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}
"""What is served, by the ending of its name."""
FOR_GOOD = "public, max-age=31536000, immutable"
HASH_CHARS = 12
_NAMED = re.compile(rb"/assets/([a-z0-9-]+\.[a-z0-9]+)")

router = APIRouter(include_in_schema=False)


@cache
def asset_url(name: str) -> str:
    """Where a file is served. Raises FileNotFoundError."""
    stem, _, ending = name.rpartition(".")
    return f"/assets/{stem}.{sha256(_content(name)).hexdigest()[:HASH_CHARS]}.{ending}"


@cache
def all_assets() -> dict[str, str]:
    """All files, by where they are served."""
    names = [path.name for path in FOLDER.iterdir() if path.suffix in TYPES]
    return {asset_url(name): name for name in sorted([*names, *FROM_ELSEWHERE])}


@cache
def modules_of(name: str) -> list[str]:
    """Where what a script imports is served, however far down: a browser that is told so asks for all of it at once."""
    direct = [named.decode() for named in _NAMED.findall(_source(name)) if named.endswith(b".js")]
    return list(dict.fromkeys(url for each in direct for url in (asset_url(each), *modules_of(each))))


@cache
def _content(name: str) -> bytes:
    content = _source(name)
    if Path(name).suffix not in (".css", ".js"):
        return content
    return _NAMED.sub(lambda named: asset_url(named[1].decode()).encode(), content)


def _source(name: str) -> bytes:
    return FROM_ELSEWHERE.get(name, FOLDER / name).read_bytes()


@router.get("/assets/{file}")
def asset(file: str) -> Response:
    """A file under its present name."""
    name = all_assets().get(f"/assets/{file}")
    if name is None:
        raise HTTPException(404)
    return Response(_content(name), media_type=TYPES[Path(name).suffix], headers={"Cache-Control": FOR_GOOD})
