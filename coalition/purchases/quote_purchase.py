"""Quote a purchase: what it would do, and why. Nothing is booked, nothing is held."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from coalition.alliance import Alliance
from coalition.earning.bonus import NO_BONUSES
from coalition.earning.bonus_outcome import BonusOutcome
from coalition.earning.rule_versions import weekday_and_hour
from coalition.purchases.create_purchase import NewPurchase, new_purchase_posting
from coalition.purchases.identify_buyer import Buyer, identify_buyer_now
from coalition.purchases.lines import EarnedLine, earned_lines
from coalition.purchases.purchase import PurchasePlan, cash_due, points_earned, points_spent
from coalition.refusals import RefusedByBook
from coalition.spending.spend_limits import LimitVersion
from settlement import SettlementError
from settlement.ledger import MoveKind, Posting, Preview, Refusal

QUOTE_KEY = "quote"
"""No caller's key: those begin with the name of the caller's space and a colon."""


@dataclass(frozen=True, slots=True)
class SpentLot:
    """Points that would be spent out of one lot: those of `issuer` that expire on a day (yyyymmdd)."""

    issuer: str
    expires_on: int
    points: int
    worth_minor: Fraction


@dataclass(frozen=True, slots=True)
class PurchaseQuote:
    """What a purchase would do. Points whole, amounts in minor units, `expires_on` yyyymmdd.

    `points_before` and `points_after` are what the member could spend of their own. `spending` has the lots in the
    order in which they would be spent. `bonuses` has each bonus rule that counts when the sale happens, also those that
    give nothing for it, with the reason; `limits` has those of what points may pay for in such a sale. `not_earned` is
    why nothing would be earned, where the shop may not issue.
    """

    points_before: int
    points_spent: int
    cash_due_minor: int
    points_earned: int
    points_after: int
    spending: Sequence[SpentLot]
    earning_minor: int
    earn_points_per_unit: Fraction
    expires_on: int | None
    lines: Sequence[EarnedLine]
    not_earned: Refusal | None
    bonuses: Sequence[BonusOutcome] = ()
    limits: Sequence[LimitVersion] = ()


def quote_purchase(alliance: Alliance, new: NewPurchase) -> PurchaseQuote:
    """What the book would answer to this purchase now. The member is not asked to confirm anything.

    Raises what `create_purchase` raises, with the same reasons.
    """
    buyer = identify_buyer_now(alliance, new.buyer, new.spending, QUOTE_KEY, ask=False)
    if buyer.problem is not None:
        raise buyer.problem
    trace: list[BonusOutcome] = []
    posting = new_purchase_posting(alliance, new, buyer, QUOTE_KEY, trace=trace)
    preview = alliance.preview(posting)
    if isinstance(preview.outcome, SettlementError):
        raise preview.outcome
    if preview.outcome.refusal is not None:
        raise RefusedByBook(preview.outcome.refusal)
    quote = _quote(alliance, new, buyer, posting, preview, preview.outcome.omitted)
    if isinstance(posting.legs, PurchasePlan):
        quote = replace(quote, limits=posting.legs.limits)
    if alliance.programme.bonuses is NO_BONUSES:
        return quote
    return replace(quote, bonuses=_all_bonuses(alliance, new, posting.occurred_at, trace))


def _all_bonuses(alliance: Alliance, new: NewPurchase, at: int, trace: Sequence[BonusOutcome]) -> list[BonusOutcome]:
    """Each bonus that counts at an instant: what became of it, or why it is not for such a sale."""
    calendar = alliance.calendar
    traced = {outcome.version.name: outcome for outcome in trace}
    weekday, hour = weekday_and_hour(calendar, at)
    return [
        traced.get(version.name) or BonusOutcome(version, reason=version.terms.misses(new.shop, weekday, hour))
        for version in alliance.programme.bonuses.in_effect(calendar, at)
    ]


def _quote(
    alliance: Alliance, new: NewPurchase, buyer: Buyer, posting: Posting, preview: Preview, not_earned: Refusal | None
) -> PurchaseQuote:
    lots = [move for move in preview.moves if move.kind == MoveKind.REDEEM]
    issued = next((move for move in preview.moves if move.kind == MoveKind.ISSUE), None)
    added = preview.points(MoveKind.ISSUE)
    own = sum(move.amount for move in lots if preview.account(move.debit).owner == buyer.owner)
    gone = preview.points(MoveKind.EXPIRE) + preview.points(MoveKind.REPAY)
    after = preview.points_of(buyer.owner)
    earned = points_earned(preview.moves)
    return PurchaseQuote(
        points_before=after + own + gone - added,
        points_spent=points_spent(preview.moves),
        cash_due_minor=cash_due(new.amount_minor, lots, alliance.minor_per_point),
        points_earned=earned,
        points_after=after,
        spending=[
            SpentLot(
                preview.shop(move.issuer),
                preview.account(move.debit).expires_on,
                move.amount,
                move.amount * alliance.minor_per_point(move.terms_id),
            )
            for move in lots
        ],
        earning_minor=new.earning_minor,
        earn_points_per_unit=alliance.programme.rules_at(posting.occurred_at).earn_points_per_unit,
        expires_on=None if issued is None else preview.account(issued.credit).expires_on,
        lines=earned_lines(new.lines, earned),
        not_earned=not_earned,
    )
