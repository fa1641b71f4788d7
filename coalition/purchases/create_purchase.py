"""Create a purchase: identify the buyer, ask the book, return what it answered.

It is async for one reason: it waits for the poster, which books the purchases of many callers in one batch.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.earning.bonus_outcome import BonusOutcome
from coalition.events.posting import BY_CONTACT
from coalition.paycodes.errors import PayCodeElsewhere
from coalition.purchases.bonus_lines import BonusLine, read_bonus_lines
from coalition.purchases.identify_buyer import Buyer, BuyerNamed, Spending, earlier_answer, identify_buyer
from coalition.purchases.lines import SaleLine, earning_part, encode_lines, payable_part
from coalition.purchases.purchase import (
    PURCHASE_PREFIX,
    cash_due,
    points_earned,
    points_expired,
    points_spent,
)
from coalition.purchases.purchase_posting import purchase_posting
from coalition.purchases.stamp_lines import StampLine, read_stamp_lines
from coalition.purchases.voided import check_not_voided
from coalition.refusals import RefusedByBook
from coalition.tills.shift_cache import NOBODY, SoldBy, sold_by
from settlement import KeyReused
from settlement.ledger import Answer, Posting, Refusal


@dataclass(frozen=True, slots=True)
class NewPurchase:
    """A purchase as a till reports it.

    The buyer is named by an id, a pay code, a confirmation that the till asked for, or a phone number or an address.

    `points` are to be spent (ALL for all): at most, or exactly so many unless `accept_partial`. `lines`, where there
    are any, add up to `amount_minor`. `external_ref` is the till's own number for the sale. `occurred_at` is
    microseconds since 1970 UTC, None for a sale that happened just now. `by_id` says that the caller may spend by an id
    alone, whatever the alliance's rule is. `till` is the caller, whose wrong pay codes are counted; a connected till
    names the `shift` too, by which the book knows till and cashier, and has `signed` what it sold offline.
    """

    shop: str
    member: str | None
    pay_code: str | None
    amount_minor: int
    points: int = 0
    accept_partial: bool = True
    lines: Sequence[SaleLine] = ()
    external_ref: str | None = None
    occurred_at: int | None = None
    confirmation: str | None = None
    phone: str | None = None
    email: str | None = None
    by_id: bool = False
    till: str = ""
    shift: str | None = None
    signed: bool = False

    @property
    def buyer(self) -> BuyerNamed:
        """How it names the buyer."""
        sold_at = None if self.points else self.occurred_at
        return BuyerNamed(self.member, self.pay_code, self.confirmation, self.phone, self.email, self.till, sold_at)

    @property
    def earning_minor(self) -> int:
        """The part of the amount that can earn, in minor units."""
        return earning_part(self.amount_minor, self.lines)

    @property
    def payable_minor(self) -> int:
        """The part of the amount that points may pay for, in minor units."""
        return payable_part(self.amount_minor, self.lines)

    @property
    def spending(self) -> Spending | None:
        """What points are to be spent on, which takes the member's consent; None where none are."""
        asks = self.points or self.confirmation is not None
        return Spending(self.shop, self.amount_minor, self.by_id) if asks else None


class Receipt(NamedTuple):
    """What the book answered to a purchase, under its public id. `window_id` is the window that it settles in.

    `bonuses` say of a part of the points earned which rule gave it, `stamps` what it put on cards. `points_expired`
    are those earned whose last day was over when it was booked, `not_earned` is why it earned nothing, where its shop
    may not issue. `late` means that its own window was closed already, `replayed` that it was booked by an earlier
    request.
    """

    id: str
    points_spent: int
    cash_due_minor: int
    points_earned: int
    points_expired: int
    window_id: int
    late: bool
    replayed: bool
    not_earned: Refusal | None
    bonuses: Sequence[BonusLine] = ()
    stamps: Sequence[StampLine] = ()


class BookedPurchase(NamedTuple):
    """A purchase as it was booked: of the member whose id was named, at an instant (microseconds since 1970 UTC).

    `member` is None where the till knows their contact only.
    """

    member: str | None
    occurred_at: int
    receipt: Receipt


