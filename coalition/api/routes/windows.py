"""Settlement windows: their nets, plans of payments, and each shop's statement."""

from contextlib import closing
from typing import Annotated, Literal

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field

from coalition import statements
from coalition.access.caller import ALLIANCE, TREASURERS, Caller, Role
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.fields import ShopRef, WindowId
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.statement_schemas import Statement
from coalition.api.times import Moment
from coalition.ids import window_id
from coalition.locale.formats import moment
from coalition.payments.rails.bank import bank_settings_of
from coalition.web.request import language_of
from coalition.windows import find_window
from coalition.windows.close_window import close_window
from coalition.windows.find_window import SettlementWindow, WindowStatus
from settlement import ParticipantUnknown, Phrase, WindowNotFound
from settlement.clearing import (
    ClosedWindow,
    closed_window,
    moves_behind,
    settle_directly,
    settle_through_house,
    statement_of,
)

router = Router(prefix="/v1/windows", tags=["windows"])
POSITION = 150

READERS = ALLIANCE | {Role.MANAGER, Role.TILL}
Reader = Annotated[Caller, Depends(allow(READERS))]
Alliance_ = Annotated[Caller, Depends(allow(ALLIANCE))]
Treasurer = Annotated[Caller, Depends(allow(TREASURERS))]
MEDIA_TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "text": "text/plain; charset=utf-8",
    "pdf": "application/pdf",
}

PROBLEMS = responses(
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "No such window or shop, or none of yours."),
    (422, "A field can't be used."),
)


class WindowNet(BaseModel):
    """The net of one shop."""

    shop: str = Field(description="The shop, or the alliance's own `operator` or `pool`.")
    net_minor: int = Field(description="Its net in minor units: above zero the shop is owed, below zero it owes.")
    carried_over_minor: int = Field(description="The balance still open from earlier windows, in minor units.")
    kept_in_deposit_minor: int = Field(
        description="What the close kept in the shop's deposit instead of paying it out, in minor units."
    )


class Window(BaseModel):
    """A settlement window."""

    id: str = Field(description="The window's id: its opening in UTC.", examples=["win_20260601T000000Z"])
    status: WindowStatus = Field(description="`due`: the window is over and waits to be closed.")
    opens_at: Moment = Field(description="The window's first moment.")
    closes_at: Moment = Field(description="The window's cut-off: the first moment after it.")
    currency: str = Field(description="ISO 4217 code of the alliance's currency.")
    collected_minor: int = Field(
        description="The sum of what shops owe, which equals the sum of what they are owed, in minor units."
    )


class WindowDetail(Window):
    """A settlement window with its nets."""

    nets: list[WindowNet] = Field(description="The nets by shop. Those of an open window may still change.")


class PlannedPayment(BaseModel):
    """A payment of a plan."""

    payer: str = Field(description="Who pays; `house` is the clearing house.")
    payee: str = Field(description="Who is paid.")
    amount_minor: int = Field(description="The amount, in minor units.")


class WindowPlan(BaseModel):
    """The payments that settle a window."""

    payments: list[PlannedPayment] = Field(description="The payments, by payer and payee.")
    proven_minimal: bool | None = Field(
        description="Whether it is proven that no plan has fewer payments; null for the plan through the clearing "
        "house."
    )


@router.get("", operation_id="listWindows", summary="List the windows", responses=PROBLEMS)
def list_windows(request: Request, caller: Reader, limit: Limit = 20, cursor: Cursor = None) -> Page[Window]:
    """The open window, and all others in which something was posted, newest first."""
    alliance = alliance_now(request, caller)
    position = position_of(cursor, int)
    rows = [
        window
        for window in find_window.list_windows(alliance)
        if position is None or window.opens_at < int(position[0])
    ]
    return page(rows[: limit + 1], limit, lambda window: [window.opens_at], lambda window: _render(alliance, window))


@router.get("/{window}", operation_id="getWindow", summary="Get a window with its nets", responses=PROBLEMS)
def get_window(request: Request, window: WindowId, caller: Reader) -> WindowDetail:
    """The net of each shop; they add up to zero. A shop's caller sees only the shop's own net."""
    alliance = alliance_now(request, caller)
    return _detail(alliance, caller, find_window.find_window(alliance, opens_at_of(alliance, window)))


