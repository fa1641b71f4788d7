"""Shifts: a cashier signs in at a till with a PIN, and out."""

from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import Caller, Role
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.fields import Text
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.locale.formats import moment
from coalition.tills import change_shift as changing
from coalition.tills.till import Shift as ShiftRecord

router = Router(prefix="/v1/shifts", tags=["tills"])
POSITION = 317

Tills = Annotated[Caller, Depends(allow({Role.TILL}))]
Pin = Annotated[str, Field(pattern=r"^[0-9]{1,8}$", description="The PIN.", examples=["4711"])]


class ShiftBegin(BaseModel):
    """Who signs in."""

    model_config = ConfigDict(extra="forbid")

    cashier: Text = Field(description="The cashier's id.")
    pin: Pin


class Shift(BaseModel):
    """The time that a cashier is signed in at a till."""

    id: str = Field(description="Its id, which sales name.", examples=["shift_4k8q2m0w9z7xdmh3f6kq0w9z7x"])
    till: str = Field(description="The till's id.")
    cashier: str = Field(description="The cashier's id.")
    begun_at: Moment = Field(description="When they signed in.")
    ended_at: Moment | None = Field(description="When they signed out; null while they are signed in.")


@router.post(
    "",
    operation_id="beginShift",
    summary="Sign in at a till",
    status_code=201,
    responses=responses(
        (401, "No valid session."),
        (403, "`pin_wrong`, or `pin_locked` after five wrong ones; or not for this role."),
        (404, "No such cashier of this shop."),
        (422, "A field can't be used."),
    ),
)
def begin_shift(request: Request, body: ShiftBegin, caller: Tills) -> Shift:
    """Whoever was signed in at this till before is signed out. After five wrong PINs a manager has to unlock it."""
    alliance = alliance_now(request, caller)
    return render_shift(changing.begin_shift(alliance, caller, body.cashier, body.pin))


@router.post(
    "/{shift}/end",
    operation_id="endShift",
    summary="Sign out",
    responses=responses((401, "No valid session."), (403, "Not for this role."), (404, "No such shift of this till.")),
)
def end_shift(request: Request, shift: Annotated[Text, Path(description="The shift's id.")], caller: Tills) -> Shift:
    """A shift that has ended stays as it is."""
    return render_shift(changing.end_shift(alliance_now(request, caller), caller, shift))


def render_shift(shift: ShiftRecord) -> Shift:
    """A shift as the API shows it."""
    return Shift(
        id=shift.id,
        till=shift.till,
        cashier=shift.cashier,
        begun_at=moment(shift.begun_at),
        ended_at=None if shift.ended_at is None else moment(shift.ended_at),
    )
