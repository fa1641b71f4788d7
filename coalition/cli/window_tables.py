"""Tables of what a book says: windows, shops against their limits, who pays whom, what an audit finds."""

from collections.abc import Sequence

from rich.table import Table
from rich.text import Text

from coalition.cli.options import new_table
from coalition.cli.payment_words import LEVELS, PARTIES
from coalition.locale.formats import Lang, moment_text, money_text, points_text
from coalition.locale.messages import N_, translate, translate_count
from settlement.audit import Audit
from settlement.clearing import ClosedWindow, Exposure, NetPayment
from settlement.ledger import Book, BookSettings

DIFFERENCES_LISTED_MAX = 5
"""How many differences of a check are shown."""


def windows_table(book: Book, closed: Sequence[ClosedWindow], lang: Lang) -> Table:
    """Closed windows, each in the time zone of then, with how many pay and receive, and what was settled."""
    settings = book.settings
    table = new_table(settings.name, lang, [N_("Opened"), N_("Closed")], [N_("Payers"), N_("Receivers")])
    settled = translate("Settled", lang)
    table.add_column(f"{settled} ({settings.currency})", justify="right")
    for window in closed:
        paying = [minor for minor in window.nets.values() if minor < 0]
        timezone = book.calendar.zone_at(window.opens_at)
        table.add_row(
            moment_text(window.opens_at, timezone, lang),
            moment_text(window.closes_at, timezone, lang),
            str(len(paying)),
            str(len(window.nets) - len(paying)),
            money_text(-sum(paying), settings.minor_digits, lang),
        )
    return table


def shops_table(settings: BookSettings, exposures: Sequence[Exposure], lang: Lang) -> Table:
    """Shops with what each has at risk, against its deposit and its limit."""
    figures = [N_("At risk"), N_("Deposit"), N_("Limit")]
    table = new_table(settings.name, lang, [N_("Shop")], figures, settings.currency)
    table.add_column(translate("Level", lang))
    for shop in exposures:
        money = [
            translate("none", lang) if minor is None else money_text(minor, settings.minor_digits, lang)
            for minor in (shop.exposure_minor, shop.deposit_minor, shop.limit_minor)
        ]
        table.add_row(shop.shop, *money, translate(LEVELS[shop.level.value], lang))
    return table


def plan_table(settings: BookSettings, payments: Sequence[NetPayment], lang: Lang) -> Table:
    """Who pays whom."""
    table = new_table(settings.name, lang, [N_("Payer"), N_("Payee")])
    table.add_column(settings.currency, justify="right")
    for payment in payments:
        minor = money_text(payment.minor, settings.minor_digits, lang)
        payer, payee = (
            translate(PARTIES[party], lang) if party in PARTIES else party for party in (payment.payer, payment.payee)
        )
        table.add_row(payer, payee, minor)
    return table


def plan_note(payments: Sequence[NetPayment], *, proven_minimal: bool | None, lang: Lang) -> str:
    """How many payments these are, and whether they could be fewer where that was looked for."""
    count = len(payments)
    values = {"count": points_text(count, lang)}
    if proven_minimal is None:
        return translate_count("{count} payment", "{count} payments", count, lang, **values)
    if proven_minimal:
        return translate_count(
            "{count} payment, the fewest possible", "{count} payments, the fewest possible", count, lang, **values
        )
    return translate_count(
        "{count} payment, the fewest found", "{count} payments, the fewest found", count, lang, **values
    )


def audit_table(settings: BookSettings, audit: Audit, lang: Lang) -> Table:
    """Each check with what was looked at, and what differs."""
    title = translate("Audit of {alliance}", lang, alliance=settings.name)
    table = new_table(title, lang, [N_("Check")], [N_("Facts")])
    table.add_column(translate("Result", lang), overflow="fold")
    for check in audit.checks:
        differences = list(check.differences[:DIFFERENCES_LISTED_MAX])
        more = len(check.differences) - DIFFERENCES_LISTED_MAX
        if more > 0:
            differences.append(translate("… and {count} more", lang, count=more))
        ok = translate("ok", lang)
        result = Text(ok, "green") if check.ok else Text("\n".join(differences), "red")
        table.add_row(check.name, points_text(check.examined, lang), result)
    return table


def audit_note(settings: BookSettings, audit: Audit, lang: Lang) -> str:
    """What was read: the whole book, or from where to where."""
    if audit.since is None:
        return translate("The whole book was read.", lang)
    note = translate(
        "What came after posting {posting} was read; the whole book was last read at {full_at}.",
        lang,
        posting=audit.since.last_posting,
        full_at=moment_text(audit.since.full_at, settings.timezone, lang),
    )
    if audit.recheck is not None:
        note += " " + translate(
            "Of what was audited before, batches {first} to {last} were read again.",
            lang,
            first=audit.recheck.after + 1,
            last=audit.recheck.last,
        )
    return note
