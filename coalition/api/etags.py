"""ETag and If-Match: whoever changes a thing says which version of it they have read."""

import re
from typing import Annotated

from fastapi import Header, Response

from coalition.api.problems import ApiError

_OURS = re.compile(r'(?:W/)?"(\d{1,9})"', re.ASCII)


async def version_read(
    if_match: Annotated[
        str | None, Header(description="The ETag of the version that you have read.", max_length=100, examples=['"3"'])
    ] = None,
) -> int:
    """The version that a caller has read. Answers 428 where they don't say, 412 where it can't be one of ours."""
    if if_match is None:
        raise ApiError(428, "precondition_required", "Send a header If-Match with the ETag of what you have read.")
    found = _OURS.fullmatch(if_match.strip())
    if found is None:
        raise ApiError(412, "stale", "If-Match is no ETag of this; read it again, then change.")
    return int(found[1])


def tag(response: Response, version: int) -> None:
    """Tell the version of what is answered."""
    response.headers["ETag"] = f'"{version}"'
