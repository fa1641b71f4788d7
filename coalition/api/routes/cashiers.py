"""Cashiers: who may sign in at a shop's tills, with a PIN that is good there and nowhere else."""

from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import OWNERS, Caller, Role
from coalition.alliance import Alliances
from coalition.api.access import allow, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.fields import ShopRef, Text
from coalition.api.known_shop import check_shop
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.locale.formats import moment
from coalition.tills import change_cashier as changing
from coalition.tills.shift_cache import shift_cache
from coalition.tills.store import cashiers_of
from coalition.tills.till import Cashier as CashierRecord

router = Router(prefix="/v1", tags=["tills"])
POSITION = 316

Managers = Annotated[Caller, Depends(allow(OWNERS | {Role.MANAGER}))]
CashierId = Annotated[Text, Path(description="The cashier's id.")]
NewPin = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{4,8}$",
        description="Four to eight digits, which neither repeat one of them nor count up or down.",
        examples=["4711"],
    ),
]
PROBLEMS = responses(
    (401, "No valid key or session."),
    (403, "Not for this role."),
    (404, "No such shop or cashier, or none of yours."),
    (422, "A field can't be used."),
)


class CashierCreate(BaseModel):
    """A new cashier."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(description="What the till calls them.", examples=["Karla"])
    pin: NewPin


class CashierUpdate(BaseModel):
    """What changes of a cashier; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    name: Text | None = Field(default=None, description="What the till calls them.")
    pin: NewPin | None = Field(default=None, description="Another PIN, which unlocks too.")
    unlock: bool = Field(default=False, description="Whether to allow five tries again.")


class Cashier(BaseModel):
    """Somebody who may sign in at a shop's tills."""

    id: str = Field(description="Their id.", examples=["cash_4k8q2m0w9z7xdmh3f6kq0w9z7x"])
    shop: str = Field(description="The shop.")
    name: str = Field(description="What the till calls them.")
    locked: bool = Field(description="Whether the PIN was wrong five times, so that a manager has to unlock it.")
    created_at: Moment = Field(description="When they were added.")


class CashierList(BaseModel):
    """A shop's cashiers."""

    data: list[Cashier] = Field(description="Those who work there now, by name.")


@router.post(
    "/shops/{shop}/cashiers", operation_id="createCashier", summary="Add a cashier", status_code=201, responses=PROBLEMS
)
def create_cashier(request: Request, shop: ShopRef, body: CashierCreate, caller: Managers) -> Cashier:
    """They sign in at any till of the shop, and have no account."""
    own_shop(caller, shop)
    check_shop(request, caller, shop)
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.begin() as connection:
        added = changing.add_cashier(connection, caller, shop, body.name, body.pin, alliances.clock())
    return _render(added)


@router.get("/shops/{shop}/cashiers", operation_id="listCashiers", summary="A shop's cashiers", responses=PROBLEMS)
def list_cashiers(request: Request, shop: ShopRef, caller: Managers) -> CashierList:
    """Those who work there now."""
    own_shop(caller, shop)
    check_shop(request, caller, shop)
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.connect() as connection:
        cashiers = cashiers_of(connection, caller.alliance_id, shop)
    return CashierList(data=[_render(cashier) for cashier in cashiers])


@router.patch("/cashiers/{cashier}", operation_id="updateCashier", summary="Change a cashier", responses=PROBLEMS)
def update_cashier(request: Request, cashier: CashierId, body: CashierUpdate, caller: Managers) -> Cashier:
    """Another name or PIN, or five tries again."""
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.begin() as connection:
        changed = changing.change_cashier(connection, caller, cashier, name=body.name, pin=body.pin, unlock=body.unlock)
    return _render(changed)


@router.delete(
    "/cashiers/{cashier}", operation_id="endCashier", summary="End a cashier", status_code=204, responses=PROBLEMS
)
def end_cashier(request: Request, cashier: CashierId, caller: Managers) -> None:
    """They sign in no more, and are signed out where they are signed in, in any process within two seconds."""
    alliance = alliance_now(request, caller)
    with alliance.database.engine.begin() as connection:
        changing.end_cashier(connection, caller, cashier, alliance.clock())
    shift_cache(alliance).forget()


def _render(cashier: CashierRecord) -> Cashier:
    return Cashier(
        id=cashier.id,
        shop=cashier.shop,
        name=cashier.name,
        locked=cashier.is_locked,
        created_at=moment(cashier.created_at),
    )