async def create_purchase(alliance: Alliance, new: NewPurchase, key: str) -> BookedPurchase:
    """Book a purchase under an idempotency key of the book. Durable when it returns.

    The same key, or the same `external_ref` at the shop, gives the first answer again. Raises MemberUnknown,
    MemberFrozen, SpendLocked, ConsentNeeded, ContactUnknown, the errors of `coalition.paycodes`, ShiftNeeded,
    ShiftUnknown, ShiftOver, KeyVoided, RefusedByBook, and what the poster raises.
    """
    seller = await sold_by(alliance, new.till, new.shift, new.occurred_at)
    buyer = await identify_buyer(alliance, new.buyer, new.spending, key)
    posting = new_purchase_posting(alliance, new, buyer, key, seller)
    problem = seller.problem or buyer.problem
    try:
        if problem is None:
            answer = await alliance.poster.post_async(posting)
        else:
            answer = await asyncio.to_thread(earlier_answer, alliance, posting, problem)
    except KeyReused as reused:
        await asyncio.to_thread(check_not_voided, alliance, reused)
        raise
    if answer.replayed:
        await asyncio.to_thread(check_not_voided, alliance, answer)
    receipt = receipt_of(alliance, new, answer)
    receipt = receipt._replace(
        bonuses=await read_bonus_lines(alliance, answer.moves), stamps=await read_stamp_lines(alliance, answer.moves)
    )
    occurred_at = posting.occurred_at
    if answer.replayed and new.occurred_at is None:
        occurred_at = (await asyncio.to_thread(alliance.posting, answer.posting_id)).occurred_at
    return BookedPurchase(None if buyer.by_contact else buyer.member, occurred_at, receipt)


def new_purchase_posting(
    alliance: Alliance,
    new: NewPurchase,
    buyer: Buyer,
    key: str,
    seller: SoldBy = NOBODY,
    trace: list[BonusOutcome] | None = None,
) -> Posting:
    """What the book is asked for a purchase of this buyer, under a key of the book.

    What becomes of each bonus that is for such a sale is written to `trace`, once the book decides.
    """
    at = alliance.clock() if new.occurred_at is None else new.occurred_at
    content: dict[str, str | int] = {}
    if new.occurred_at is not None:
        content["occurred_at"] = at
    if new.external_ref is not None:
        content["external_ref"] = new.external_ref
    if buyer.consent is not None:
        content["pay_code"] = buyer.consent.text
    if not new.accept_partial:
        content["accept_partial"] = 0
    if buyer.by_contact:
        content[BY_CONTACT] = 1
    if new.lines:
        content["lines"] = encode_lines(new.lines)
    content |= seller.content
    programme = alliance.programme
    return purchase_posting(
        alliance.book,
        programme.rules_at(at),
        key,
        at,
        new.shop,
        buyer.member,
        new.amount_minor,
        new.points,
        reference=None if new.external_ref is None else f"{new.shop}:{new.external_ref}",
        content=content,
        earning_minor=new.earning_minor,
        owner=buyer.owner,
        pool=buyer.pool,
        token=None if buyer.consent is None else buyer.consent.token,
        exact=not new.accept_partial,
        bonuses=programme.bonuses,
        trace=trace,
        payable_minor=new.payable_minor,
        limits=programme.limits,
    )


def receipt_of(alliance: Alliance, new: NewPurchase, answer: Answer) -> Receipt:
    """The receipt of a purchase that the book took. Raises PayCodeElsewhere, RefusedByBook."""
    if answer.refusal is not None:
        # The only token that a purchase takes is its pay code's.
        if answer.refusal.code == "claim_taken":
            raise PayCodeElsewhere
        raise RefusedByBook(answer.refusal)
    return Receipt(
        alliance.programme.ids.public(PURCHASE_PREFIX, answer.posting_id),
        points_spent(answer.moves),
        cash_due(new.amount_minor, answer.moves, alliance.minor_per_point),
        points_earned(answer.moves),
        points_expired(answer.moves),
        answer.window_id,
        answer.late_for is not None,
        answer.replayed,
        answer.omitted,
    )
