"""What the book is asked for a purchase: by a till, by a batch, by the replay of a file."""

from collections.abc import Mapping, Sequence

from coalition.earning.bonus import NO_BONUSES, BonusRules
from coalition.earning.bonus_outcome import BonusOutcome
from coalition.earning.rule import Sale
from coalition.programme.programme import EarningRules
from coalition.purchases.purchase import PurchasePlan
from coalition.spending.spend_limits import NO_LIMITS, SpendLimits
from settlement import month_end
from settlement.ledger import Book, Posting


def purchase_posting(
    book: Book,
    rules: EarningRules,
    key: str,
    at: int,
    shop: str,
    member: str,
    amount_minor: int,
    asked: int,
    *,
    reference: str | None = None,
    content: Mapping[str, str | int] | None = None,
    earning_minor: int | None = None,
    recorded_at: int | None = None,
    pool: Sequence[str] = (),
    token: str | None = None,
    owner: str | None = None,
    exact: bool = False,
    bonuses: BonusRules = NO_BONUSES,
    trace: list[BonusOutcome] | None = None,
    payable_minor: int | None = None,
    limits: SpendLimits = NO_LIMITS,
) -> Posting:
    """A purchase of `amount_minor` at instant `at`, with `asked` points to spend (ALL for all), under `key`.

    Fewer may be spent where fewer are left, but not where it is to be `exact`. `content` is what else the key stands
    for, `earning_minor` the part of the amount that earns where not all of it does, `payable_minor` the part that
    points may pay for, within those of the `limits` that hold for such a sale. Points are taken from `owner`, which is
    another member where the id was merged, and then from those in `pool`; `token` is the pay code that the purchase
    uses up. What becomes of each of `bonuses` that is for such a sale is written to `trace`. Instants are microseconds
    since 1970 UTC.
    """
    sale = Sale(shop, member, amount_minor, at, book.calendar, 10**book.settings.minor_digits)
    expires_on = month_end(book.calendar.day(at)[0], rules.expiry_months)
    earning = amount_minor if earning_minor is None else earning_minor
    plan = PurchasePlan(
        shop,
        owner or member,
        amount_minor,
        earning,
        asked,
        rules.rules,
        sale,
        expires_on,
        tuple(pool),
        token,
        exact,
        () if bonuses is NO_BONUSES else bonuses.for_sale(sale),
        trace,
        payable_minor,
        () if limits is NO_LIMITS else limits.for_sale(sale),
    )
    stands_for: dict[str, str | int] = {
        "type": "purchase",
        "shop": shop,
        "member": member,
        "amount_minor": amount_minor,
        "asked": asked,
        **(content or {}),
    }
    return Posting(key, at, stands_for, plan, recorded_at, reference)
