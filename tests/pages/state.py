"""What a state of a page is: what is checked for everybody, and what is photographed."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.pages.page_town import PageTown

SEND = "main form .next"
"""The main action of a page with a form."""


@dataclass(frozen=True, slots=True)
class State:
    """A page at a path, opened by a member, by staff or by nobody, and what is done there."""

    name: str
    path: str
    caller: str | None = None
    act: Callable[[Page], None] = lambda _: None
    prepare: Callable[[PageTown], dict[str, str]] = lambda _: {}
    """What is done in the town before, and what the path names of it."""

    def open(self, town: PageTown, page: Page) -> None:
        """Come to the state."""
        if self.caller is not None:
            caller = town.staff(self.caller) if "@" in self.caller else town.member(self.caller)
            town.log_in(page.context, caller)
        path = self.path.format(**town.invitations, **self.prepare(town))
        page.goto(f"{town.url}{path}", wait_until="load")
        self.act(page)


def press(selector: str, **fields: str) -> Callable[[Page], None]:
    """Fill fields in, by their names, and press a button."""

    def act(page: Page) -> None:
        for name, value in fields.items():
            page.fill(f"main [name={name}]", value)
        with page.expect_navigation():
            page.click(selector)

    return act


def open_all(page: Page) -> None:
    """Everything that is folded."""
    for summary in page.locator("main details > summary").all():
        summary.click()
