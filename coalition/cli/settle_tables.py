"""Tables and codes of the settling commands."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from coalition.cli.options import new_table
from coalition.cli.payment_words import ACTIONS, ROUTES, SOURCES, STATES
from coalition.locale.error_text import reason_text
from coalition.locale.formats import Lang, moment_text, money_text
from coalition.locale.messages import N_, translate
from settlement.ledger import BookSettings
from settlement.payments import DefaultRecord, PaymentOutlook, PaymentRecord, PaymentRoute, Reconciliation
from settlement.rails import CashLine


def outlook_table(settings: BookSettings, rows: Sequence[PaymentOutlook], lang: Lang) -> Table:
    """Everybody with an open net, and what comes next."""
    title = translate("What comes next", lang)
    table = new_table(title, lang, [N_("Shop"), N_("Rail")], [N_("Net"), N_("On its way")], settings.currency)
    table.add_column(translate("Next", lang), overflow="fold")
    for row in rows:
        money = (money_text(minor, settings.minor_digits, lang) for minor in (row.net_minor, row.on_its_way_minor))
        action = translate(ACTIONS[row.action.value], lang)
        why = reason_text(row.why, lang, settings)
        shop = row.participant
        table.add_row(
            translate("{shop}, in default", lang, shop=shop) if row.for_default else shop,
            row.rail,
            *money,
            translate(N_("{action}: {why}"), lang, action=action, why=why) if why else action,
        )
    return table


def payments_table(
    settings: BookSettings, rows: Sequence[PaymentRecord], notes: Mapping[str, str], lang: Lang
) -> Table:
    """Payments with where each stands, and what is to be known of it."""
    table = new_table(translate("Payments", lang), lang, ids=[N_("Payment")], left=[N_("Shop"), N_("Way")])
    amount = translate("Amount", lang)
    table.add_column(f"{amount} ({settings.currency})", justify="right", overflow="fold")
    for column in (N_("State"), N_("Note")):
        table.add_column(translate(column, lang), overflow="fold")
    for row in rows:
        shop = f"{row.participant} → {row.counterparty}" if row.route == PaymentRoute.DIRECT else row.participant
        route = translate(ROUTES[row.route], lang)
        table.add_row(
            row.id,
            shop,
            route if row.rail == row.route else f"{route} {row.rail}",
            money_text(row.minor, settings.minor_digits, lang),
            translate(STATES[row.state], lang),
            notes.get(row.id, ""),
        )
    return table


def show_collection_code(screen: Console, row: PaymentRecord, code: str, lang: Lang) -> None:
    """By what a payer can pay a payee: the link, and where somebody looks, as a code to scan."""
    sides = {"payment": row.id, "shop": row.participant, "counterparty": row.counterparty}
    sentence = translate("{payment}: {shop} pays {counterparty} by {code}", lang, code=code, **sides)
    screen.print(sentence, soft_wrap=True, markup=False, highlight=False)
    if screen.is_terminal:
        import segno

        segno.make(code).terminal(compact=True)


def defaults_table(settings: BookSettings, rows: Sequence[DefaultRecord], lang: Lang) -> Table:
    """Defaults with how the loss was allocated, and what is still open."""
    figures = [N_("Owed"), N_("Still open")]
    table = new_table(translate("Defaults", lang), lang, [N_("Shop"), N_("Changed")], figures, settings.currency)
    table.add_column(translate("Allocated to", lang), overflow="fold")
    for row in rows:
        plan = row.waterfall
        shares = [
            f"{translate(SOURCES[draw.source.value], lang)} {draw.participant} "
            f"{money_text(draw.minor, settings.minor_digits, lang)}"
            for draw in (*plan.draws, *plan.cuts)
        ]
        if plan.uncovered_minor:
            uncovered = translate("uncovered", lang)
            shares.append(f"{uncovered} {money_text(plan.uncovered_minor, settings.minor_digits, lang)}")
        table.add_row(
            row.participant,
            moment_text(row.at, settings.timezone, lang),
            money_text(plan.shortfall_minor, settings.minor_digits, lang),
            money_text(row.open_minor, settings.minor_digits, lang),
            "\n".join(shares),
        )
    return table


def rails_table(settings: BookSettings, rows: Sequence[Reconciliation], lang: Lang) -> Table:
    """The cash at each rail, by the book and by the rail."""
    figures = [N_("In the book"), N_("At the rail"), N_("Difference")]
    table = new_table(translate("Rails", lang), lang, [N_("Rail")], figures, settings.currency)
    table.add_column(translate("Unmatched", lang), justify="right")
    for row in rows:
        amounts = (row.book_minor, row.lines_minor, row.book_minor - row.lines_minor)
        money = (money_text(minor, settings.minor_digits, lang) for minor in amounts)
        table.add_row(row.rail, *money, str(len(row.unmatched)))
    return table


def lines_table(settings: BookSettings, rail: str, rows: Sequence[CashLine], lang: Lang) -> Table:
    """Movements that no payment is matched to yet."""
    title, left = translate("Unmatched", lang), [N_("Rail"), N_("Changed"), N_("Text")]
    table = new_table(title, lang, left, [N_("Amount")], settings.currency, ids=[N_("Line")])
    for row in rows:
        moment = moment_text(row.at, settings.timezone, lang)
        table.add_row(row.id, rail, moment, row.text, money_text(row.minor, settings.minor_digits, lang))
    return table


def differences_table(settings: BookSettings, row: Reconciliation, lang: Lang) -> Table:
    """Payments for which the book and the rail have different amounts."""
    figures = [N_("In the book"), N_("At the rail"), N_("Difference")]
    table = new_table(translate("Differences", lang), lang, right=figures, unit=settings.currency, ids=[N_("Payment")])
    for difference in row.differences:
        amounts = (difference.book_minor, difference.lines_minor, difference.book_minor - difference.lines_minor)
        table.add_row(difference.payment_id, *(money_text(minor, settings.minor_digits, lang) for minor in amounts))
    return table
