"""The programme's rules: bonuses with what is left of their budgets, and limits of what points may pay for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import ValidationError

from coalition.access.caller import OWNERS, STAFF
from coalition.access.errors import ApprovalAwaited
from coalition.agreement.change_spend_limit import add_limit, end_limit
from coalition.agreement.spend_limit_store import limit_versions
from coalition.bonuses.add_rule import add_rule
from coalition.bonuses.end_rule import end_rule
from coalition.bonuses.store import bonus_versions
from coalition.earning.bonus import BonusTerms, BonusVersion, FunderShare
from coalition.earning.bonus_kinds import bonus_kinds
from coalition.earning.bonus_model import BonusModel
from coalition.earning.meters import Caps
from coalition.errors import NotFound
from coalition.locale.messages import N_
from coalition.pages.checks import check_phrase
from coalition.pages.console.amounts import typed_amount, typed_points
from coalition.pages.console.listed_rule import ListedRule, listed_rule
from coalition.pages.console.period import TypedDay
from coalition.pages.console.sections import RULES, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.console.tried_form import typed_as_tried
from coalition.pages.errors import FieldWrong
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import Ref
from coalition.pages.typed_again import type_again
from coalition.spending.limit_kinds import limit_kinds
from coalition.spending.limit_model import LimitModel
from coalition.spending.spend_limits import LimitTerms, LimitVersion
from coalition.what_if.trial import ask_trial
from coalition.what_if.trial_task import find_trial, start_trial
from settlement import NamedFact, Phrase, date_of, day_number
from settlement.clearing import pots_left

HERE = "/console/rules"
router = PageRouter(HERE)
Staff = Annotated[StaffVisit, Depends(admit(RULES.roles))]
Owner = Annotated[StaffVisit, Depends(admit(OWNERS & STAFF))]
RuleName = Annotated[str, Form(max_length=40, pattern=r"^[a-z0-9][a-z0-9-]*$")]
Kind = Annotated[str, Form(max_length=40)]
Values = Annotated[list[str], Form(max_length=10)]
Choice = Annotated[str, Form(max_length=100)]
Hour = Annotated[int, Form(ge=0, le=24)]
WEEK = 7
SAME_FUNDER = N_("That is who pays already. Choose somebody else for the other half, or nobody.")


@dataclass(frozen=True, slots=True)
class RulesPage(ConsolePage):
    """What counts now or later. The kinds that there are have a form each, where the visitor `may_change` anything."""

    bonuses: list[ListedRule]
    limits: list[ListedRule]
    bonus_kinds: Mapping[str, type[BonusModel]]
    limit_kinds: Mapping[str, type[LimitModel]]
    shops: list[tuple[str, str]]
    today: date
    may_change: bool
    done: str = ""
    problem: str = ""
    section: Section = RULES


@router.get("")
def rules(
    staff: Staff, done: Annotated[str, Query(max_length=20)] = "", trial: Annotated[str, Query(max_length=100)] = ""
) -> HTMLResponse:
    """All that count; the form of a bonus is filled in as it was tried where a `trial` of the visitor's is named."""
    page = _show(staff, done=done)
    if not trial:
        return page
    _, asked, _ = find_trial(staff.alliance, staff.caller, trial)
    typed = typed_as_tried(staff.alliance.book.settings, asked)
    filled = None if typed is None else type_again(bytes(page.body).decode(), f"{HERE}/bonuses", typed, {})
    return page if filled is None else HTMLResponse(filled)


@dataclass(frozen=True, slots=True)
class BonusForm:
    """A bonus as it was typed, and the days on whose sales it is to be tried, where it is."""

    rule: str
    kind: str
    values: list[str]
    budget: str
    funders: tuple[str, str]
    shop: str
    days: list[int]
    hours: tuple[int, int]
    dates: tuple[TypedDay, TypedDay]
    caps: Mapping[str, str]
    tried: tuple[TypedDay, TypedDay]

    def terms(self, staff: StaffVisit) -> BonusTerms:
        """Its terms; who pays does in equal parts. Raises FieldWrong."""
        most = {field: _most(field, text) for field, text in self.caps.items()}
        return BonusTerms(
            _effect(staff, bonus_kinds(), self.kind, self.values),
            _funders(*self.funders),
            typed_points("budget", self.budget),
            *_days(staff, *self.dates),
            frozenset({self.shop} - {""}),
            frozenset(day % WEEK for day in self.days),
            *self.hours,
            most["most"],
            caps=Caps(most["most_member"], most["most_member_day"], most["most_day"]),
        )


def _typed(
    rule: RuleName,
    kind: Kind,
    values: Values,
    budget: Choice,
    funder: Choice,
    second: Choice = "",
    shop: Choice = "",
    days: Annotated[list[int], Form(max_length=WEEK)] = [],  # noqa: B006 - a form's default is copied
    from_hour: Hour = 0,
    until_hour: Hour = 24,
    first_day: TypedDay = "",
    last_day: TypedDay = "",
    most: Choice = "",
    most_member: Choice = "",
    most_member_day: Choice = "",
    most_day: Choice = "",
    since: TypedDay = "",
    until: TypedDay = "",
) -> BonusForm:
    caps = {"most": most, "most_member": most_member, "most_member_day": most_member_day, "most_day": most_day}
    return BonusForm(
        rule,
        kind,
        values,
        budget,
        (funder, second),
        shop,
        days,
        (from_hour, until_hour),
        (first_day, last_day),
        caps,
        (since, until),
    )


