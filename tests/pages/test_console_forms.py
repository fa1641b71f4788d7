"""A form that is refused comes back as it was typed, and says beside the field what is wrong with it."""

import pytest

from coalition.pages.form_html import PageForm, PageForms
from tests.pages.page_town import PageTown
from tests.pages.test_console import OF_ROLE, Role, console_routes, places, visitor  # noqa: F401 - a fixture
from tests.pages.visitor import Visitor

TOO_LONG = "x" * 60_000
TYPED = "typed before"
KEPT = frozenset({"text", "search", "email", "url", "tel", "textarea", "number", "date"})


def sent_by(form: PageForm) -> dict[str, list[str]]:
    """What the form sends once something is typed into each field, ticks are ticked and the last of a list chosen."""
    sent: dict[str, list[str]] = {}
    for control in form.controls:
        value = control.tag.get("value")
        if control.kind in ("text", "search", "textarea"):
            value = TYPED
        elif control.kind == "select":
            value = control.options[-1].get("value") if control.options else ""
        elif control.kind in ("file", "password"):
            continue
        sent.setdefault(control.name, []).append(value)
    return sent


def hidden(form: PageForm) -> list[str]:
    """What tells a form from others of its page."""
    names = ("kind", "line", "rail", "state")
    return [form.tag.get("action"), *(each.tag.get("value") for each in form.controls if each.name in names)]


def refused(visit: Visitor, page: str) -> int:
    """Send each form of a page with one value that can't be: how many came back."""
    visit.open(page)
    forms = [form for form in PageForms(visit.html).forms if not form.tag.get("enctype")]
    count = 0
    for form in forms:
        bad = next((each.name for each in form.controls if each.kind in KEPT), None)
        action = form.tag.get("action")
        if bad is None or not form.buttons or not action.startswith(("/console", "/account")):
            continue
        sent = sent_by(form)
        sent[bad][0] = TOO_LONG
        del sent["csrf"]
        assert visit.send(action, **sent) in (422, 404), (page, action, visit.words[:300])
        back = next((each for each in PageForms(visit.html).forms if hidden(each) == hidden(form)), None)
        assert back is not None, (page, action, visit.words[:300])
        check(back, sent, bad, visit.html)
        count += 1
    return count


def check(form: PageForm, sent: dict[str, list[str]], bad: str, html: str) -> None:
    """What was typed is still there, and the field that is wrong says so."""
    left = {name: list(values) for name, values in sent.items()}
    for control in form.controls:
        tag, kind = control.tag, control.kind
        if kind == "textarea":
            text = html[tag.end : tag.until].removesuffix("</textarea>").strip()
            assert text == left[control.name].pop(0), control.name
        elif kind in KEPT:
            assert tag.get("value") == left[control.name].pop(0), control.name
        elif kind == "select" and control.options:
            chosen = [each.get("value") for each in control.options if "selected" in each.attributes]
            assert chosen == [left[control.name].pop(0)], control.name
        elif kind in ("checkbox", "radio"):
            assert "checked" in tag.attributes, control.name
    field = next(each for each in form.controls if each.name == bad)
    assert field.tag.get("aria-invalid") == "true", (form.tag.get("action"), bad)
    assert "autofocus" in field.tag.attributes
    note = f'id="{field.tag.get("aria-describedby").split()[-1]}"'
    assert note in html[field.tag.end : field.tag.end + 70_000]
    assert all("open" in fold.attributes for fold in (*form.folds, *field.folds))


@pytest.mark.parametrize(("role", "least"), [(Role.OWNER, 24), (Role.FINANCE, 5), (Role.MANAGER, 4)])
def test_a_refused_form_keeps_what_was_typed(town: PageTown, role: Role, least: int, places: dict[str, str]) -> None:  # noqa: F811
    visit = visitor(town, OF_ROLE[role])
    pages = [
        route.path.format(**places) for name, route, roles in console_routes() if role in roles and name[:3] == "GET"
    ]
    assert sum(refused(visit, page) for page in pages) >= least


LIMIT = {"kind": "greatest_share", "rule": "typed-half", "values": ["50"]}
ADJUST = {"key": "0" * 32, "shop": "bakery", "points": "9", "reason": "Sorry"}
BONUS = {"kind": "stamp_card", "rule": "typed-card", "values": ["10", "250", "2.80", "", ""], "budget": "500"}
DOUBLE = {"kind": "multiplier", "rule": "typed-double", "values": ["2"], "budget": "500"}
MONDAY_TO_TUESDAY = {"first_day": "2030-01-07", "last_day": "2030-01-08"}
WRONG = [
    ("/console/rules/bonuses", {**BONUS, "budget": "1.000"}, "budget", "Write a whole number above zero"),
    ("/console/rules/bonuses", {**BONUS, "budget": "249"}, "budget", "does not pay for one bonus of 250"),
    ("/console/rules/bonuses", {**BONUS, "most_member": "9"}, "most_member", "nobody would ever get it"),
    ("/console/rules/bonuses", {**BONUS, "second": "cafe"}, "second", "That is who pays already"),
    ("/console/rules/bonuses", {**DOUBLE, "values": ["1"]}, "values", "it must be more than 1"),
    ("/console/rules/bonuses", {**DOUBLE, "from_hour": "22", "until_hour": "6"}, "until_hour", "add two rules"),
    ("/console/rules/bonuses", {**DOUBLE, "days": ["3"], **MONDAY_TO_TUESDAY}, "days", "None of the chosen days"),
    ("/console/rules/bonuses", {**DOUBLE, "last_day": "2024-01-01"}, "last_day", "must not lie before the first"),
    ("/console/rules/limits", {**LIMIT, "values": ["100"]}, "values", "it must be less than 100"),
    ("/console/shops/bakery/limit", {"credit": "5.000"}, "credit", "Write an amount such as 500 or 12.50"),
    ("/console/shops/bakery/profile", {"name": " ", "phone": "030"}, "name", "Please fill this in"),
    ("/console/members/ann/merge", {"into": "nobody@"}, "into", "can't be used"),
    ("/console/members/ann/correct", {**ADJUST, "points": "0"}, "points", "Write a whole number above zero"),
    ("/console/team", {"name": "Tom", "email": "tom@x.example", "role": "manager"}, "shop", "Please choose"),
    ("/console/keys", {"label": "till 9", "role": "till"}, "shop", "Please choose"),
    ("/console/webhooks", {"url": "ftp://x.example"}, "url", "must begin with"),
    (
        "/console/rules/bonuses",
        {**BONUS, "budget": "9", "values": ["10", "250", "2,8,0", "", ""]},
        "values",
        "an amount",
    ),
]


@pytest.mark.parametrize(("path", "sent", "field", "words"), WRONG)
def test_what_is_wrong_stands_beside_its_field_and_nowhere_else(
    town: PageTown, path: str, sent: dict[str, str | list[str]], field: str, words: str
) -> None:
    visit = visitor(town, OF_ROLE[Role.OWNER])
    assert visit.send(path, **{"funder": "cafe", **sent}) == 422
    (wrong,) = [
        control
        for form in PageForms(visit.html).forms
        for control in form.controls
        if control.tag.get("aria-invalid") == "true"
    ]
    assert (wrong.name, "autofocus" in wrong.tag.attributes) == (field, True)
    assert visit.words.count(words) == 1
    (note,) = visit.page.all("p", role="alert")
    assert words in note.text
    assert note.attributes["id"] in wrong.tag.get("aria-describedby").split()
