"""What people do in the console is undone in one click, or they are told what will happen before it does."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

import coalition.pages.console
from tests.pages.test_console import console_routes

TEMPLATES = Path(coalition.pages.console.__file__).parent


@dataclass(frozen=True)
class Undone:
    """One click takes it back: on the form of this route, or on its own, which has both buttons or what is edited."""

    by: str = ""


@dataclass(frozen=True)
class Warned:
    """It can't be taken back, or not by one click: the page of its form says first what will happen, so."""

    words: str


@dataclass(frozen=True)
class Harmless:
    """It changes nothing that anybody would want back."""

    why: str


AS_OFTEN_AS_YOU_LIKE = Harmless("it does nothing twice")
LOOKS = Harmless("it looks, and changes nothing")
LEADS_ON = Harmless("it leads to a page of Stripe, where the shop decides")
RULES = "/console/rules/"
ACTIONS: dict[str, Undone | Warned | Harmless] = {
    "/console/approvals/{approval}/approve": Warned("an approval can't be taken back"),
    "/console/approvals/{approval}/reject": Warned("Nothing is carried out then."),
    "/console/approvals/{approval}/withdraw": Warned("Nothing is carried out then."),
    "/console/backing/proof": LOOKS,
    "/console/windows/{window}/{shop}/object": Undone("/console/disputes/{dispute}/withdraw"),
    "/console/disputes/{dispute}/answer": Warned("The answer is final"),
    "/console/disputes/{dispute}/withdraw": Warned("stays in the list without an answer"),
    "/console/findings/{finding}/decision": Warned("The decision is final"),
    "/console/findings/{finding}/hold": Undone("/console/findings/{finding}/decision"),
    "/console/keys": Undone("/console/keys/{key}/revoke"),
    "/console/keys/{key}/replace": Undone("/console/keys/{key}/revoke"),
    "/console/keys/{key}/adopt": Harmless("the key goes on as it was"),
    "/console/keys/{key}/revoke": Warned("At once and for good"),
    "/console/legal/{text}": Warned("Whoever joins from then on agrees to this version."),
    "/console/members/import": Warned("gets the points, and is not enrolled twice"),
    "/console/members/import/preview": LOOKS,
    "/console/members/import/to-mend": LOOKS,
    "/console/members/search": LOOKS,
    "/console/members/{member}/correct": Warned("The shop that you choose issues them, and pays for them"),
    "/console/members/{member}/erase": Warned("is deleted for good"),
    "/console/members/{member}/freeze": Undone("/console/members/{member}/unfreeze"),
    "/console/members/{member}/merge": Warned("The points of this member go to the other one"),
    "/console/members/{member}/unfreeze": Undone("/console/members/{member}/freeze"),
    "/console/postings/{posting}/take-back": Warned("the member has them no more"),
    "/console/payments/accounts/{shop}/mandate": LEADS_ON,
    "/console/payments/accounts/{shop}/onboarding": LEADS_ON,
    "/console/payments/bank/import": Warned("it can't be taken out again"),
    "/console/payments/bank/lines/match": Warned("What you say here is final"),
    "/console/payments/bank/{file}/export": Warned("a file stays as it is"),
    "/console/payments/by-hand": Warned("What was booked can't be taken back"),
    "/console/payments/lines/look": LOOKS,
    "/console/payments/lines/match": Warned("What you say here is final"),
    "/console/payments/run": Warned("A run sends what the list says, and nothing twice"),
    "/console/payments/{payment}/cancel": Warned("the next run plans a new paym"),
    "/console/payments/{payment}/confirm": Warned("It is booked as you say, with your name."),
    "/console/payments/{payment}/write-off": Warned("the alliance bears it as a cost"),
    "/console/rules/bonuses": Undone("/console/rules/bonuses/{rule}/end"),
    "/console/rules/bonuses/{rule}/end": Warned("No sale gets it from now on"),
    "/console/rules/what-if": LOOKS,
    "/console/rules/what-if/{trial}/add": Undone("/console/rules/bonuses/{rule}/end"),
    "/console/rules/limits": Undone("/console/rules/limits/{rule}/end"),
    "/console/rules/limits/{rule}/end": Warned("It holds for no sale from now on."),
    "/console/settings/findings": Undone(),
    "/console/settings/tills": Undone(),
    "/console/shops": Undone("/console/shops/{shop}/status"),
    "/console/shops/{shop}/account": Undone(),
    "/console/shops/{shop}/days": Undone(),
    "/console/shops/{shop}/deposit": Undone("/console/shops/{shop}/withdraw"),
    "/console/shops/{shop}/limit": Undone(),
    "/console/shops/{shop}/people": Undone("/console/team/{person}/state"),
    "/console/shops/{shop}/profile": Undone(),
    "/console/shops/{shop}/status": Undone(),
    "/console/shops/{shop}/withdraw": Warned("What is paid out backs the shop's points no more."),
    "/console/start/shops/preview": LOOKS,
    "/console/start/shops": Undone("/console/shops/{shop}/status"),
    "/console/team": Undone("/console/team/{person}/state"),
    "/console/team/{person}/change": Undone(),
    "/console/team/{person}/invite": Warned("password, second factor, passkeys and log"),
    "/console/team/{person}/state": Undone(),
    "/console/webhooks": Undone("/console/webhooks/{endpoint}/delete"),
    "/console/webhooks/{endpoint}/again": AS_OFTEN_AS_YOU_LIKE,
    "/console/webhooks/{endpoint}/again/{event}": AS_OFTEN_AS_YOU_LIKE,
    "/console/webhooks/{endpoint}/change": Undone(),
    "/console/webhooks/{endpoint}/delete": Warned("It can't be undone."),
    "/console/webhooks/{endpoint}/secret": Warned("The old one goes on for a day"),
    "/console/webhooks/{endpoint}/state": Undone(),
    "/console/windows/{window}/close": Warned("This window is over."),
}
"""Of each action of the console, which it is: a new one has to choose."""

ACTION = re.compile(r'<(?:form|button) [^>]*action="(?P<action>[^"]*)"')
PART = re.compile(r"\{\{.*?\}\}")


def actions() -> set[str]:
    """The paths of all forms of the console."""
    return {route.path for name, route, _ in console_routes() if name.startswith("POST")}


def templates_with(path: str) -> Iterator[str]:
    """The templates with a form that sends to this path."""
    for file in sorted(TEMPLATES.glob("*.html")):
        template = file.read_text(encoding="utf-8")
        sent_to = {PART.sub("*", named["action"]) for named in ACTION.finditer(template)}
        # What begins with a name of its own page is one of those below it.
        if any(fnmatch(path, each) for each in sent_to if each != "*") or ("*" in sent_to and path.endswith("/days")):
            yield template


def test_every_action_is_undone_or_told_before() -> None:
    assert actions() == set(ACTIONS)


@pytest.mark.parametrize("path", ACTIONS)
def test_there_is_a_form_for_it(path: str) -> None:
    assert list(templates_with(path)) or path.endswith("/adopt"), "the same form as for another key"


@pytest.mark.parametrize(
    ("path", "by"), [(path, each.by) for path, each in ACTIONS.items() if isinstance(each, Undone)]
)
def test_what_is_undone_is_undone_by_a_form(path: str, by: str) -> None:
    assert (by or path) in actions()
    assert list(templates_with(by or path))


@pytest.mark.parametrize(
    ("path", "words"), [(path, each.words) for path, each in ACTIONS.items() if isinstance(each, Warned)]
)
def test_what_cannot_be_undone_is_told_beside_its_form(path: str, words: str) -> None:
    assert words
    assert any(words in template for template in templates_with(path))
