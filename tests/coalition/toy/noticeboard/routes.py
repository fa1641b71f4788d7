"""Routes of the noticeboard."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, Field

from coalition.access.caller import ALLIANCE, Caller
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.problems import responses
from coalition.api.router import Router
from noticeboard.board import put_up

router = Router(prefix="/v1/board", tags=["board"])


class BoardNotice(BaseModel):
    """A notice on the board."""

    text: str = Field(description="What it says.", max_length=1_000)
    until: int = Field(description="When it is taken down, in microseconds since 1970 UTC.")


@router.post(
    "",
    operation_id="putUp",
    summary="Put a notice up",
    status_code=201,
    responses=responses((401, "No valid key."), (403, "Not for this role."), (422, "Nothing in it.")),
)
def create_notice(
    request: Request, notice: BoardNotice, caller: Annotated[Caller, Depends(allow(ALLIANCE))]
) -> BoardNotice:
    """It stays until its time is over."""
    put_up(alliance_now(request, caller), notice.text, notice.until)
    return notice
