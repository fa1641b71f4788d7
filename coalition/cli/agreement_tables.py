"""Tables of what an alliance has agreed on, and of what takes two people."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import time

from rich.table import Table

from coalition.approvals.approval import Approval
from coalition.approvals.approvals import SUM_UNIT
from coalition.cli.options import new_table
from coalition.legal.legal_text import LEGAL_NAMES, LegalVersion
from coalition.locale.formats import Lang, fraction_text, locale_of, moment_text, points_text
from coalition.locale.messages import N_, translate
from coalition.programme.programme import EarningRules
from settlement import Cutoff, Terms
from settlement.ledger import FOREVER_AGO, BookSettings
from settlement.payments import PaymentRules

LIMITS = {"points": N_("{amount} points"), SUM_UNIT: N_("{amount} minor units")}
"""A limit in its unit, as it is set too."""
EVERY = {"daily": N_("daily"), "weekly": N_("weekly"), "monthly": N_("monthly")}
"""How often windows close."""


def agreement_table(settings: BookSettings, lang: Lang) -> Table:
    """The alliance's name, currency and windows."""
    left = [N_("Currency"), N_("Time zone"), N_("Windows")]
    table = new_table("", lang, [N_("Alliance"), *left])
    table.add_row(settings.name, settings.currency, settings.timezone, cutoff_text(settings.cutoff, lang))
    return table


def legal_texts_table(settings: BookSettings, versions: Sequence[LegalVersion], lang: Lang) -> Table:
    """Legal texts by version."""
    left = [N_("Legal text"), N_("Version"), N_("From"), N_("Published"), N_("By")]
    table = new_table("", lang, left)
    for each in versions:
        since, published = (
            moment_text(instant, settings.timezone, lang) for instant in (each.effective_at, each.published_at)
        )
        name = translate(LEGAL_NAMES[each.kind], lang)
        table.add_row(name, str(each.version), since, published, each.published_by)
    return table


def eras_table(eras: Sequence[BookSettings], lang: Lang) -> Table:
    """Name and windows by date. Each begins in the time zone of the one before."""
    left = [N_("From"), N_("Alliance"), N_("Time zone"), N_("Windows")]
    table = new_table(translate("Name and windows", lang), lang, left)
    for before, each in zip([eras[0], *eras], eras, strict=False):
        windows = cutoff_text(each.cutoff, lang)
        table.add_row(_since(before, each.since, lang), each.name, each.timezone, windows)
    return table


def cutoff_text(cutoff: Cutoff, lang: Lang) -> str:
    """When windows close: weekly, monthly from the 5th 06:00."""
    match cutoff.every:
        case "weekly":
            on = [locale_of(lang).days["format"]["wide"][cutoff.weekday]] if cutoff.weekday else []
        case "monthly":
            on = [str(cutoff.day)] if cutoff.day != 1 else []
        case _:
            on = []
    at = [cutoff.at.isoformat("minutes")] if cutoff.at != time.min else []
    return " ".join([translate(EVERY[cutoff.every], lang), *on, *at])


def terms_table(settings: BookSettings, terms: Sequence[Terms], lang: Lang) -> Table:
    """Terms by date."""
    left = [N_("From"), N_("Funding"), N_("Breakage")]
    right = [N_("Points per unit"), N_("Redeem fee (bps)"), N_("Issue fee (bps)")]
    table = new_table(translate("Terms", lang), lang, left, right)
    for each in terms:
        table.add_row(
            _since(settings, each.effective_at, lang),
            each.funding.value,
            each.breakage_to.value,
            fraction_text(each.points_per_unit),
            str(each.redeem_fee_bps),
            str(each.issue_fee_bps),
        )
    return table


def earning_table(settings: BookSettings, rules: Sequence[EarningRules], lang: Lang) -> Table:
    """Earning rules by date."""
    right = [N_("Points per unit"), N_("Months until expiry"), N_("Further rules")]
    table = new_table(translate("Earning rules", lang), lang, [N_("From")], right)
    for each in rules:
        rate = fraction_text(each.earn_points_per_unit)
        table.add_row(_since(settings, each.effective_at, lang), rate, str(each.expiry_months), str(len(each.further)))
    return table


def rules_table(rules: PaymentRules, lang: Lang) -> Table:
    """Payment rules by name."""
    table = new_table(translate("Payment rules", lang), lang, [N_("Value")], ids=[N_("Rule")])
    for name, value in asdict(rules).items():
        text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        table.add_row(name, text)
    return table


def approvals_table(settings: BookSettings, rows: Sequence[Approval], lang: Lang) -> Table:
    """Requests that take two people."""
    left = [N_("Action"), N_("State"), N_("Asked by"), N_("Asked"), N_("Request")]
    table = new_table(translate("Approvals", lang), lang, left, ids=[N_("Id")])
    for row in rows:
        asked = ", ".join(f"{name} {value}" for name, value in row.payload.items() if value not in (None, ""))
        at = moment_text(row.requested_at, settings.timezone, lang)
        table.add_row(row.id, row.action, row.status.value, row.requested_by, at, asked)
    return table


def limits_table(limits: Mapping[str, tuple[int, str]], lang: Lang) -> Table:
    """What one person may do alone, by action, each in a unit of its own."""
    table = new_table(translate("What one person may do alone", lang), lang, right=[N_("At most")], ids=[N_("Action")])
    for action, (alone_max, unit) in limits.items():
        amount = points_text(alone_max, lang)
        table.add_row(action, translate(LIMITS[unit], lang, amount=amount) if unit in LIMITS else amount)
    return table


def _since(settings: BookSettings, effective_at: int, lang: Lang) -> str:
    if effective_at == FOREVER_AGO:
        return translate("the beginning", lang)
    return moment_text(effective_at, settings.timezone, lang)
