"""Create many purchases at once: for a till that was offline, or an import. Each is booked, or refused, by itself."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress

from coalition.alliance import Alliance
from coalition.members.errors import MemberError
from coalition.members.member_cache import member_cache
from coalition.purchases.create_purchase import NewPurchase, Receipt, new_purchase_posting, receipt_of
from coalition.purchases.errors import KeyVoided
from coalition.purchases.identify_buyer import earlier_answer, identify_buyer_now
from coalition.purchases.voided import refuse_voided
from coalition.refusals import RefusedByBook
from coalition.tills.shift_cache import sold_by_now
from settlement import KeyReused, SettlementError
from settlement.ledger import Posting, PostingOutcome

PurchaseOutcome = Receipt | MemberError | KeyVoided | RefusedByBook | SettlementError
"""What became of one purchase of many: its receipt, or why it was not booked."""


async def create_purchases(alliance: Alliance, purchases: Sequence[tuple[NewPurchase, str]]) -> list[PurchaseOutcome]:
    """Book purchases in this order, each under an idempotency key of the book. Durable when it returns.

    Raises DatabaseUnusable and PosterClosed, where nothing is known of any of them.
    """
    requests = await asyncio.to_thread(_requests, alliance, purchases)
    postings = [request for request in requests if isinstance(request, Posting)]
    answers = await asyncio.wrap_future(alliance.poster.submit(postings)) if postings else []
    return await asyncio.to_thread(_outcomes, alliance, purchases, requests, answers)


def _requests(alliance: Alliance, purchases: Sequence[tuple[NewPurchase, str]]) -> list[Posting | MemberError]:
    # Asked for one by one, the members of a batch would take longer than booking it.
    member_cache(alliance).load({new.member for new, _ in purchases if new.member is not None})
    return [_request(alliance, new, key) for new, key in purchases]


def _request(alliance: Alliance, new: NewPurchase, key: str) -> Posting | MemberError:
    """What the book is asked, or why the member can't buy; what was booked before is asked again all the same."""
    try:
        seller = sold_by_now(alliance, new.till, new.shift, new.occurred_at, signed=new.signed)
        buyer = identify_buyer_now(alliance, new.buyer, new.spending, key)
        posting = new_purchase_posting(alliance, new, buyer, key, seller)
        problem = seller.problem or buyer.problem
        if problem is not None:
            # Where the key was used for something else, the book says so again below.
            with suppress(KeyReused):
                earlier_answer(alliance, posting, problem)
    except MemberError as error:
        return error
    return posting


def _outcomes(
    alliance: Alliance,
    purchases: Sequence[tuple[NewPurchase, str]],
    requests: Sequence[Posting | MemberError],
    answers: Sequence[PostingOutcome],
) -> list[PurchaseOutcome]:
    rest = iter(refuse_voided(alliance, answers))
    return [
        request if isinstance(request, MemberError) else _outcome(alliance, new, next(rest))
        for (new, _), request in zip(purchases, requests, strict=True)
    ]


def _outcome(alliance: Alliance, new: NewPurchase, answer: PostingOutcome | KeyVoided) -> PurchaseOutcome:
    if isinstance(answer, SettlementError | KeyVoided):
        return answer
    try:
        return receipt_of(alliance, new, answer)
    except (MemberError, RefusedByBook) as error:
        return error
