"""The screens of a till, as `states.py` lists pages: each is the same page after something was done on it."""

from collections.abc import Callable
from typing import NamedTuple

from playwright.sync_api import Page

from tests.pages.till_counter import (
    STRANGER,
    add_line,
    choose_cashier,
    connect,
    next_sale,
    on_screen,
    ring_up,
    scan,
    sign_in,
    type_who,
)


class TillScreen(NamedTuple):
    """A screen, and what leads to it. Where it needs one, `act` gets the six digits of a member with points.

    `lines` says that the till asks for the lines of sales.
    """

    name: str
    act: Callable[[Page, str], None]
    lines: bool = False


def _pin_wrong(page: Page, _: str) -> None:
    connect(page)
    choose_cashier(page)
    page.locator("#pin").fill("0815")
    page.locator("[data-form=pin] .next").click()
    page.locator("#pin-problem").wait_for()


def _large(page: Page, _: str) -> None:
    sign_in(page)
    ring_up(page, "5000")


def _scan(page: Page, _: str) -> None:
    sign_in(page)
    ring_up(page, "12,50")
    on_screen(page, "scan")


def _asking(page: Page, digits: str) -> None:
    _scan(page, digits)
    page.locator("[data-act=ask]").click()
    on_screen(page, "asking")
    page.locator("[data-qr]").evaluate("image => image.decode()")


def _pay(page: Page, digits: str) -> None:
    _scan(page, digits)
    scan(page, digits)
    on_screen(page, "pay")
    page.locator("[data-part] summary").click()


def _result(page: Page, digits: str) -> None:
    _scan(page, digits)
    scan(page, digits)
    on_screen(page, "pay")
    page.locator("[data-act=pay-none]").click()
    on_screen(page, "result")


def _lines(page: Page, _: str) -> None:
    sign_in(page)
    add_line(page, "6,40")
    add_line(page, "8,90")
    add_line(page, "0,25", take_off=True)
    page.locator("[data-lines] summary").click()
    page.locator("[data-list=lines] li").nth(1).get_by_role("button").first.click()


def _line_refund(page: Page, digits: str) -> None:
    _lines(page, digits)
    page.locator("[data-next]").click()
    on_screen(page, "scan")
    type_who(page, "bob@example.com")
    on_screen(page, "result")
    next_sale(page)
    page.locator("[data-go=refunds]:visible").click()
    page.locator("[data-list=sales] button").first.click()
    page.locator("[data-refund-lines] input").first.check()


def _stranger(page: Page, digits: str) -> None:
    _scan(page, digits)
    type_who(page, STRANGER)
    on_screen(page, "not-done")


def _refund(page: Page, digits: str) -> None:
    _result(page, digits)
    next_sale(page)
    page.locator("[data-go=refunds]:visible").click()
    page.locator("[data-list=sales] button").first.click()
    on_screen(page, "refund")


def _refunds(page: Page, digits: str) -> None:
    _refund(page, digits)
    page.locator("[data-form=refund] .next").click()
    on_screen(page, "undone")
    next_sale(page)
    page.locator("[data-go=refunds]:visible").click()
    page.locator("[data-list=sales] li").first.wait_for()


def _day(page: Page, digits: str) -> None:
    _result(page, digits)
    next_sale(page)
    page.locator("[data-go=day]:visible").click()
    page.locator("[data-day]").wait_for()


def _queue(page: Page, digits: str) -> None:
    _scan(page, digits)
    page.context.set_offline(True)
    type_who(page, "bob@example.com")
    on_screen(page, "result")
    next_sale(page)
    page.locator("[data-queue-badge]").click()
    page.locator("[data-list=queue] li").wait_for()


def _checking(page: Page, digits: str) -> None:
    _scan(page, digits)
    page.context.route("**/v1/purchases", lambda route: route.abort())
    type_who(page, "bob@example.com")
    on_screen(page, "checking")


SCREENS = (
    TillScreen("till-connect", lambda page, _: on_screen(page, "connect")),
    TillScreen("till-cashiers", lambda page, _: connect(page)),
    TillScreen("till-pin", _pin_wrong),
    TillScreen("till-amount", _large),
    TillScreen("till-lines", _lines, lines=True),
    TillScreen("till-scan", _scan),
    TillScreen("till-asking", _asking),
    TillScreen("till-pay", _pay),
    TillScreen("till-result", _result),
    TillScreen("till-stranger", _stranger),
    TillScreen("till-refund", _refund),
    TillScreen("till-line-refund", _line_refund, lines=True),
    TillScreen("till-refunds", _refunds),
    TillScreen("till-day", _day),
    TillScreen("till-queue", _queue),
    TillScreen("till-checking", _checking),
)
