"""Tables of the settling commands."""

from collections.abc import Mapping, Sequence
from functools import partial

from rich.table import Table

from coalition.cli.options import new_table
from coalition.cli.settle_words import word
from coalition.locale.formats import Lang, moment_text, money_text
from settlement.ledger import BookSettings
from settlement.payments import DefaultRecord, Outlook, PaymentRecord, Reconciliation, Route
from settlement.rails import CashLine

_table = partial(new_table, word)


def outlook_table(settings: BookSettings, rows: Sequence[Outlook], lang: Lang) -> Table:
    """Everybody with an open net, and what comes next."""
    table = _table(word("Outlook", lang), lang, ("Shop", "Rail"), ("Net", "On its way"), settings.currency)
    table.add_column(word("Next", lang), overflow="fold")
    for row in rows:
        money = (money_text(minor, settings.minor_digits, lang) for minor in (row.net_minor, row.on_its_way_minor))
        said = word(row.action.value, lang) + (f": {row.why}" if row.why else "")
        table.add_row(row.participant, row.rail, *money, said)
    return table


def payments_table(
    settings: BookSettings, rows: Sequence[PaymentRecord], notes: Mapping[str, str], lang: Lang
) -> Table:
    """Payments with where each stands, and what is to be known of it."""
    table = _table(word("Payments", lang), lang, ())
    # An id that is cut in two can't be copied into the next command.
    table.add_column(word("Payment", lang), no_wrap=True)
    table.add_column(word("Shop", lang), overflow="fold")
    table.add_column(word("Way", lang), overflow="fold")
    table.add_column(f"{word('Amount', lang)} ({settings.currency})", justify="right")
    for column in ("State", "Note"):
        table.add_column(word(column, lang), overflow="fold")
    for row in rows:
        shop = f"{row.participant} → {row.counterparty}" if row.route == Route.DIRECT else row.participant
        table.add_row(
            row.id,
            shop,
            " ".join(word(part, lang) for part in dict.fromkeys((row.route, row.rail))),
            money_text(row.minor, settings.minor_digits, lang),
            word(row.state, lang),
            notes.get(row.id, ""),
        )
    return table


def defaults_table(settings: BookSettings, rows: Sequence[DefaultRecord], lang: Lang) -> Table:
    """Defaults with who bore them, and what is still open."""
    table = _table(word("Default", lang), lang, ("Shop", "Changed"), ("Owed", "Still open"), settings.currency)
    table.add_column(word("Borne by", lang), overflow="fold")
    for row in rows:
        plan = row.waterfall
        borne = [
            f"{word(draw.source.value, lang)} {draw.who} {money_text(draw.minor, settings.minor_digits, lang)}"
            for draw in (*plan.draws, *plan.cuts)
        ]
        if plan.uncovered_minor:
            borne.append(f"{word('uncovered', lang)} {money_text(plan.uncovered_minor, settings.minor_digits, lang)}")
        table.add_row(
            row.participant,
            moment_text(row.at, settings.timezone, lang),
            money_text(plan.shortfall_minor, settings.minor_digits, lang),
            money_text(row.open_minor, settings.minor_digits, lang),
            "\n".join(borne),
        )
    return table


def rails_table(settings: BookSettings, rows: Sequence[Reconciliation], lang: Lang) -> Table:
    """The cash at each rail, by the book and by the rail."""
    table = _table(
        word("Rails", lang), lang, ("Rail",), ("In the book", "Told by the rail", "Difference"), settings.currency
    )
    table.add_column(word("Unmatched", lang), justify="right")
    for row in rows:
        figures = (row.book_minor, row.lines_minor, row.book_minor - row.lines_minor)
        money = (money_text(minor, settings.minor_digits, lang) for minor in figures)
        table.add_row(row.rail, *money, str(len(row.unmatched)))
    return table


def lines_table(settings: BookSettings, rail: str, rows: Sequence[CashLine], lang: Lang) -> Table:
    """Movements that belong nowhere yet."""
    table = _table(word("Unmatched", lang), lang, ("Rail", "Line", "Changed", "Text"), ("Amount",), settings.currency)
    for row in rows:
        moment = moment_text(row.at, settings.timezone, lang)
        table.add_row(rail, row.id, moment, row.text, money_text(row.minor, settings.minor_digits, lang))
    return table


def differences_table(settings: BookSettings, row: Reconciliation, lang: Lang) -> Table:
    """Payments of which the book and the rail say different things."""
    table = _table(word("Difference", lang), lang, ("Payment",), ("Book", "Lines", "Difference"), settings.currency)
    for one in row.differences:
        figures = (one.book_minor, one.lines_minor, one.book_minor - one.lines_minor)
        table.add_row(one.payment_id, *(money_text(minor, settings.minor_digits, lang) for minor in figures))
    return table
