"""Headers that keep a browser from doing anything with an answer but what it is for. Each answer has them.

What an answer sets for itself is kept: a page that scans codes asks for the camera, a file that never changes may be
stored.
"""

from collections.abc import Sequence

from starlette.types import Scope

from coalition.web.page_policy import OF_PAGES

Headers = list[tuple[bytes, bytes]]

HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")
"""Sent where the request came by TLS: for a year, browsers don't ask by plain HTTP, nor names below this one."""
SAFE: Sequence[tuple[bytes, bytes]] = (
    (b"x-content-type-options", b"nosniff"),
    # Not no-referrer: with it, a browser hides from us which site a form was sent by.
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)
CSP = b"content-security-policy"
OF_DATA = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
CACHE = b"cache-control"
NO_STORE = (CACHE, b"no-store")
STORABLE = ("/docs", "/openapi.json")
"""Paths whose answers are the same for everybody."""
NAMES = frozenset(name.decode() for name in (CSP, HSTS[0], *(name for name, _ in SAFE)))


def with_safe_headers(scope: Scope, sent: Headers) -> Headers:
    """The headers of an answer, and those that each answer has."""
    names = dict(sent)
    added = [header for header in SAFE if header[0] not in names]
    if CSP not in names:
        added.append((CSP, OF_PAGES.encode() if names.get(b"content-type", b"").startswith(b"text/html") else OF_DATA))
    if CACHE not in names and not scope["path"].startswith(STORABLE):
        added.append(NO_STORE)
    if scope["scheme"] == "https":
        added.append(HSTS)
    return sent + added
