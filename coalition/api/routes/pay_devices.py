"""Phones that make pay codes."""

from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import WALLET, Caller
from coalition.api.access import allow, own_member
from coalition.api.alliance import alliance_now
from coalition.api.fields import MemberId, Text
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.locale.formats import moment
from coalition.members.member_cache import member_cache
from coalition.paycodes import add_pay_device as adding
from coalition.paycodes.code import SLACK_STEPS, STEP_SECONDS
from coalition.paycodes.devices import PayDevice as PayDeviceRecord
from coalition.paycodes.devices import devices_of

router = Router(prefix="/v1/members/{member}/pay-devices", tags=["pay codes"])
POSITION = 138

Wallets = Annotated[Caller, Depends(allow(WALLET))]
PROBLEMS = responses(
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "No such member or phone, or none of yours."),
    (422, "A field can't be used."),
)


class PayDeviceCreate(BaseModel):
    """A phone."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(description="What its owner knows it by.", examples=["Ann's phone"])


class PayDevice(BaseModel):
    """A phone that makes pay codes."""

    id: str = Field(description="Its id.", examples=["dev_5f0e7d2c9a1b4e6f8091a2b3"])
    name: str = Field(description="What its owner knows it by.")
    created_at: Moment = Field(description="When it was added.")


class NewPayDevice(PayDevice):
    """A new phone, with what it makes its codes of. This is shown once."""

    number: str = Field(description="Digits 3 to 11 of its codes.", examples=["123456789"])
    key: str = Field(
        description="Its key, 32 bytes in hexadecimal. Keep it where nothing can read it again, as a key of WebCrypto "
        "that is not extractable."
    )
    step_seconds: int = Field(description="How long a step lasts.", examples=[STEP_SECONDS])
    slack_steps: int = Field(description="By how many steps a clock may differ.", examples=[SLACK_STEPS])
    now: Moment = Field(description="The alliance's clock, to set the phone's by.")


class PayDeviceList(BaseModel):
    """A member's phones."""

    data: list[PayDevice] = Field(description="The oldest first.")
    now: Moment = Field(description="The alliance's clock, to set the phone's by.")


@router.post(
    "",
    operation_id="createPayDevice",
    summary="Let a phone make pay codes",
    status_code=201,
    responses={**PROBLEMS, **responses((409, "The member is frozen."))},
)
def create_pay_device(request: Request, member: MemberId, body: PayDeviceCreate, caller: Wallets) -> NewPayDevice:
    """From then on the phone makes codes by itself, without reception: `29`, its number, and nine digits of a MAC.

    The MAC is HMAC-SHA-256 under `key` over the number of the step, written in decimal: seconds since 1970 UTC by the
    alliance's clock, divided by `step_seconds`, rounded down. Of its hexadecimal digits take the first 13 as a number,
    modulo 1,000,000,000, with nine digits. Each code is good for one purchase, in its step and one either way. A member
    has at most 20 phones; one more ends the oldest. In a session it takes a proof that is at most five minutes old, and
    the phone ends with that session.
    """
    own_member(caller, member)
    alliance = alliance_now(request, caller)
    added = adding.add_pay_device(alliance, caller, member, body.name)
    return NewPayDevice(
        **_render(added.device).model_dump(exclude={"created_at"}),
        created_at=moment(added.device.created_at),
        number=f"{added.device.number:09d}",
        key=added.key.hex(),
        step_seconds=STEP_SECONDS,
        slack_steps=SLACK_STEPS,
        now=moment(alliance.clock()),
    )


@router.get("", operation_id="listPayDevices", summary="A member's phones", responses=PROBLEMS)
def list_pay_devices(request: Request, member: MemberId, caller: Wallets) -> PayDeviceList:
    """Those whose codes are good. Their keys are not shown again."""
    own_member(caller, member)
    alliance = alliance_now(request, caller)
    owner = member_cache(alliance).look_up(member).id
    with alliance.database.engine.connect() as connection:
        devices = devices_of(connection, alliance.id, owner)
    return PayDeviceList(data=[_render(device) for device in devices], now=moment(alliance.clock()))


@router.delete("/{device}", operation_id="endPayDevice", summary="End a phone", status_code=204, responses=PROBLEMS)
def end_pay_device(
    request: Request, member: MemberId, device: Annotated[Text, Path(description="The phone's id.")], caller: Wallets
) -> None:
    """A phone that was lost or logged out: none of its codes is good any more, at any till within two seconds."""
    own_member(caller, member)
    adding.end_pay_device(alliance_now(request, caller), caller, member, device)


def _render(device: PayDeviceRecord) -> PayDevice:
    return PayDevice(id=device.id, name=device.name, created_at=moment(device.created_at))
