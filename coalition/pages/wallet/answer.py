"""Say yes or no to what a till asks."""

from typing import Annotated, Literal

from fastapi import Form, Path
from fastapi.responses import RedirectResponse

from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.paycodes.confirm import answer_confirmation
from coalition.paycodes.errors import ConfirmationUnknown

router = PageRouter("/wallet/answers")


@router.post("/{confirmation}")
def answer(
    own: AsMember,
    confirmation: Annotated[str, Path(max_length=100)],
    answer: Annotated[Literal["yes", "no"], Form()],
) -> RedirectResponse:
    """The till's next try goes through, or is refused; where its time is over, the member is told so."""
    try:
        answer_confirmation(own.alliance, confirmation, own.member, confirmed=answer == "yes")
    except ConfirmationUnknown:
        return RedirectResponse("/wallet?answered=late", 303)
    return RedirectResponse(f"/wallet?answered={answer}", 303)
