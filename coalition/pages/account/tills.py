"""A shop's tills and cashiers, for its manager: connect a device, let somebody sign in, unlock a PIN."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from coalition.access.caller import Caller, Role, check_role
from coalition.access.errors import LogInRefused, ProofNeeded
from coalition.merchants.change_shop import load_shop
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.qr import qr_picture
from coalition.pages.shown_once import carried, carry
from coalition.pages.visit import AsStaff, Visit, Visiting
from coalition.tills.change_cashier import add_cashier, change_cashier, end_cashier
from coalition.tills.change_till import lift_limit, rename_till, revoke_till
from coalition.tills.connect_till import CODE_MINUTES, make_till_code
from coalition.tills.sale_lines import asks_for_lines, set_lines
from coalition.tills.shift_cache import shift_cache
from coalition.tills.store import cashiers_of, tills_of
from coalition.tills.till import Cashier, TillDevice
from coalition.tills.till_rules import find_till_rules
from coalition.web.prove_session import Proof, prove_session
from settlement import NamedFact

HERE = "/account/tills"
NAME_CHARS_MAX = 100
NEW_CODE = "till-code"
router = PageRouter(HERE)
Name = Annotated[str, Form(min_length=1, max_length=NAME_CHARS_MAX)]
Pin = Annotated[str, Form(max_length=20)]
Done = Literal["", "renamed", "lifted", "till-removed", "added", "changed", "unlocked", "ended", "lines", "code"]
"""What was done on the page that led here."""
CHANGED_TILLS: Mapping[str, Done] = {"rename": "renamed", "lift": "lifted", "remove": "till-removed"}
CHANGED_CASHIERS: Mapping[str, Done] = {"change": "changed", "unlock": "unlocked", "end": "ended"}


@dataclass(frozen=True, slots=True)
class TillsPage(Page):
    """What a shop has; a new `code` with its link as a picture; whether a password has to come with the next try.

    `has_limit` says that the alliance limits what a till books on a day, `lines` that tills ask for those of a sale.
    `concerned` is the id of a cashier who could not be changed, and `done` says what was done just now.
    """

    shop: str
    tills: list[TillDevice]
    cashiers: list[Cashier]
    code: str = ""
    picture: Markup | None = None
    minutes: int = CODE_MINUTES
    today: int = 0
    has_limit: bool = False
    lines: bool = False
    password_needed: bool = False
    problem: str = ""
    concerned: str = ""
    done: Done = ""


def _own_shop(caller: Caller) -> str:
    """The shop whose manager calls. Raises RoleNotAllowed."""
    check_role(caller, {Role.MANAGER})
    return caller.shop or ""


def _page(visit: Visit, caller: Caller, **more: object) -> TillsPage:
    ref, alliance = _own_shop(caller), visit.town
    shop = load_shop(alliance, ref)
    with alliance.database.engine.connect() as connection:
        tills, cashiers = tills_of(connection, alliance.id, ref), cashiers_of(connection, alliance.id, ref)
        has_limit = find_till_rules(connection, alliance.id).till.is_set
        lines = asks_for_lines(connection, alliance.id, ref)
    name = ref if shop is None else shop.profile.name
    return TillsPage(name, tills, cashiers, today=alliance.today, has_limit=has_limit, lines=lines, **more)  # type: ignore[arg-type]


def _refused(visit: Visit, caller: Caller, error: NamedFact, concerned: str = "") -> HTMLResponse:
    page = _page(visit, caller, problem=visit.explain(error), concerned=concerned)
    return show(visit, page, error.error_kind.status)


def _back(done: Done) -> RedirectResponse:
    return RedirectResponse(f"{HERE}?done={done}", 303)


@router.get("")
def tills(visit: Visiting, caller: AsStaff, done: Annotated[Done, Query()] = "") -> HTMLResponse:
    """All of them. A code that was made here stands on the page for as long as it is good."""
    code = carried(visit, NEW_CODE, CODE_MINUTES * 60) if done == "code" else None
    if code is None:
        return show(visit, _page(visit, caller, done=done if done != "code" else ""))
    picture = qr_picture(f"{visit.url}/till#{code}")
    return show(visit, _page(visit, caller, code=f"{code[:4]} {code[4:]}", picture=picture))


@router.post("/code")
def new_code(visit: Visiting, caller: AsStaff, password: Annotated[str, Form(max_length=200)] = "") -> Response:
    """A code for one device; it takes a password where the last proof is too old."""
    shop, alliance = _own_shop(caller), visit.town
    try:
        if password:
            prove_session(visit.request, Proof(password=password), caller)
        with alliance.database.engine.begin() as connection:
            made = make_till_code(connection, caller, shop, alliance.machine_clock())
    except ProofNeeded as error:
        return show(visit, _page(visit, caller, password_needed=True), error.error_kind.status)
    except LogInRefused as error:
        page = _page(visit, caller, password_needed=True, problem=visit.explain(error))
        return show(visit, page, error.error_kind.status)
    answer = _back("code")
    carry(visit, answer, NEW_CODE, made.code, CODE_MINUTES * 60)
    return answer


@router.post("/lines")
def change_lines(visit: Visiting, caller: AsStaff, wanted: Annotated[Literal["yes", "no"], Form()]) -> RedirectResponse:
    """Whether tills ask for the lines of a sale."""
    set_lines(visit.town, caller, _own_shop(caller), wanted=wanted == "yes")
    return _back("lines")


@router.post("/{till}/change")
def change_till(
    visit: Visiting,
    caller: AsStaff,
    till: str,
    action: Annotated[Literal["rename", "lift", "remove"], Form()],
    name: Annotated[str, Form(max_length=NAME_CHARS_MAX)] = "",
) -> RedirectResponse:
    """Another name, no limit for the rest of the day, or the end of it."""
    _own_shop(caller)
    alliance, wanted, done = visit.town, " ".join(name.split()), CHANGED_TILLS[action]
    with alliance.database.engine.begin() as connection:
        if action == "remove":
            revoke_till(connection, caller, till, alliance.machine_clock(), alliance.clock())
        elif action == "lift":
            lift_limit(connection, caller, till, alliance.today)
        elif wanted:
            rename_till(connection, caller, till, wanted)
        else:
            done = ""
    visit.forget_callers()
    shift_cache(alliance).forget()
    return _back(done)


@router.post("/cashiers")
def new_cashier(visit: Visiting, caller: AsStaff, name: Name, pin: Pin) -> Response:
    """Somebody who may sign in."""
    shop, alliance, wanted = _own_shop(caller), visit.town, " ".join(name.split())
    try:
        with alliance.database.engine.begin() as connection:
            add_cashier(connection, caller, shop, wanted, pin.strip(), alliance.machine_clock())
    except NamedFact as error:
        return _refused(visit, caller, error)
    return _back("added")


@router.post("/cashiers/{cashier}")
def change_one(
    visit: Visiting,
    caller: AsStaff,
    cashier: str,
    action: Annotated[Literal["change", "unlock", "end"], Form()],
    pin: Pin = "",
) -> Response:
    """Another PIN, five tries again, or the end of it."""
    _own_shop(caller)
    alliance = visit.town
    try:
        with alliance.database.engine.begin() as connection:
            if action == "end":
                end_cashier(connection, caller, cashier, alliance.clock())
            else:
                wanted = pin.strip() if action == "change" else None
                change_cashier(connection, caller, cashier, pin=wanted, unlock=action == "unlock")
    except NamedFact as error:
        return _refused(visit, caller, error, concerned=cashier)
    shift_cache(alliance).forget()
    return _back(CHANGED_CASHIERS[action])
