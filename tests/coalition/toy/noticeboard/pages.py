"""The page of the noticeboard."""

from html import escape

from fastapi import Request
from fastapi.responses import HTMLResponse

from coalition.api.router import Router
from noticeboard.board import texts

router = Router(include_in_schema=False)


@router.get("/board/{alliance_id}")
def board(request: Request, alliance_id: int) -> HTMLResponse:
    """Everything on the board."""
    items = "".join(f"<li>{escape(text)}</li>" for text in texts(request.app.state.alliances.get(alliance_id)))
    return HTMLResponse(f"<ul>{items}</ul>")
