"""A book and its twin, driven together: whatever is asked, both must answer alike and stand alike after it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from fractions import Fraction
from random import Random

from settlement import Breakage, Cutoff, Funding, SettlementError, Terms
from settlement.clearing import close_due
from settlement.clearing.windows import counted_tallies, maintained_tallies
from settlement.errors import KeyReused
from settlement.ledger import Answer, Database, Participant, Poster, Posting
from tests.simulation.facts import DAY, HOUR, Name, TwinAnswer
from tests.simulation.traffic import ALL, SHOPS, Business, Traffic
from tests.simulation.twin import Twin
from tests.support.books import account_ids, check_book, make_book, make_settings, make_terms
from tests.support.clock import Clock, instant
from tests.support.statements import check_statements

RATES = (Fraction(100), Fraction(3), Fraction(7, 3), Fraction(1000))
FEES_BPS = (0, 0, 250, 333, 10_000)


def random_terms(draw: Random, number: int, effective_at: int) -> Terms:
    """Any terms that a book may have."""
    return make_terms(
        id=number,
        effective_at=effective_at,
        points_per_unit=draw.choice(RATES),
        funding=draw.choice(tuple(Funding)),
        redeem_fee_bps=draw.choice(FEES_BPS),
        issue_fee_bps=draw.choice(FEES_BPS),
        breakage_to=draw.choice(tuple(Breakage)),
    )


class Pair:
    """A book in `database` with its twin. Close it."""

    def __init__(self, database: Database, draw: Random, *, through_poster: bool = False) -> None:
        self.clock = Clock(instant("2024-05-15T12:00", "Asia/Shanghai"))
        settings = make_settings(timezone="Asia/Shanghai", cutoff=Cutoff("daily", at=time.min))
        terms = random_terms(draw, 1, make_terms().effective_at)
        self.book = make_book(database, self.clock, settings, terms, SHOPS)
        self.session = database.session()
        self.poster = Poster(self.book) if through_poster else None
        self.names: dict[int, Name] = {}
        self.twin = Twin(terms, self.book.config(self.session).by_ref.values())
        self.twin.now = self.clock()
        self.traffic = Traffic(self.twin)

    def close(self) -> None:
        """Let go of threads and connections."""
        if self.poster is not None:
            self.poster.close()
        self.session.close()

    # -- what happens -----------------------------------------------------------------------------------------

    def post(self, draw: Random, size: int, business: Sequence[Business] = ALL) -> None:
        """A batch of requests to both."""
        requests = self.traffic.batch(draw, size, business)
        answers = [self.twin.post(request) for request in requests]
        if self.poster is not None:
            outcomes: Sequence[Answer | SettlementError] = self.poster.submit(requests).result()
        else:
            outcomes = self.book.post(requests, self.session)
        self.learn_names()
        for request, expected, outcome in zip(requests, answers, outcomes, strict=True):
            self.compare(request, expected, outcome)
        self.compare_balances()

    def pass_time(self, draw: Random) -> None:
        self.twin.now = self.clock.forward(draw.choice((1, HOUR // 60, HOUR, 7 * HOUR, DAY, 4 * DAY)))

    def close_windows(self) -> None:
        """Close what is due on both, and look at the totals and statements of each window."""
        due = self.twin.due()
        closed = close_due(self.book, self.session, self.clock())
        assert [window.opens_at for window in closed] == due
        for window in closed:
            nets, before, kept = self.twin.close(window.opens_at)
            assert (window.nets, window.carried_over, window.kept) == (nets, before, kept)
            with self.book.database.engine.connect() as connection:
                counted = counted_tallies(self.book, connection, window.opens_at)
            assert counted == maintained_tallies(self.book, self.session, window.opens_at)
            check_statements(self.book, self.session, window)
        self.learn_names()
        self.compare_balances()

    def change_terms(self, draw: Random) -> None:
        """New terms from some time soon; what was issued before keeps its own."""
        last = max(terms.effective_at for terms in self.twin.all_terms)
        later = max(last, self.clock()) + draw.choice((1, HOUR, DAY))
        terms = random_terms(draw, len(self.twin.all_terms) + 1, later)
        self.book.add_terms(terms)
        self.twin.all_terms.append(terms)

    def change_shop(self, draw: Random) -> None:
        """Let a shop start or stop to issue or redeem."""
        ref = draw.choice(("bakery", "museum", "shut"))
        self.set_shop(
            replace(self.twin.shops[ref], may_issue=draw.randint(0, 1) == 1, may_redeem=draw.randint(0, 1) == 1)
        )

    def set_shop(self, shop: Participant) -> None:
        self.book.add_participants([shop])
        self.twin.shops[shop.ref] = shop

    # -- what must be alike -----------------------------------------------------------------------------------

    def learn_names(self) -> None:
        """What the book calls by number."""
        for name, id_ in account_ids(self.book, self.session).items():
            self.names[id_] = self.twin.name_of(name)
        self.twin.lot_names = {id_: name for id_, name in self.names.items() if name.kind == "lot"}

    def compare(self, request: Posting, expected: TwinAnswer | str, outcome: Answer | SettlementError) -> None:
        if isinstance(expected, str):
            assert isinstance(outcome, KeyReused), (request, expected, outcome)
            assert outcome.field == expected
            return
        assert isinstance(outcome, Answer), (request, expected, outcome)
        refusal = None if outcome.refusal is None else (outcome.refusal.code, dict(outcome.refusal.values))
        assert refusal == expected.refusal, request
        assert (outcome.posting_id, outcome.window_id, outcome.late_for, outcome.replayed) == (
            expected.posting,
            expected.window,
            expected.late_for,
            expected.again,
        ), request
        changes: dict[Name, int] = {}
        for move in outcome.moves:
            for id_, amount in ((move.debit, -move.amount), (move.credit, move.amount)):
                changes[self.names[id_]] = changes.get(self.names[id_], 0) + amount
        assert {name: change for name, change in changes.items() if change} == expected.changes, request

    def compare_balances(self) -> None:
        rows = self.session.rows("SELECT id, balance FROM accounts WHERE alliance_id = ?", self.book.alliance_id)
        mine = {self.names[id_]: balance for id_, balance in rows if balance}
        assert mine == {name: balance for name, balance in self.twin.balance.items() if balance}

    def check(self) -> None:
        """What a book must satisfy at all times, and the points in circulation."""
        check_book(self.book)
        rows = self.session.rows(
            "SELECT shop, terms_id, points FROM outstanding WHERE alliance_id = ?", self.book.alliance_id
        )
        by_id = self.book.config(self.session).by_id
        in_circulation: dict[tuple[str, int], int] = {}
        for name, balance in self.twin.balance.items():
            if name.kind in ("lot", "held") and balance:
                key = name.issuer, name.terms
                in_circulation[key] = in_circulation.get(key, 0) + balance
        assert {(by_id[shop].ref, terms): points for shop, terms, points in rows if points} == in_circulation
