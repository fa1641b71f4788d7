"""ETag and If-Match: two callers who change the same thing at once don't overwrite each other's change."""

from typing import Annotated

from fastapi import Header

from coalition.api.errors import EtagDiffers, IfMatchMissing

IfMatch = Annotated[str | None, Header(description="The ETag that you read.", max_length=100, examples=['"3"'])]


def etag(version: int) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def must_match(if_match: str | None, version: int) -> None:
    """Answer 428 if the header is missing, 412 if the thing was changed since it was read."""
    if if_match is None:
        raise IfMatchMissing
    if if_match not in ("*", etag(version)):
        raise EtagDiffers(etag(version))
