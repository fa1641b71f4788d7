"""A shop's daily figures as an e-mail, in its reader's language."""

from coalition.alliance import Alliance
from coalition.day_sheets.day_sheet import DayFigures, DaySheet
from coalition.day_sheets.figures import FIGURES, NO_TILL, Unit
from coalition.day_sheets.read_day_sheet import read_day_sheet
from coalition.day_sheets.set_day_mail import NOTICES, read_notice
from coalition.locale.formats import Lang, date_text, money_text, points_text
from coalition.locale.messages import N_, translate
from coalition.merchants.list_shops import shop_name
from coalition.notifications.mail import Mail
from settlement import date_of
from settlement.ledger import BookSettings


def compose(alliance: Alliance, notice: str, lang: Lang) -> tuple[str, str]:
    """Subject and text of a day's figures."""
    ref, day = read_notice(notice)
    sheet, settings = read_day_sheet(alliance, ref, day), alliance.book.settings
    values = {
        "alliance": settings.name,
        "shop": shop_name(alliance, ref, lang),
        "day": date_text(date_of(day), lang),
    }
    parts = [translate("{shop} on {day}", lang, **values), "", *_lines(sheet.total, settings, lang)]
    for row in sheet.rows if len(sheet.rows) > 1 else []:
        names = [sheet.names.get(id_, id_) for id_ in (row.till, row.cashier) if id_ is not None]
        parts += ["", " · ".join(names) or translate(NO_TILL, lang), *_lines(row.figures, settings, lang)]
    parts += _windows(alliance, sheet, lang)
    return translate("{alliance}: {shop}, {day}", lang, **values), "\n".join(parts) + "\n"


def _lines(figures: DayFigures, settings: BookSettings, lang: Lang) -> list[str]:
    lines = []
    for each in FIGURES:
        value = getattr(figures, each.name)
        written = _money(value, settings, lang) if each.unit is Unit.MONEY else points_text(value, lang)
        lines.append(translate("{label}: {value}", lang, label=translate(each.label, lang), value=written))
    return lines


def _windows(alliance: Alliance, sheet: DaySheet, lang: Lang) -> list[str]:
    """What each window that the day settles in says until now."""
    lines = [""]
    for window in sheet.windows:
        net = window.nets.get(sheet.shop, 0)
        values = {
            "amount": _money(abs(net), alliance.book.settings, lang),
            "window": date_text(date_of(alliance.calendar.local_date(window.opens_at)), lang),
        }
        receives = N_("Window from {window}: the shop receives {amount}")
        pays = N_("Window from {window}: the shop pays {amount}")
        lines.append(translate(receives if net >= 0 else pays, lang, **values))
    return lines


def _money(minor: int, settings: BookSettings, lang: Lang) -> str:
    return f"{money_text(minor, settings.minor_digits, lang)} {settings.currency}"


MAILS = (Mail(NOTICES, compose),)
