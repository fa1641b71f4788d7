"""Every page in every state: what is checked for everybody, and what is photographed."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.pages.page_town import NEAR_THE_BUTCHER, PHONE, PageTown


@dataclass(frozen=True, slots=True)
class State:
    """A page at a path, opened by a member, by staff or by nobody, and what is done there."""

    name: str
    path: str
    caller: str | None = None
    act: Callable[[Page], None] = lambda _: None

    def open(self, town: PageTown, page: Page) -> None:
        """Come to the state."""
        if self.caller is not None:
            caller = town.staff(self.caller) if "@" in self.caller else town.member(self.caller)
            town.log_in(page.context, caller)
        path = self.path.format(**town.invitations)
        page.goto(f"{town.url}{path}", wait_until="load")
        self.act(page)


def _press(selector: str, **fields: str) -> Callable[[Page], None]:
    """Fill fields in, by their names, and press a button."""

    def act(page: Page) -> None:
        for name, value in fields.items():
            page.fill(f"main [name={name}]", value)
        with page.expect_navigation():
            page.click(selector)

    return act


def _invited(page: Page) -> None:
    page.wait_for_selector("[name=password]")


def _accepted_weakly(page: Page) -> None:
    _invited(page)
    page.fill("[name=password]", "short")
    with page.expect_navigation():
        page.click("main .next")


def _find_near(page: Page) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(NEAR_THE_BUTCHER)
    page.click("[data-near]")
    page.wait_for_selector("[data-far]:not(:empty)")


def _lose(page: Page) -> None:
    page.context.clear_permissions()
    page.click("[data-near]")
    page.wait_for_selector("[data-lost]:not([hidden])")


SEND = "main form .next"
STATES = (
    State("log-in", "/wallet/log-in"),
    State("log-in-code", "/wallet/log-in", act=_press(SEND, contact=PHONE)),
    State("home", "/wallet", "ann"),
    State("home-empty", "/wallet", "cleo"),
    State("code", "/wallet/code", "ann"),
    State("history", "/wallet/history", "ann"),
    State("history-empty", "/wallet/history", "cleo"),
    State("receipt", "/wallet/history/4", "ann"),
    State("shops", "/wallet/shops", "ann"),
    State("shops-more", "/wallet/shops", act=lambda page: page.click("summary")),
    State("shops-near", "/wallet/shops", "ann", _find_near),
    State("shops-lost", "/wallet/shops", "ann", _lose),
    State("shops-none", "/wallet/shops?open=yes&category=cafe", "ann"),
    State("gift", "/wallet/gift", "ann"),
    State("gift-done", "/wallet/gift?done=yes", "ann"),
    State("gift-refused", "/wallet/gift", "ann", _press(SEND, to="nobody", points="5,000")),
    State("household", "/wallet/household", "ann"),
    State("household-invited", "/wallet/household", "bob"),
    State("household-none", "/wallet/household", "cleo"),
    State("notices", "/wallet/notices", "ann"),
    State("me", "/wallet/me", "ann"),
    State("erase", "/wallet/me/erase", "ann"),
    State("erase-unsure", "/wallet/me/erase", "ann", _press("main form .danger")),
    State("offline", "/wallet/offline"),
    State("not-found", "/nowhere"),
    State("staff-log-in", "/log-in"),
    State("invitation-token", "/invitation"),
    State("invitation-unknown", "/invitation#wrong", act=lambda page: page.wait_for_selector("[role=alert]")),
    State("invitation", "/invitation#{cashier}", act=_invited),
    State("invitation-second-factor", "/invitation#{owner}", act=_invited),
    State("invitation-refused", "/invitation#{cashier}", act=_accepted_weakly),
    State("account", "/account?welcome=yes", "karl@sommer.example"),
    State("password", "/account/password", "karl@sommer.example"),
    State("components", "/dev/components"),
)