TypedBonus = Annotated[BonusForm, Depends(_typed)]


@router.post("/bonuses")
def add_bonus(staff: Owner, typed: TypedBonus) -> Response:
    """A bonus, or its next version: its budget is set aside by who pays for it, in equal parts."""

    def add() -> None:
        add_rule(staff.alliance, staff.approvals, staff.caller, typed.rule, typed.terms(staff))

    return _done(staff, add, "added")


@router.post("/what-if")
def try_bonus(staff: Owner, typed: TypedBonus) -> Response:
    """The same tried on past sales: the page of that work shows how far it is."""
    since, until = (day or None for day in typed.tried)
    try:
        trial = ask_trial(staff.alliance, typed.rule, typed.terms(staff), since, until)
        task = start_trial(staff.alliance, staff.caller, trial)
    except NamedFact as error:
        return _show(staff, staff.visit.explain(error), error.error_kind.status)
    return RedirectResponse(f"/console/tasks/{task.id}", 303)


@router.post("/bonuses/{rule}/end")
def end_bonus(staff: Owner, rule: Ref) -> Response:
    """No sale gets it any more, and what is left of its budget goes back."""
    return _done(staff, lambda: end_rule(staff.alliance, staff.caller, rule), "ended")


@router.post("/limits")
def add_spend_limit(
    staff: Owner,
    rule: RuleName,
    kind: Kind,
    values: Values,
    shop: Choice = "",
    first_day: TypedDay = "",
    last_day: TypedDay = "",
) -> Response:
    """A limit, or its next version."""

    def add() -> None:
        effect, shops = _effect(staff, limit_kinds(), kind, values), frozenset({shop} - {""})
        terms = LimitTerms(effect, *_days(staff, first_day, last_day), shops)
        add_limit(staff.alliance, staff.caller, rule, terms)

    return _done(staff, add, "added")


@router.post("/limits/{rule}/end")
def end_spend_limit(staff: Owner, rule: Ref) -> Response:
    """It holds for no sale any more."""
    return _done(staff, lambda: end_limit(staff.alliance, staff.caller, rule), "ended")


def _done(staff: StaffVisit, act: Callable[[], object], done: str) -> Response:
    """Do it, and say that it was done; or why not."""
    try:
        act()
    except ApprovalAwaited:
        return RedirectResponse(f"{HERE}?done=asked", 303)
    except NamedFact as error:
        return _show(staff, staff.visit.explain(error), error.error_kind.status)
    return RedirectResponse(f"{HERE}?done={done}", 303)


def _days(staff: StaffVisit, first: TypedDay, last: TypedDay) -> tuple[int, int | None]:
    """The first and the last day (yyyymmdd) that were typed: from today on, and without an end."""
    return staff.alliance.today if first == "" else day_number(first), None if last == "" else day_number(last)


def _funders(first: str, second: str) -> tuple[FunderShare, ...]:
    """Who pays, in equal parts. Raises FieldWrong where both are the same."""
    if first == second:
        raise FieldWrong("second", Phrase(SAME_FUNDER))
    return tuple(FunderShare(each, 1) for each in (first, second) if each)


def _most(field: str, text: str) -> int | None:
    """A cap as it was typed, in points; none where nothing was. Raises FieldWrong."""
    return typed_points(field, text) if text.strip() else None


def _effect(staff: StaffVisit, kinds: Mapping[str, type[Any]], kind: str, values: list[str]) -> Any:
    """What was stated for a kind, its values in the order of its labels. Raises FieldWrong."""
    model = kinds.get(kind)
    if model is None or len(values) != len(model.labels):
        raise NotFound(Phrase("kind of rule"), kind)
    stated: dict[str, object] = {"kind": kind}
    for name, text in zip(model.labels, values, strict=True):
        if not text.strip() and not model.model_fields[name].is_required():
            continue
        if name.endswith("_minor"):
            stated[name] = typed_amount(staff.alliance.book.settings, name, text)
        else:
            is_text = name in model.choices or model.model_fields[name].annotation is str
            stated[name] = text.strip() if is_text else typed_points(name, text)
    try:
        return model(**stated)
    except ValidationError as error:
        first = error.errors()[0]
        raise FieldWrong(str(first["loc"][0]), check_phrase(first)) from None


def _show(staff: StaffVisit, problem: str = "", status: int = 200, *, done: str = "") -> HTMLResponse:
    alliance, names = staff.alliance, staff.names()
    with alliance.database.engine.connect() as connection:
        bonuses = [each.version for each in bonus_versions(connection, alliance.id) if each.posting_id is not None]
        limits = [each.version for each in limit_versions(connection, alliance.id)]
        left: dict[str, int] = {}
        for pot in pots_left(alliance.book, connection):
            left[pot.name] = left.get(pot.name, 0) + pot.points

    page = RulesPage(
        [
            listed_rule(staff, names, version, left.get(version.name, 0))
            for version in bonuses
            if _counts(version, alliance.today)
        ],
        [listed_rule(staff, names, version) for version in limits if _counts(version, alliance.today)],
        bonus_kinds(),
        limit_kinds(),
        staff.shops(),
        date_of(alliance.today),
        staff.caller.role in OWNERS,
        done,
        problem,
    )
    return show(staff.visit, page, status)


def _counts(version: BonusVersion | LimitVersion, today: int) -> bool:
    last_day = version.terms.last_day
    return version.ended_at is None and (last_day is None or last_day >= today)