@router.post(
    "/{window}/close",
    operation_id="closeWindow",
    summary="Close a window",
    responses={**PROBLEMS, **responses((409, "The window is not over yet, or an earlier one is still open."))},
)
def close(request: Request, window: WindowId, caller: Treasurer) -> WindowDetail:
    """Computes and posts the nets for good. Closing a window again changes nothing and gives the same answer."""
    alliance = alliance_now(request, caller)
    return _detail(alliance, caller, close_window(alliance, caller, opens_at_of(alliance, window)))


@router.get("/{window}/plan", operation_id="getWindowPlan", summary="Get who pays whom", responses=PROBLEMS)
def plan(
    request: Request,
    window: WindowId,
    caller: Alliance_,
    *,
    shop_to_shop: Annotated[
        bool,
        Query(description="Whether shops pay each other, with the fewest payments, instead of the clearing house."),
    ] = False,
) -> WindowPlan:
    """The payments that settle a closed window."""
    alliance = alliance_now(request, caller)
    with closing(alliance.database.session()) as session:
        nets = closed_window(alliance.book, session, opens_at_of(alliance, window)).nets
    shop_to_shop_plan = settle_directly(nets) if shop_to_shop else None
    payments = settle_through_house(nets) if shop_to_shop_plan is None else shop_to_shop_plan.payments
    return WindowPlan(
        payments=[
            PlannedPayment(payer=payment.payer, payee=payment.payee, amount_minor=payment.minor) for payment in payments
        ],
        proven_minimal=None if shop_to_shop_plan is None else shop_to_shop_plan.proven_minimal,
    )


@router.get(
    "/{window}/statements/{shop}",
    operation_id="getStatement",
    summary="Get a shop's statement of a closed window",
    response_class=Response,
    responses={
        **PROBLEMS,
        200: {
            "model": Statement,
            "description": "The statement, in the language of Accept-Language.",
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "text/plain": {"schema": {"type": "string"}},
                "application/pdf": {"schema": {"type": "string", "format": "binary"}},
            },
        },
    },
)
def get_statement(
    request: Request,
    window: WindowId,
    shop: ShopRef,
    caller: Reader,
    *,
    format: Annotated[  # noqa: A002 - the parameter's name
        Literal["json", "csv", "text", "pdf"], Query(description="The format of the statement.")
    ] = "json",
    moves: Annotated[bool, Query(description="Whether each line has its moves.")] = False,
) -> Response:
    """What the shop receives and pays, by kind and counterpart, down to each move. Every level adds up exactly."""
    own_shop(caller, shop)
    alliance = alliance_now(request, caller)
    book = alliance.book
    with closing(alliance.database.session()) as session, alliance.database.engine.connect() as connection:
        try:
            statement = statement_of(book, connection, session, shop, opens_at_of(alliance, window))
        except ParticipantUnknown:
            not_found(Phrase("shop"), shop)
        behind = moves_behind(book, connection, session, statement) if moves else None
        bank, lang = bank_settings_of(alliance), language_of(request)
        details = statements.details_of(book, connection, session, statement, bank, lang)
    written = statements.render(statement, behind, format, lang, details)
    name = f"statement-{window}.{'txt' if format == 'text' else format}"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(written, headers=headers, media_type=MEDIA_TYPES[format])


def closed_window_of(alliance: Alliance, window: str) -> ClosedWindow:
    """The closed window with this public id. Answers 404 if there is none."""
    with closing(alliance.database.session()) as session:
        try:
            return closed_window(alliance.book, session, opens_at_of(alliance, window))
        except WindowNotFound:
            not_found(Phrase("window"), window)


def opens_at_of(alliance: Alliance, window: str) -> int:
    """The instant at which the window with this id opens. Answers 404 if no window opens then."""
    opens_at = find_window.parse_window_id(alliance, window)
    if opens_at is None:
        not_found(Phrase("window"), window)
    return opens_at


def _detail(alliance: Alliance, caller: Caller, window: SettlementWindow) -> WindowDetail:
    shops = sorted({*window.nets, *window.carried_over})
    return WindowDetail(
        **_render(alliance, window).model_dump(),
        nets=[
            WindowNet(
                shop=shop,
                net_minor=window.nets.get(shop, 0),
                carried_over_minor=window.carried_over.get(shop, 0),
                kept_in_deposit_minor=window.kept_in_deposit.get(shop, 0),
            )
            for shop in shops
            if caller.may_act_for_shop(shop)
        ],
    )


def _render(alliance: Alliance, window: SettlementWindow) -> Window:
    return Window(
        id=window_id(window.opens_at),
        status=window.status,
        opens_at=moment(window.opens_at),
        closes_at=moment(window.closes_at),
        currency=alliance.book.settings.currency,
        collected_minor=window.collected_minor,
    )
