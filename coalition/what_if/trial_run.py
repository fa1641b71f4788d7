"""Try a rule on past sales: the plan that books them, run once with the rules of now and once with the rule beside.

Both run on the same sales with their refunds, and begin with whole budgets and with nothing counted. Points that paid
for a sale are those that did; the base rate is that of its time.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.earning.bonus import NoBonus
from coalition.earning.bonus_outcome import BonusOutcome
from coalition.members.store import all_merged
from coalition.purchases.bonus_lines import base_left, pots_of
from coalition.purchases.lines import decode_lines, earning_part
from coalition.purchases.posting_kind import PURCHASES, REFUNDS
from coalition.purchases.purchase import ALL, PurchasePlan
from coalition.purchases.purchase_posting import purchase_posting
from coalition.purchases.refund_history import refunds_of, sold_until, with_corrections
from coalition.purchases.refund_shares import RefundedPoints
from coalition.what_if.trial import Trial, rules_now, rules_then
from coalition.what_if.trial_book import Granted, TrialBook, TrialRefused, TrialView
from coalition.what_if.trial_result import TrialResult, result_of
from coalition.what_if.trial_sums import TrialSums, taken_off
from settlement.ledger import (
    LotSlice,
    MoveKind,
    Session,
    StoredPosting,
    postings_between,
    postings_by_id,
    postings_since,
)

PART = 2_000
"""Postings that are read at once."""
DAY_US = 86_400 * 1_000_000
NOTHING_MORE = RefundedPoints(0, 0, 0, 0)


class TriedSale(NamedTuple):
    """A sale that was tried: of whom, and whether the rule that is asked about gave something for it."""

    shop: str
    member: str
    gained: bool


class TrialRun:
    """A trial as it goes on from one part of the postings to the next, in their order; `next` is the id of the next."""

    def __init__(self, alliance: Alliance, trial: Trial, first: int) -> None:
        self.sums = TrialSums()
        self.next = first
        self._alliance, self._trial = alliance, trial
        self._starts = alliance.calendar.start_of_day(trial.since)
        self._ends = alliance.calendar.end_of_day(trial.until)
        then = rules_then(alliance, trial)
        self._old, self._new = TrialBook(rules_now(alliance, trial)), TrialBook(then)
        self._asked = then[-1]
        self._sold: dict[int, TriedSale] = {}
        with closing(alliance.database.session()) as session:
            config = alliance.book.config(session)
        self._terms, self._shops = {terms.id: terms for terms in config.terms}, config.by_ref
        with alliance.database.engine.connect() as connection:
            self._merged = all_merged(connection, alliance.id)

    def go_on(self, until: int) -> None:
        """Try the rule on the next postings, to before the id `until`."""
        with closing(self._alliance.database.session()) as session:
            postings = postings_between(self._alliance.book, session, self.next, until)
            sold = {
                posting.id: posting for posting in postings if PURCHASES.has(posting) and self._is_asked_about(posting)
            }
            refunded = [
                int(posting.content["purchase"])
                for posting in postings
                if REFUNDS.has(posting) and int(posting.content["purchase"]) in self._sold.keys() | sold.keys()
            ]
            histories = self._histories(session, refunded)
        for posting in postings:
            if posting.id in sold:
                self._sell(posting)
            elif REFUNDS.has(posting) and int(posting.content["purchase"]) in histories:
                self._refund(*histories[int(posting.content["purchase"])], posting)
        self.next = until

    def result(self) -> TrialResult:
        """What came of it until now."""
        rate = self._alliance.terms_at(self._alliance.clock()).minor_per_point
        left = sum(self._new.pots[pot] for pot in self._asked.pots)
        return result_of(self.sums, self._trial, rate, left)

    def _is_asked_about(self, sale: StoredPosting) -> bool:
        return "member" in sale.content and self._starts <= sale.occurred_at < self._ends

    def _histories(
        self, session: Session, purchases: Sequence[int]
    ) -> dict[int, tuple[StoredPosting, list[StoredPosting]]]:
        """These purchases, each with its refunds and corrections, oldest first."""
        alliance, ids = self._alliance, sorted(set(purchases))
        if not ids:
            return {}
        refunds = refunds_of(alliance, session, ids)
        return {
            sale.id: (sale, with_corrections(alliance, session, sale.id, refunds[sale.id]))
            for sale in postings_by_id(alliance.book, session, ids)
        }

    def _sell(self, posting: StoredPosting) -> None:
        shop, named = str(posting.content["shop"]), str(posting.content["member"])
        member, amount_minor = self._merged.get(named, named), int(posting.content["amount_minor"])
        spent = [
            LotSlice(move.amount, self._terms[move.terms_id]) for move in posting.moves if move.kind == MoveKind.REDEEM
        ]
        terms = next(each for each in reversed(self._terms.values()) if each.effective_at <= posting.occurred_at)
        traces: tuple[list[BonusOutcome], list[BonusOutcome]] = ([], [])
        granted = list[Granted]()
        for book, trace in zip((self._old, self._new), traces, strict=True):
            if not book.rules.by_name:
                granted.append({})
                continue
            plan = self._plan(posting, member, book, trace)
            view = TrialView(book, spent, self._issuing(posting.occurred_at), terms)
            granted.append(book.sell(posting.id, plan, view))
        gained = bool(granted[1].get(self._trial.rule))
        self._sold[posting.id] = TriedSale(shop, member, gained)
        self.sums.add(shop, member, (granted[0], granted[1]), amount_minor, 1, int(gained))
        self._explain(posting, traces[1])

    def _explain(self, posting: StoredPosting, trace: Sequence[BonusOutcome]) -> None:
        """Count why the rule that is asked about gave nothing, and note when its budget was first used up."""
        own = next((outcome for outcome in trace if outcome.version.rule == self._trial.rule), None)
        if own is None or own.reason is None:
            return
        self.sums.reasons[own.reason] += 1
        if own.reason is NoBonus.BUDGET_USED_UP and self.sums.used_up_on is None:
            self.sums.used_up_on = self._alliance.calendar.day(posting.occurred_at)[0]

    def _plan(self, posting: StoredPosting, member: str, book: TrialBook, trace: list[BonusOutcome]) -> PurchasePlan:
        """The plan of a sale, as a till's would be made: it spends what was spent."""
        alliance, content = self._alliance, posting.content
        amount_minor = int(content["amount_minor"])
        lines = decode_lines(str(content["lines"])) if "lines" in content else []
        asked = ALL if any(move.kind == MoveKind.REDEEM for move in posting.moves) else 0
        plan = purchase_posting(
            alliance.book,
            alliance.programme.rules_at(posting.occurred_at),
            posting.key,
            posting.occurred_at,
            str(content["shop"]),
            member,
            amount_minor,
            asked,
            earning_minor=earning_part(amount_minor, lines),
            bonuses=book.rules,
            trace=trace,
        ).legs
        if not isinstance(plan, PurchasePlan):
            raise TrialRefused(posting.key)
        return plan

    def _issuing(self, at: int) -> Callable[[str], bool]:
        """Which shops may issue points for what happened at an instant, as the book decides it now."""

        def may_issue(shop: str) -> bool:
            issuer = self._shops.get(shop)
            return issuer is not None and issuer.issues_at(at)

        return may_issue

    def _refund(self, sale: StoredPosting, history: Sequence[StoredPosting], refund: StoredPosting) -> None:
        tried = self._sold.get(sale.id)
        if tried is None:
            return
        alliance = self._alliance
        until_then = [posting for posting in history if posting.id <= refund.id]
        sold = sold_until(sale, until_then, alliance.minor_per_point, pots_of(alliance, sale.moves))
        base, earning = base_left(alliance, sale, sold, NOTHING_MORE)
        back = [taken_off(book.refund(sale.id, base, earning)) for book in (self._old, self._new)]
        whole = int(not sold.left_minor)
        amount_minor = -int(refund.content["refunded_minor"])
        gained = -whole * int(tried.gained)
        self.sums.add(tried.shop, tried.member, (back[0], back[1]), amount_minor, -whole, gained)
        if whole:
            del self._sold[sale.id]


def postings_for(alliance: Alliance, trial: Trial) -> tuple[int, int]:
    """Which postings a trial looks at: from a first id to before another one.

    Sales of its first day may have come at once, and their refunds until now.
    """
    starts = alliance.calendar.start_of_day(trial.since)
    with closing(alliance.database.session()) as session:
        return postings_since(alliance.book, session, starts - DAY_US)


def run_trial(alliance: Alliance, trial: Trial, progress: Callable[[int], None] = lambda _: None) -> TrialResult:
    """Try a rule on all sales of its days; `progress` gets how many of the postings were looked at."""
    first, until = postings_for(alliance, trial)
    run = TrialRun(alliance, trial, first)
    while run.next < until:
        run.go_on(min(run.next + PART, until))
        progress(run.next - first)
    return run.result()
