"""What a notification says, in its reader's language. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from coalition.locale.error_text import reason_text
from coalition.locale.formats import Lang, date_text, money_text
from coalition.locale.messages import N_, translate
from settlement import Calendar, date_of
from settlement.ledger import BookSettings
from settlement.payments import Notice, NoticeKind

SUBJECTS: Mapping[str, str] = {
    NoticeKind.DUE: N_("{alliance}: payment due, {amount}"),
    NoticeKind.PAID: N_("{alliance}: payment made, {amount}"),
    NoticeKind.FAILED: N_("{alliance}: a payment failed, {amount}"),
    NoticeKind.RETURNED: N_("{alliance}: a payment came back, {amount}"),
    NoticeKind.DISPUTED: N_("{alliance}: a payment is disputed, {amount}"),
    NoticeKind.REMINDER: N_("{alliance}: payment overdue, {amount}"),
    NoticeKind.DEFAULT: N_("{alliance}: {shop} is in default"),
    NoticeKind.RECOVERED: N_("{alliance}: {shop} paid after its default"),
    NoticeKind.DEPOSIT_SHORT: N_("{alliance}: a deposit is short"),
    NoticeKind.MANDATE_ENDED: N_("{alliance}: a mandate has ended"),
    NoticeKind.SETTLED: N_("{alliance}: the window is settled"),
}
TEXTS: Mapping[str, str] = {
    NoticeKind.DUE: N_("To be paid: {payment}, on {due}."),
    NoticeKind.PAID: N_("Paid: {payment}."),
    NoticeKind.FAILED: N_("Not paid: {payment}. It will be tried again as the alliance's rules say."),
    NoticeKind.RETURNED: N_("Paid and sent back: {payment}. The amount is open again."),
    NoticeKind.DISPUTED: N_("One side says that something is wrong: {payment}. It is open until both confirm."),
    NoticeKind.REMINDER: N_("Past its day, {due}: {payment}. Pay it, or confirm that you have paid."),
    NoticeKind.DEFAULT: N_(
        "{shop} did not pay {amount} in time; others bear the loss for now. It is asked for again with each window and "
        "goes to them. So does what {shop} is owed, and what it pays beyond what is asked."
    ),
    NoticeKind.RECOVERED: N_(
        "{shop} paid {amount} of what it is in default of; those who bore the loss have it back. Still open: {open}."
    ),
    NoticeKind.DEPOSIT_SHORT: N_("The deposit of {shop} does not cover what it owes. Missing: {amount}."),
    NoticeKind.MANDATE_ENDED: N_(
        "Nothing can be collected from {shop} any more: its mandate has ended. Its owner can save a new one."
    ),
    NoticeKind.SETTLED: N_("Everything of the window that began on {window} is settled. Paid to shops: {amount}."),
}
ROUTES: Mapping[str, str] = {
    "collect": N_("{amount} from {shop} to the alliance"),
    "pay": N_("{amount} from the alliance to {shop}"),
    "direct": N_("{amount} from {shop} to {counterparty}"),
    "default": N_("{amount} of what {shop} is in default of, to the alliance"),
}
"""A payment in words, by its route, or that it asks for a default."""


@dataclass(frozen=True, slots=True)
class Town:
    """What a message says of the alliance: its name and money, its dates, and what its shops are called."""

    settings: BookSettings
    calendar: Calendar
    name_of: Callable[[str], str]


def compose(notice: Notice, town: Town, lang: Lang) -> tuple[str, str]:
    """Subject and text of a notice for one reader."""
    facts, values = notice.facts, _values(notice, town, lang)
    route = "default" if facts.get("for_default") else str(facts.get("route") or "collect")
    payment = translate(ROUTES[route], lang, **values)
    lines = [translate(TEXTS[notice.kind], lang, payment=payment, **values)]
    why = facts.get("why")
    if isinstance(why, str) and why:
        lines.append(translate("Reason: {why}", lang, why=reason_text(why, lang, town.settings)))
    if facts.get("window"):
        lines.append(translate("Window: from {window}", lang, window=values["window"]))
    if facts.get("collection_code"):
        code = facts["collection_code"]
        lines.append(translate("Pay by scanning or opening this, with the payment's id: {code}", lang, code=code))
    if notice.payment_id:
        lines.append(translate("Payment: {payment}", lang, payment=notice.payment_id))
    return translate(SUBJECTS[notice.kind], lang, **values), "\n".join(lines) + "\n"


def _values(notice: Notice, town: Town, lang: Lang) -> dict[str, str]:
    facts, settings = notice.facts, town.settings

    def money(name: str) -> str:
        return f"{money_text(int(facts.get(name, 0)), settings.minor_digits, lang)} {settings.currency}"

    due_on = int(facts.get("due_on", 0))
    return {
        "alliance": settings.name,
        "shop": town.name_of(str(facts.get("payer") or notice.participant)),
        "counterparty": town.name_of(str(facts.get("counterparty", ""))),
        "amount": money("minor"),
        "open": money("open_minor"),
        "due": date_text(date(due_on // 10_000, due_on // 100 % 100, due_on % 100), lang) if due_on else "",
        "window": date_text(date_of(town.calendar.local_date(int(facts.get("window", 0)))), lang),
    }
