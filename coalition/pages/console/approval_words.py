"""What a request that takes two people asks for, and what became of it, as people read it: label by value."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from urllib.parse import quote

from coalition.approvals.approval import Approval
from coalition.earning.bonus_kinds import decode_terms
from coalition.errors import NotFound
from coalition.findings.pattern import patterns
from coalition.locale.formats import date_text, instant, moment_text, points_text, price_text
from coalition.locale.messages import N_
from coalition.locale.plain_words import WORDS
from coalition.members.errors import MemberUnknown
from coalition.members.store import person, resolve_merged
from coalition.pages.console.sections import MEMBERS
from coalition.pages.console.staff_visit import StaffVisit
from coalition.payments.context import payment_context
from coalition.payments.find_payment import find_payment
from coalition.payments.set_account import NEW, OLD
from settlement import date_of

ACTIONS = {
    "adjust_points": N_("Correct a member's points"),
    "raise_spending_by_id": N_("Let an id spend more"),
    "correct_statement": N_("Correct a statement"),
    "import_points": N_("Import members with points"),
    "merge_members": N_("Merge two members"),
    "change_contact": N_("Change a member's contact"),
    "raise_shop_limit": N_("Raise a shop's limit"),
    "carry_cash": N_("Carry cash between rails"),
    "import_bank_file": N_("Import a file of the bank"),
    "confirm_payment": N_("Confirm a payment"),
    "set_payment_account": N_("Change how a shop is paid"),
    "write_off": N_("Write off what is missing of a payment"),
    "buy_out": N_("Buy a leaving shop out"),
    "deposit": N_("Pay into a deposit"),
    "withdraw_deposit": N_("Pay a deposit back"),
    "set_payment_rules": N_("Change how the alliance pays"),
    "change_approver": N_("Invite, change or reset an owner or treasurer"),
    "set_approval_limit": N_("Let one person do more alone"),
    "book_sale": N_("Book a sale"),
    "add_terms": N_("Change rate, fees or funding"),
    "add_earning_rules": N_("Change what members earn"),
    "add_bonus_rule": N_("Set points aside for a bonus"),
    "change_finding_rules": N_("Change what is looked for in sales"),
    "change_settings": N_("Change the alliance's name or windows"),
}
"""What is asked for, in words."""
WHY_NOT = N_("Why not")
FIELDS = {
    "account": N_("Account"),
    "action": N_("What"),
    "alone_max": N_("Alone at most"),
    "amount_minor": N_("Amount"),
    "answer": N_("Answer"),
    "attempts_max": N_("Tries of a payment"),
    "breakage_to": N_("Points that expire go to"),
    "by": N_("Paid by"),
    "cut_cap_bps": N_("Greatest part of a payment that a default cuts"),
    "cutoff_at": N_("Cut-off at"),
    "cutoff_day": N_("Cut-off on day"),
    "cutoff_weekday": N_("Cut-off on"),
    "deposit_without_mandate": N_("A deposit stands in for a mandate"),
    "detail": WHY_NOT,
    "direct_days": N_("Days to pay one another"),
    "dispute": N_("Dispute"),
    "earn_points_per_unit": N_("Points for one unit of money"),
    "effective_at": N_("From"),
    "email": N_("E-mail address"),
    "enable": N_("May log in again"),
    "error": WHY_NOT,
    "evidence": N_("Evidence"),
    "expiry_months": N_("Points are good for, in months"),
    "from": N_("From"),
    "from_minor": N_("From"),
    "funding": N_("Who holds the money for points"),
    "grace_days": N_("Days of grace"),
    "into": N_("Member who stays"),
    "issue_fee_bps": N_("Fee for issuing, in hundredths of a percent"),
    "member": N_("Member"),
    "minor": N_("Amount"),
    "name": N_("Name"),
    "outcome": N_("Outcome"),
    "paid_minor": N_("Went out"),
    "pay_from_fund": N_("The fund pays for defaults"),
    "pay_when_collected": N_("Pay only once all is collected"),
    "payee": N_("Receives"),
    "payer": N_("Pays"),
    "payment": N_("Payment"),
    "payout_min_minor": N_("Least payment to a shop"),
    "phone": N_("Phone number"),
    "points": N_("Points"),
    "points_per_unit": N_("Points for one unit of money"),
    "rail": N_("Way of payment"),
    "reason": N_("Reason"),
    "received_minor": N_("Came in"),
    "redeem_fee_bps": N_("Fee for redeeming, in hundredths of a percent"),
    "refused_minor": N_("Refused by the bank"),
    "reset": N_("Let in anew"),
    "retry_days": N_("Days until the next try"),
    "role": N_("Role"),
    "rows": N_("Rows"),
    "rule": N_("Rule"),
    "send_again_until": N_("Can be done until"),
    "settlement": N_("Settled"),
    "shop": N_("Shop"),
    "state": N_("State"),
    "timezone": N_("Time zone"),
    "to": N_("To"),
    "to_minor": N_("To"),
    "tolerance_charged_to": N_("A small rest is paid by"),
    "tolerance_minor": N_("A small rest is at most"),
    "two_people_from_minor": N_("Two people confirm from"),
    "why": N_("Reason"),
    "written_off_minor": N_("Written off"),
}
VALUES = {
    **WORDS,
    **ACTIONS,
    "daily": N_("every day"),
    "weekly": N_("every week"),
    "monthly": N_("every month"),
    "on_issue": N_("a pool, from when they are issued"),
    "on_redemption": N_("the shop, until they are spent"),
    "issuer": N_("the shop that issued them"),
}
"""Words for values that programs decide on."""
CHANGED = N_("Somebody else changed it meanwhile. Ask for it again.")
YES_OR_NO = frozenset({"enable", "reset", "pay_from_fund", "pay_when_collected", "deposit_without_mandate"})
SHOPS = frozenset({"shop", "payer", "payee", "by"})
MEMBER_IDS = frozenset({"member", "into"})
TYPED = frozenset({"answer", "email", "evidence", "name", "phone", "reason", "rule", "why"})
"""What somebody wrote, which is not ours to translate."""
MOMENTS = frozenset({"effective_at", "send_again_until"})
PERSON = "user:"
"""How the id of a person begins: who asked for something stands under it with their name."""
HIDDEN = frozenset({"code", "sha256", "used", "user", "version"})
"""What a program decides on, and a reader makes nothing of."""


class RequestRow(NamedTuple):
    """A value of a request under its label, and the page of what it names; `href` is empty where the reader may not
    open that, or it names nothing.
    """

    label: str
    text: str
    href: str = ""


def rows_of(staff: StaffVisit, approval: Approval, shops: dict[str, str]) -> list[RequestRow]:
    """What was asked for, and what became of it."""
    data = {**approval.payload, **(approval.result or {})}
    rows = [
        RequestRow(staff.visit.say(label), text, _page_of(staff, name, value) if number == 0 else "")
        for name, value in data.items()
        if value not in (None, "") and name not in HIDDEN and not (name == "by" and str(value).startswith(PERSON))
        for number, (label, text) in enumerate(_row(staff, name, value, shops))
    ]
    if "code" in data and "detail" not in data:
        rows.append(RequestRow(staff.visit.say(WHY_NOT), staff.visit.say(CHANGED)))
    return rows


def _page_of(staff: StaffVisit, name: str, value: str | int) -> str:
    """The page of what a value names."""
    ref = quote(str(value))
    if name in SHOPS:
        return staff.shop_page(str(value))
    if name in MEMBER_IDS and staff.caller.role in MEMBERS.roles:
        return f"/console/members/{ref}"
    return f"/console/{name}s/{ref}" if name in ("payment", "dispute") else ""


def _member_text(staff: StaffVisit, id_: str) -> str:
    """A member by name or contact, to whoever may open their page; to others by id."""
    if staff.caller.role not in MEMBERS.roles:
        return id_
    alliance = staff.alliance
    with alliance.database.engine.connect() as connection:
        try:
            known = person(connection, alliance.id, resolve_merged(connection, alliance.id, id_))
        except MemberUnknown:
            return id_
    label = known.member.profile.name or next((each.text for each in known.contacts), "")
    return f"{label} ({id_})" if label else id_


def _payment_text(staff: StaffVisit, id_: str, shops: dict[str, str]) -> str:
    """A payment by its shop and its amount."""
    settings = staff.alliance.book.settings
    with payment_context(staff.alliance, staff.caller.id) as context:
        try:
            known = find_payment(context, staff.caller, id_)
        except NotFound:
            return id_
    money = price_text(known.minor, settings.minor_digits, settings.currency, staff.visit.lang)
    return f"{shops.get(known.participant, known.participant)}: {money}"


def _row(staff: StaffVisit, name: str, value: str | int, shops: dict[str, str]) -> Iterator[tuple[str, str]]:
    if name == "terms":
        yield from _bonus(staff, str(value), shops)
        return
    before, after = (name.removeprefix(prefix) for prefix in (OLD, NEW))
    if before != name:
        yield N_("Account until now"), f"{before.replace('_', ' ')}: {value}"
    elif after != name:
        yield N_("New account"), f"{after.replace('_', ' ')}: {value}"
    elif "." in name or name == "hold_days":
        yield _setting(name), str(value)
    elif name in MEMBER_IDS:
        yield FIELDS[name], _member_text(staff, str(value))
    elif name == "payment":
        yield FIELDS[name], _payment_text(staff, str(value), shops)
    else:
        yield FIELDS.get(name, name), _written(staff, name, value, shops)
    if name == "points" and isinstance(value, int):
        settings, minor = staff.alliance.book.settings, staff.alliance.worth_at_most(abs(value))
        yield N_("Worth at most"), price_text(minor, settings.minor_digits, settings.currency, staff.visit.lang)


def _bonus(staff: StaffVisit, text: str, shops: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The terms of a bonus."""
    terms, lang = decode_terms(text), staff.visit.lang
    yield N_("What it gives"), staff.visit.reason(terms.effect.sentence())
    yield N_("Budget in points"), points_text(terms.budget, lang)
    yield N_("Who pays for it"), " + ".join(shops.get(each.shop, each.shop) for each in terms.funders)
    if terms.shops:
        yield N_("Where"), ", ".join(shops.get(each, each) for each in sorted(terms.shops))
    yield N_("From"), date_text(date_of(terms.first_day), lang)
    if terms.last_day is not None:
        yield N_("Until"), date_text(date_of(terms.last_day), lang)


