"""Purchases from a replay file: header `at,member,merchant,amount,spend`, rows in time order."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import repeat

from coalition.lab.errors import PurchasesInvalid
from coalition.lab.numbers import number
from coalition.locale.messages import N_
from coalition.purchases.columns import HEADER
from settlement import CellReader, Customs, Phrase, TableUnreadable, read_table, reason_of

NO_COUNTRY = Customs()
CLOCK_CHANGE = timedelta(hours=1)
PURCHASE_NOTE = N_("a member buys; spend (points, or all) matters to the fixed-rate coalition beside it")

Keys = dict[str, str]
"""One event's keys, `do` among them."""


@dataclass(frozen=True, slots=True)
class Purchase:
    """One real purchase. `amount` in units of money; `spend` is a whole number of points or `all`."""

    day: date
    member: str
    shop: str
    amount: str
    spend: str


def read_purchases(content: bytes, currency_digits: int = 2) -> list[Purchase]:
    """All purchases of a CSV file. Raises PurchasesInvalid with line number and reason.

    The lab knows no alliance: amounts may have `currency_digits` decimals, times without an offset are compared with
    each other as they are written, and what only a country's customs could decide is refused. Where times go back by
    up to an hour, the till's clock may have been set back. A shop whose id is also a member's is called `shop <id>`.
    """
    try:
        table = read_table(content, NO_COUNTRY, lambda header: header == HEADER)
    except TableUnreadable as error:
        raise PurchasesInvalid(error.line, error.why) from error
    if table.header != HEADER:
        raise PurchasesInvalid(1, Phrase(N_("the header must be {header}"), header=",".join(HEADER)))
    reader = CellReader(NO_COUNTRY, (row.cells[0] for row in table.rows), currency_digits)
    purchases: list[Purchase] = []
    latest: datetime | None = None
    for line, cells in table.rows:
        at, purchase = _row(line, cells, reader, currency_digits)
        if latest and _order(at) < _order(latest) - CLOCK_CHANGE:
            raise PurchasesInvalid(line, Phrase(N_("{at} is earlier than the row before"), at=at.isoformat()))
        latest = at
        purchases.append(purchase)
    members = {purchase.member for purchase in purchases}
    return [
        Purchase(p.day, p.member, f"shop {p.shop}" if p.shop in members else p.shop, p.amount, p.spend)
        for p in purchases
    ]


def _order(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _row(line: int, cells: list[str], reader: CellReader, currency_digits: int) -> tuple[datetime, Purchase]:
    if len(cells) != len(HEADER):
        raise PurchasesInvalid(
            line,
            Phrase(
                N_("{cells} cells; there must be {columns}: {header}"),
                cells=len(cells),
                columns=len(HEADER),
                header=",".join(HEADER),
            ),
        )
    at_text, member, shop, amount, spend = cells
    try:
        at_text, amount = reader.date(at_text), reader.amount(amount)
    except ValueError as error:
        raise PurchasesInvalid(line, reason_of(error)) from error
    try:
        at = datetime.fromisoformat(at_text)
    except ValueError as error:
        raise PurchasesInvalid(line, Phrase(N_("at: {text} is not an ISO 8601 time"), text=repr(at_text))) from error
    if not member or not shop:
        raise PurchasesInvalid(line, N_("member and merchant must not be empty"))
    value = number(amount)
    if value is None or value < 0:
        raise PurchasesInvalid(
            line, Phrase(N_("amount: {amount} is not a decimal amount of 0 or more"), amount=repr(amount))
        )
    if (value * 10**currency_digits).denominator != 1:
        raise PurchasesInvalid(
            line,
            Phrase(
                N_("amount: {amount} has more than {digits} decimals"),
                amount=amount,
                digits=currency_digits,
            ),
        )
    if spend and spend != "all" and not (spend.isascii() and spend.isdigit()):
        raise PurchasesInvalid(
            line, Phrase(N_("spend: {spend} is not empty, a whole number or 'all'"), spend=repr(spend))
        )
    return at, Purchase(at.date(), member, shop, amount, spend or "0")


def as_purchase(purchase: Purchase) -> Keys:
    """The event that stands for it in a model of purchases."""
    return {
        "do": "purchase",
        "who": purchase.member,
        "shop": purchase.shop,
        "amount": purchase.amount,
        "spend": purchase.spend,
    }


def with_days(purchases: Iterable[Purchase], event: Callable[[Purchase], Keys]) -> Iterator[Keys]:
    """One event for each purchase, and a `day` for each day that passes between two of them."""
    day: date | None = None
    for purchase in purchases:
        passed = (purchase.day - day).days if day else 0
        day = purchase.day
        yield from repeat({"do": "day"}, passed)
        yield event(purchase)
