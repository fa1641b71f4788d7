"""Tables of what a rule would have given: the sum, then by who pays, by shop and by member."""

from collections.abc import Iterator, Sequence

from rich.table import Table

from coalition.cli.options import new_table
from coalition.earning.bonus import NO_BONUS, BonusTerms, NoBonus
from coalition.locale.error_text import reason_text
from coalition.locale.formats import Lang, date_text, days_text, money_text, points_text
from coalition.locale.messages import N_, translate
from coalition.what_if.trial_result import TrialResult, TrialRow
from settlement import date_of
from settlement.ledger import BookSettings

SHOPS_LISTED = 20
TITLE_WIDTH = 60
"""A sentence stands above figures that are narrower."""
NOW, THEN, MORE, WORTH = N_("Points now"), N_("Points then"), N_("More"), N_("Worth more")


def trial_tables(settings: BookSettings, terms: BonusTerms, result: TrialResult, lang: Lang) -> Iterator[Table]:
    """All of them."""
    yield _summary(settings, terms, result, lang)
    figures = (NOW, THEN, MORE, WORTH)
    payers = new_table(translate("Who pays", lang), lang, left=(N_("Funder"),), right=figures)
    for row in result.funders:
        payers.add_row(row.name, *_figures(settings, row, lang))
    yield payers
    sold = (N_("Sales"), N_("Sales that get it"), *figures)
    shops = new_table(translate("At which shops", lang), lang, left=(N_("Shop"),), right=sold)
    for shop in result.shops[:SHOPS_LISTED]:
        counts = [points_text(count, lang) for count in (shop.sales, shop.gained)]
        shops.add_row(shop.points.name, *counts, *_figures(settings, shop.points, lang))
    if len(result.shops) > SHOPS_LISTED:
        shops.add_row(translate("… and {count} more", lang, count=len(result.shops) - SHOPS_LISTED), *[""] * len(sold))
    yield shops
    spent = (N_("Members"), N_("Get more"), N_("Get less"), N_("They spent"), *figures)
    title = translate("Members, in tenths by what they spent", lang)
    tenths = new_table(title, lang, left=(N_("Tenth"),), right=spent)
    for tenth in result.tenths:
        counts = [points_text(count, lang) for count in (tenth.members, tenth.gaining, tenth.losing)]
        amount = money_text(tenth.amount_minor, settings.minor_digits, lang)
        tenths.add_row(tenth.points.name, *counts, amount, *_figures(settings, tenth.points, lang))
    yield tenths


def _summary(settings: BookSettings, terms: BonusTerms, result: TrialResult, lang: Lang) -> Table:
    days = days_text(date_of(result.since), date_of(result.until), lang)
    table = new_table(
        f"{result.rule}: {reason_text(terms.effect.sentence(), lang, settings)}", lang, left=("",), right=("",)
    )
    table.show_header, table.min_width = False, TITLE_WIDTH
    for label, value in _facts(settings, result, lang):
        table.add_row(label, value)
    table.caption = days
    return table


def _facts(settings: BookSettings, result: TrialResult, lang: Lang) -> Sequence[tuple[str, str]]:
    own, digits = result.own, settings.minor_digits
    facts = [
        (translate("Sales that are looked at", lang), points_text(result.total.sales, lang)),
        (translate("Sales that get it", lang), points_text(result.total.gained, lang)),
        (translate("Points that it gives now", lang), points_text(own.old, lang)),
        (translate("Points that it would give", lang), points_text(own.new, lang)),
        (
            translate("Worth", lang) + f" ({settings.currency})",
            money_text(own.new_minor, digits, lang),
        ),
        (translate("Left of its budget", lang), points_text(result.left, lang)),
    ]
    if result.used_up_on is not None:
        facts.append((translate("Its budget is used up on", lang), date_text(date_of(result.used_up_on), lang)))
    facts += [
        (translate(NO_BONUS[NoBonus(code)], lang), points_text(count, lang)) for code, count in result.reasons.items()
    ]
    return facts


def _figures(settings: BookSettings, row: TrialRow, lang: Lang) -> list[str]:
    return [
        *(points_text(points, lang) for points in (row.old, row.new, row.more)),
        money_text(row.more_minor, settings.minor_digits, lang),
    ]