def _setting(name: str) -> str:
    """What a setting of the search for fraud is called."""
    pattern, _, setting = name.partition(".")
    if pattern not in patterns():
        return N_("Days after which held points are free again by themselves")
    labels = {each.name: each.label for each in patterns()[pattern].thresholds}
    return labels.get(setting, patterns()[pattern].title)


def _written(staff: StaffVisit, name: str, value: str | int, shops: dict[str, str]) -> str:
    """A value as people read it: money as money, shops by their names."""
    settings, lang = staff.alliance.book.settings, staff.visit.lang
    if name in YES_OR_NO:
        return staff.visit.say("switched on") if value else staff.visit.say("switched off")
    if isinstance(value, int):
        is_money = name.endswith("minor")
        return (
            price_text(value, settings.minor_digits, settings.currency, lang) if is_money else points_text(value, lang)
        )
    return _text(staff, name, value, shops)


def _text(staff: StaffVisit, name: str, value: str, shops: dict[str, str]) -> str:
    if name in MOMENTS:
        return moment_text(instant(datetime.fromisoformat(value)), staff.visit.timezone, staff.visit.lang)
    if name in SHOPS:
        return shops.get(value, staff.visit.say(VALUES[value]) if value in VALUES else value)
    if name in TYPED:
        return value
    return staff.visit.say(VALUES[value]) if value in VALUES else staff.visit.reason(value)
