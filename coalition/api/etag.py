"""ETag and If-Match: two callers who change the same thing at once don't overwrite each other's change."""

import zlib
from typing import Annotated

from fastapi import Header

from coalition.api.problems import ApiError

IfMatch = Annotated[str | None, Header(description="The ETag that you read.", max_length=100, examples=['"3"'])]


def etag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def version_of(*parts: object) -> int:
    """A version for a thing without a version number: a checksum of its content."""
    return zlib.crc32(repr(parts).encode())


def must_match(if_match: str | None, version: int) -> None:
    """Answer 428 if the header is missing, 412 if the thing was changed since it was read."""
    if if_match is None:
        detail = "Send If-Match with the ETag that you read, so that nobody's change is lost."
        raise ApiError("if_match_missing", detail)
    if if_match not in ("*", etag(version)):
        detail = f"It was changed meanwhile: its ETag is {etag(version)}. Read it again, then change that."
        raise ApiError("changed_meanwhile", detail)
