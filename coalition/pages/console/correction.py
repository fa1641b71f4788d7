"""Correct a member's points: the form that gives some, and the one that takes some back of what issued them."""

from typing import Annotated

from fastapi import Form, Response
from fastapi.responses import RedirectResponse

from coalition.adjustments.adjust_points import Adjustment, request_adjustment
from coalition.approvals.approval import Approval
from coalition.pages.console.amounts import typed_points
from coalition.pages.console.staff_visit import StaffVisit
from coalition.pages.typed import page_key, typed_text

TypedPoints = Annotated[str, Form(max_length=20)]
TypedReason = Annotated[str, Form(max_length=500)]


def correct_points(
    staff: StaffVisit, key: str, shop: str, member: str, points: str, reason: str, *, of: int | None = None
) -> Response:
    """Give what was typed at a shop's expense or, where `of` is a posting, take it back of what that issued.

    Above what one person may do alone another one approves. Leads to the member. Raises FieldWrong, and what
    `request_adjustment` does.
    """
    wanted, why = typed_points("points", points), typed_text("reason", reason)
    asked = Adjustment(shop, member, wanted if of is None else -wanted, why, staff.caller.id, of)
    done = request_adjustment(staff.alliance, staff.approvals, staff.caller, asked, page_key(staff.caller, key))
    what = "asked" if isinstance(done, Approval) else "corrected"
    return RedirectResponse(f"/console/members/{member}?done={what}", 303)
