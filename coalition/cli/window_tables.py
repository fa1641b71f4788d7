"""Tables of the command: windows, shops against their limits, who pays whom, what an audit found."""

from collections.abc import Mapping, Sequence
from functools import partial

from rich.table import Table
from rich.text import Text

from coalition.cli.options import new_table
from coalition.locale.formats import Lang, moment_text, money_text, points_text, word_of
from settlement.audit import Audit
from settlement.clearing import HOUSE, ClosedWindow, Exposure, NetPayment
from settlement.ledger import BookSettings

DIFFERENCES_SHOWN = 5
"""How many differences of a check are shown."""

ZH: Mapping[str, str] = {
    "Opened": "开始",
    "Closed": "截止",
    "Paying": "付款方",
    "Receiving": "收款方",
    "Settled": "结算",
    "Shop": "商户",
    "At risk": "风险敞口",
    "Deposit": "保证金",
    "Limit": "限额",
    "none": "无",
    "Level": "状态",
    "within": "正常",
    "alert": "预警",
    "reserve": "留存",
    "stopped": "停发",
    "Payer": "付款方",
    "Payee": "收款方",
    HOUSE: "结算中心",
}
"""What stands in the tables, in Chinese; in English it is as written here."""


_word = partial(word_of, ZH)
_table = partial(new_table, _word)


def windows_table(settings: BookSettings, closed: Sequence[ClosedWindow], lang: Lang) -> Table:
    """Closed windows, with how many pay and receive, and what was settled."""
    table = _table(settings.name, lang, ("Opened", "Closed"), ("Paying", "Receiving"))
    table.add_column(f"{_word('Settled', lang)} ({settings.currency})", justify="right")
    for window in closed:
        paying = [minor for minor in window.nets.values() if minor < 0]
        table.add_row(
            moment_text(window.opens_at, settings.timezone, lang),
            moment_text(window.closes_at, settings.timezone, lang),
            str(len(paying)),
            str(len(window.nets) - len(paying)),
            money_text(-sum(paying), settings.minor_digits, lang),
        )
    return table


def shops_table(settings: BookSettings, found: Sequence[Exposure], lang: Lang) -> Table:
    """Shops with what each has at risk, against its deposit and its limit."""
    table = _table(settings.name, lang, ("Shop",), ("At risk", "Deposit", "Limit"), settings.currency)
    table.add_column(_word("Level", lang))
    for one in found:
        money = [
            _word("none", lang) if minor is None else money_text(minor, settings.minor_digits, lang)
            for minor in (one.exposure_minor, one.deposit_minor, one.limit_minor)
        ]
        table.add_row(one.shop, *money, _word(one.level.value, lang))
    return table


def plan_table(settings: BookSettings, payments: Sequence[NetPayment], lang: Lang) -> Table:
    """Who pays whom."""
    table = _table(settings.name, lang, ("Payer", "Payee"), ())
    table.add_column(settings.currency, justify="right")
    for payment in payments:
        minor = money_text(payment.minor, settings.minor_digits, lang)
        payer, payee = (_word(who, lang) if who == HOUSE else who for who in (payment.payer, payment.payee))
        table.add_row(payer, payee, minor)
    return table


def plan_note(payments: Sequence[NetPayment], *, proven_minimal: bool | None, lang: Lang) -> str:
    """How many payments these are, and whether they could be fewer where that was looked for."""
    count = points_text(len(payments), lang)
    if lang == "zh":
        fewest = "" if proven_minimal is None else "，已是最少" if proven_minimal else "，为所找到的最少"
        return f"共 {count} 笔付款{fewest}"
    fewest = "" if proven_minimal is None else ", the fewest possible" if proven_minimal else ", the fewest found"
    return f"{count} payment{'' if len(payments) == 1 else 's'}{fewest}"


def audit_table(settings: BookSettings, found: Audit) -> Table:
    """Each check with what was looked at, and what differs."""
    table = Table(title=f"Audit of {settings.name}", title_justify="left", title_style="bold")
    table.add_column("Check")
    table.add_column("Facts", justify="right")
    table.add_column("Result")
    for check in found.checks:
        differences = list(check.differences[:DIFFERENCES_SHOWN])
        if len(check.differences) > DIFFERENCES_SHOWN:
            differences.append(f"… and {len(check.differences) - DIFFERENCES_SHOWN} more")
        result = Text("ok", "green") if check.ok else Text("\n".join(differences), "red")
        table.add_row(check.name, f"{check.examined:,}", result)
    return table
