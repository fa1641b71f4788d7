"""Add all shops at once, from a list or a file: what was read of it, before anything is added."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated

from fastapi import Depends, File, Form, Response, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import HELPERS, STAFF
from coalition.merchants.add_shops import start_adding
from coalition.merchants.shop_list import COLUMNS, SHOPS_MAX, ShopOfList, read_shop_list
from coalition.pages.console.sections import SHOPS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import FormKey, page_key

router = PageRouter("/console/start/shops")
Helper = Annotated[StaffVisit, Depends(admit(HELPERS & STAFF))]
LIST_CHARS_MAX = 40_000
FILE_BYTES_MAX = 200_000


@dataclass(frozen=True, slots=True)
class ShopProblems:
    """A line of a list that stays out, as it stands there, and all that is wrong with it."""

    line: int
    text: str
    why: list[str]


@dataclass(frozen=True, slots=True)
class AddShopsPage(ConsolePage):
    """A list to type or choose; then what was read of it. `typed` is the list itself, to be changed.

    `good` are shops that can be added, `before` how many take part already, and `content` what adds the good ones once
    under `key`.
    """

    typed: str = ""
    good: tuple[ShopOfList, ...] = ()
    before: int = 0
    problems: tuple[ShopProblems, ...] = ()
    content: str = ""
    key: str = ""
    was_read: bool = False
    problem: str = ""
    columns: tuple[str, ...] = COLUMNS
    most: int = SHOPS_MAX
    section: Section = SHOPS


@router.get("")
def choose(staff: Helper) -> HTMLResponse:
    """Type a list, or choose a file."""
    return show(staff.visit, AddShopsPage())


@router.post("/preview")
def preview(
    staff: Helper,
    shops: Annotated[str, Form(max_length=LIST_CHARS_MAX)] = "",
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """What was read, and what will happen. Nothing is added."""
    chosen = b"" if file is None else file.file.read(FILE_BYTES_MAX + 1)
    content = chosen or shops.encode()
    if not content.strip() or len(content) > FILE_BYTES_MAX:
        problem = staff.visit.say("Type a list of shops, or choose a file of at most 200 kB.")
        return show(staff.visit, AddShopsPage(typed=shops, problem=problem), 422)
    return show(staff.visit, _read(staff, content))


@router.post("")
def add(staff: Helper, key: FormKey, shops: Annotated[str, Form(max_length=LIST_CHARS_MAX)]) -> Response:
    """Add the shops of a list; the page of that work shows how far it is, and what could not be added."""
    task = start_adding(staff.alliance, staff.caller, shops, page_key(staff.caller, key))
    return RedirectResponse(f"/console/tasks/{task.id}", 303)


def _read(staff: StaffVisit, content: bytes) -> AddShopsPage:
    read = read_shop_list(staff.alliance, content)
    good = tuple(shop for shop in read if not shop.problems and not shop.exists)
    return AddShopsPage(
        typed="\n".join(shop.text for shop in read),
        good=good,
        before=sum(shop.exists for shop in read),
        problems=tuple(
            ShopProblems(shop.line, shop.text, [staff.visit.reason(why) for why in shop.problems])
            for shop in read
            if shop.problems
        ),
        content="\n".join(shop.as_line for shop in good),
        key=token_hex(16),
        was_read=True,
    )
