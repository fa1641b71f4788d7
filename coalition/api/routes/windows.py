"""Settlement windows: their nets, plans of payments, and each shop's statement."""

from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from coalition import statements
from coalition.access.caller import ALLIANCE, TREASURERS, Caller, Role
from coalition.access.log import record_separately
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.fields import ShopRef, WindowId
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import language_of, responses
from coalition.api.routes.statement_schemas import Statement
from coalition.api.times import Moment
from coalition.ids import window_id
from coalition.locale.formats import instant, moment
from settlement import InstantOutOfRange, ParticipantUnknown, WindowNotFound
from settlement.clearing import (
    ClosedWindow,
    close_window,
    closed_window,
    closed_windows,
    moves_behind,
    nets_so_far,
    settle_directly,
    settle_through_house,
    statement_of,
    windows_due,
)

router = APIRouter(prefix="/v1/windows", tags=["windows"])
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
    status: Literal["open", "due", "closed"] = Field(description="`due`: the window is over and waits to be closed.")
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
    before = position_of(cursor, int)
    with closing(alliance.database.session()) as session:
        now = alliance.clock()
        current = alliance.book.calendar.window(now)[0]
        waiting = {*windows_due(alliance.book, session, now), current}
        windows = [_open(alliance, opens_at, nets_so_far(alliance.book, session, opens_at)) for opens_at in waiting]
        windows += [_closed(alliance, window) for window in closed_windows(alliance.book, session)]
    windows.sort(key=lambda window: window.opens_at, reverse=True)
    rows = [window for window in windows if before is None or instant(window.opens_at) < int(before[0])]
    return page(rows[: limit + 1], limit, lambda window: [instant(window.opens_at)], lambda window: window)


@router.get("/{window}", operation_id="getWindow", summary="Get a window with its nets", responses=PROBLEMS)
def get_window(request: Request, window: WindowId, caller: Reader) -> WindowDetail:
    """The net of each shop; they add up to zero. A shop's caller sees only the shop's own net."""
    alliance = alliance_now(request, caller)
    return _detail(alliance, caller, opens_at_of(alliance, window))


@router.post(
    "/{window}/close",
    operation_id="closeWindow",
    summary="Close a window",
    responses={**PROBLEMS, **responses((409, "The window is not over yet, or an earlier one is still open."))},
)
def close(request: Request, window: WindowId, caller: Treasurer) -> WindowDetail:
    """Computes and posts the nets for good. Closing a window again changes nothing and gives the same answer."""
    alliance = alliance_now(request, caller)
    opens_at = opens_at_of(alliance, window)
    with closing(alliance.database.session()) as session:
        close_window(alliance.book, session, opens_at)
    record_separately(alliance.database, caller, "window.close", window)
    return _detail(alliance, caller, opens_at)


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
            not_found("shop", shop)
        lines = [line for section in statement.sections for line in section.lines] if moves else []
        behind = {line: moves_behind(book, connection, session, statement, line) for line in lines}
    written = statements.render(statement, behind, format, language_of(request))
    name = f"statement-{window}.{'txt' if format == 'text' else format}"
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return Response(written, headers=headers, media_type=MEDIA_TYPES[format])


def closed_window_of(alliance: Alliance, window: str) -> ClosedWindow:
    """The closed window with this public id. Answers 404 if there is none."""
    with closing(alliance.database.session()) as session:
        try:
            return closed_window(alliance.book, session, opens_at_of(alliance, window))
        except WindowNotFound:
            not_found("window", window)


def opens_at_of(alliance: Alliance, window: str) -> int:
    """The instant at which the window with this id opens. Answers 404 if no window opens then."""
    try:
        opens_at = instant(datetime.strptime(window, "win_%Y%m%dT%H%M%SZ").replace(tzinfo=UTC))
        is_window = window_id(opens_at) == window and alliance.book.calendar.window(opens_at)[0] == opens_at
    except (ValueError, InstantOutOfRange):
        is_window = False
    if not is_window:
        not_found("window", window)
    return opens_at


def _detail(alliance: Alliance, caller: Caller, opens_at: int) -> WindowDetail:
    with closing(alliance.database.session()) as session:
        try:
            closed = closed_window(alliance.book, session, opens_at)
        except WindowNotFound:
            closed = None
            nets = nets_so_far(alliance.book, session, opens_at)
    if closed is not None:
        nets = closed.nets
    carried, kept = ({}, {}) if closed is None else (closed.carried_over, closed.kept)
    head = _open(alliance, opens_at, nets) if closed is None else _closed(alliance, closed)
    shops = [shop for shop in sorted({*nets, *carried}) if caller.may_act_for_shop(shop)]
    return WindowDetail(
        **head.model_dump(),
        nets=[
            WindowNet(
                shop=shop,
                net_minor=nets.get(shop, 0),
                carried_over_minor=carried.get(shop, 0),
                kept_in_deposit_minor=kept.get(shop, 0),
            )
            for shop in shops
        ],
    )


def _open(alliance: Alliance, opens_at: int, nets: Mapping[str, int]) -> Window:
    closes_at = alliance.book.calendar.window(opens_at)[1]
    status: Literal["open", "due"] = "open" if alliance.clock() < closes_at else "due"
    return _head(alliance, opens_at, closes_at, status, nets)


def _closed(alliance: Alliance, window: ClosedWindow) -> Window:
    return _head(alliance, window.opens_at, window.closes_at, "closed", window.nets)


def _head(
    alliance: Alliance,
    opens_at: int,
    closes_at: int,
    status: Literal["open", "due", "closed"],
    nets: Mapping[str, int],
) -> Window:
    return Window(
        id=window_id(opens_at),
        status=status,
        opens_at=moment(opens_at),
        closes_at=moment(closes_at),
        currency=alliance.book.settings.currency,
        collected_minor=-sum(net for net in nets.values() if net < 0),
    )
