"""How a shop pays and is paid: its way of payment and its account there, and a form for another one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated, Literal, NamedTuple

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import STAFF, TREASURERS, Role
from coalition.locale.error_text import reason_text
from coalition.pages.checks import check_words
from coalition.pages.console.sections import SHOPS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.errors import FieldWrong
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import FormKey, Ref, optional_text, page_key
from coalition.payments.account_details import CHECKS, LABELS, NUMBERS, detail_names, masked
from coalition.payments.context import payment_context
from coalition.payments.errors import AccountChanged
from coalition.payments.set_account import NewAccount, account_version, rail_choices, rail_used, request_account
from coalition.statements.sheet import WAYS
from settlement import NamedFact, Phrase
from settlement.payments import PaymentContext, payment_profiles, rail_account
from settlement.rails import Direction

router = PageRouter("/console/shops/{shop}/account")
Keeper = Annotated[StaffVisit, Depends(admit((TREASURERS & STAFF) | {Role.MANAGER}))]
Way = Annotated[str, Query(pattern=r"^[a-z_]{0,40}$")]
Done = Literal["", "saved", "asked"]
FIRST = ("name", "iban", "account", "routing", "sort_code", "bic")
"""Details that nearly every account has; what few have is folded away."""
CHARS_MAX, DETAILS_MAX = 140, 30


class AccountNow(NamedTuple):
    """What a shop has chosen (empty for the alliance's way), the rail that it uses by that, and its account there."""

    choice: str
    used: str
    details: Mapping[str, str]

    @property
    def version(self) -> int:
        """What a change is made from."""
        return account_version(self.choice, self.details)


@dataclass(frozen=True, slots=True)
class DetailField:
    """A detail that can be typed. `kept` is how a number that is there is shown: left empty, it stays."""

    name: str
    label: str
    value: str
    kept: str
    folded: bool


@dataclass(frozen=True, slots=True)
class ShopAccountPage(ConsolePage):
    """A shop's way of payment and account; `rows` are the account's details as (label, text), numbers masked.

    `ways` are those to choose from, (value, label), and `way` the one whose form is shown. `at_stripe` is whether its
    account is opened on Stripe's pages.
    """

    shop: str
    name: str
    own: bool
    used: str
    rows: list[tuple[str, str]]
    collect_problem: str
    pay_problem: str
    suspended: bool
    ways: list[tuple[str, str]]
    way: str
    fields: list[DetailField]
    at_stripe: bool
    version: int
    key: str
    done: Done = ""
    problem: str = ""
    section: Section = SHOPS


@router.get("")
def account(staff: Keeper, shop: Ref, way: Way | None = None, done: Annotated[Done, Query()] = "") -> HTMLResponse:
    """What is there, and the form for one way of payment: the present one, unless the address names another."""
    return _show(staff, shop, way, done=done)


@router.post("")
def change(
    staff: Keeper,
    shop: Ref,
    key: FormKey,
    version: Annotated[int, Form()],
    rail: Annotated[str, Form(pattern=r"^[a-z_]{0,40}$")] = "",
    name: Annotated[list[str] | None, Form(max_length=DETAILS_MAX)] = None,
    value: Annotated[list[str] | None, Form(max_length=DETAILS_MAX)] = None,
) -> Response:
    """Another way of payment, or another account: at once, or once another person has approved it."""
    staff.shop_named(shop)
    try:
        with payment_context(staff.alliance, staff.caller.id) as context:
            now = _now(context, shop)
            used = rail_used(context, rail)
            typed = _typed(_details_at(context, shop, used), detail_names(context, used), name or (), value or ())
            asked = NewAccount(shop, rail, typed)
            if (rail, typed or now.details) == (now.choice, now.details):
                # Nothing is left to change: the form was sent before.
                return _done(shop, "saved")
            if version != now.version:
                raise AccountChanged(shop)
            approval = request_account(context, staff.approvals, staff.caller, asked, page_key(staff.caller, key))
    except NamedFact as error:
        return _show(staff, shop, rail, staff.visit.explain(error), error.error_kind.status)
    return _done(shop, "saved" if approval is None else "asked")


def _done(shop: str, what: Done) -> RedirectResponse:
    return RedirectResponse(f"/console/shops/{shop}/account?done={what}", 303)


def _typed(
    kept: Mapping[str, str], known: Sequence[str], names: Sequence[str], values: Sequence[str]
) -> dict[str, str] | None:
    """The account as it was typed, with the numbers that were left as they are; None where the way has no form.

    Raises FieldWrong.
    """
    if not known:
        return None
    details: dict[str, str] = {}
    for number, (name, text) in enumerate(zip(names, values, strict=False)):
        field = f"value.{number}"
        if len(text) > CHARS_MAX:
            raise FieldWrong(field, check_words("long", count=CHARS_MAX))
        plain = optional_text(field, text) or (kept.get(name, "") if name in NUMBERS else "")
        problem = CHECKS[name](plain) if plain and name in CHECKS else ""
        if problem:
            raise FieldWrong(field, Phrase("This can't be used: {why}.", why=problem))
        if plain:
            details[name] = plain
    return details


def _now(context: PaymentContext, shop: str) -> AccountNow:
    profile = payment_profiles(context.book, context.session).get(shop)
    choice = "" if profile is None else profile.rail
    used = rail_used(context, choice)
    return AccountNow(choice, used, _details_at(context, shop, used))


def _details_at(context: PaymentContext, shop: str, rail: str) -> Mapping[str, str]:
    return rail_account(context.book, context.session, shop, rail).details


def _show(
    staff: StaffVisit, ref: str, way: str | None, problem: str = "", code: int = 200, *, done: Done = ""
) -> HTMLResponse:
    visit, existing = staff.visit, staff.shop_named(ref)
    with payment_context(staff.alliance, staff.caller.id) as context:
        now = _now(context, ref)
        ways, chosen = ["", *rail_choices(context)], now.choice if way is None else way
        chosen = chosen if chosen in ways else now.choice
        used = rail_used(context, chosen)
        known, details = detail_names(context, used), _details_at(context, ref, used)
        account = rail_account(context.book, context.session, ref, now.used)
        collect, pay = (
            reason_text(context.problem(now.used, account, direction), visit.lang, context.book.settings)
            for direction in (Direction.COLLECT, Direction.PAY)
        )
        profile = payment_profiles(context.book, context.session).get(ref)
        ours = rail_used(context, "")
        stated = detail_names(context, now.used)
    page = ShopAccountPage(
        shop=ref,
        name=existing.profile.name_in(visit.lang),
        own=staff.shop is not None,
        used=visit.say(WAYS.get(now.choice or now.used, now.used)),
        rows=[(visit.say(LABELS[name]), masked(name, now.details[name])) for name in stated if name in now.details],
        collect_problem=collect,
        pay_problem=pay,
        suspended=profile is not None and profile.suspended,
        ways=[(each, _way_name(staff, each, ours)) for each in ways],
        way=chosen,
        fields=_fields(staff, known, details),
        at_stripe=used == "stripe",
        version=now.version,
        key=token_hex(16),
        done=done,
        problem=problem,
    )
    return show(visit, page, code)


def _way_name(staff: StaffVisit, way: str, ours: str) -> str:
    """What a way of payment is called; the alliance's own way is `ours`."""
    if way:
        return staff.visit.say(WAYS.get(way, way))
    return staff.visit.say("As the alliance does: {way}", way=staff.visit.say(WAYS.get(ours, ours)))


def _fields(staff: StaffVisit, known: Sequence[str], details: Mapping[str, str]) -> list[DetailField]:
    """The form's fields: what nearly every account has first."""
    has_first = bool({"iban", "account"} & {*known})
    order = sorted(known, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    return [
        DetailField(
            name,
            staff.visit.say(LABELS[name]),
            "" if name in NUMBERS else details.get(name, ""),
            masked(name, details.get(name, "")) if name in NUMBERS else "",
            has_first and name not in FIRST,
        )
        for name in order
    ]
