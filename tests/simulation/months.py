"""Settlement months of an alliance at the mercy of its banks: debits that fail, come back weeks later or come twice,
are pending for 20 days, bring too little or too much and go back in part; movements that nobody expected and somebody
matches; answers that get lost, and a runner that dies between any two steps.

`test_months.py` runs them for alliances of twenty shops. A seed gives the same months again.
"""

from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from datetime import time
from functools import partial
from itertools import count
from random import Random

from settlement import Cutoff
from settlement.audit import audit_book
from settlement.clearing import close_due, closed_windows, money_balances
from settlement.ledger import OPERATOR, POOL, AccountKind, Book, Database, Earn, Posting, Spend
from settlement.payments.context import PaymentContext
from settlement.payments.deposits import plan_deposit
from settlement.payments.drive import look_up_attempts
from settlement.payments.losses import defaults_of
from settlement.payments.reconcile import book_line, match_line, reconcile_rail
from settlement.payments.run import settle_window
from settlement.payments.states import PaymentRoute, PaymentState
from settlement.payments.store import (
    DEPOSIT,
    PaymentRules,
    change_payment_profile,
    payments_where,
    set_payment_rules,
)
from settlement.rails.port import CashLine, Direction, PaymentAttempt, RailStatus
from tests.simulation.crashing import Crash, CrashingSession
from tests.support.books import make_book, make_settings
from tests.support.clock import DAY, HOUR, Clock, instant
from tests.support.scripted import NEVER, Fate, ScriptedRail

SHOPS = tuple(f"shop{number:02d}" for number in range(20))
PENDING = {"bank": 20 * DAY, "card": 5 * DAY}
"""How long a rail may take, by its own account of it, to say what became of a debit."""
MONTHS = 10
"""Months that one alliance lives."""
LATER = 2099_12_31


@dataclass
class World:
    """One alliance, its rails, and the dice."""

    seed: int
    database: Database
    draw: Random = field(init=False)
    clock: Clock = field(init=False)
    seen: Counter[str] = field(default_factory=Counter)
    crash_odds: float = 0.0
    nasty: bool = True
    tolerance: int = 0
    taken_back: set[str] = field(default_factory=set)
    """Shops from whose payments somebody took a part, by matching a movement that went out."""

    def __post_init__(self) -> None:
        self.draw = Random(self.seed)
        self.clock = Clock(instant("2024-01-10T12:00", "Europe/Berlin"))
        numbers = count(1)
        self.new_id = lambda _: f"p{self.seed}x{next(numbers):06d}"
        settings = make_settings(name=f"months {self.seed}", cutoff=Cutoff("monthly", at=time.min))
        self.book = make_book(self.database, self.clock, settings, shops=SHOPS)
        self.rails = {
            name: ScriptedRail(
                name,
                self.clock,
                partial(self.fate, name),
                least=least,
                step=self.step,
                tells_available=self.draw.random() < 0.5,
            )
            for name, least in (("bank", 1), ("card", 50))
        }
        self.session = self.database.session()

    # -- chance -------------------------------------------------------------------------------------------------

    def step(self, where: str) -> None:
        """A boundary between two steps: the runner may die here."""
        if self.draw.random() < self.crash_odds:
            self.seen["crashes"] += 1
            self.seen[f"crashes {where}"] += 1
            raise Crash(where)

    def fate(self, rail: str, attempt: PaymentAttempt) -> Fate:
        """What becomes of an attempt."""
        decides = PENDING[rail] if attempt.direction is Direction.COLLECT else None
        if not self.nasty:
            return Fate(decides_after=decides)
        draw = self.draw
        differs = attempt.direction is Direction.COLLECT and draw.random() < 0.1
        comes_back = draw.random() < (0.08 if attempt.direction is Direction.COLLECT else 0.03)
        return Fate(
            heard=draw.random() > 0.1,
            arrives=draw.random() > 0.05,
            fails=draw.random() < 0.1,
            ends_after=draw.choice((0, 0, HOUR, DAY, 5 * DAY, decides or DAY)),
            back_after=draw.randrange(50 * DAY) if comes_back else NEVER,
            again_after=draw.randrange(20 * DAY) if draw.random() < 0.1 else NEVER,
            fee_minor=draw.choice((0, 0, 25, 35)),
            brings_bps=draw.choice((5_000, 9_500, 9_990, 10_500, 15_000)) if differs else 10_000,
            takes_bps=draw.choice((10_000, 10_000, 2_500, 9_000)),
            decides_after=decides,
        )

    # -- what people and shops do ---------------------------------------------------------------------------------

    def open_accounts(self) -> None:
        """Rules, choices and deposits."""
        draw = self.draw
        rules = PaymentRules(
            rail="bank",
            grace_days=draw.choice((5, 10, 14)),
            attempts_max=draw.choice((1, 2, 3)),
            retry_days=draw.choice((0, 2)),
            cut_cap_bps=draw.choice((0, 5000, 10000)),
            pay_from_fund=draw.random() < 0.5,
            tolerance_minor=draw.choice((0, 30, 100)),
            tolerance_charged_to=draw.choice(("shop", "operator")),
        )
        self.tolerance = rules.tolerance_minor
        set_payment_rules(self.book, self.session, rules)
        for shop in SHOPS:
            change_payment_profile(self.book, self.session, shop, rail=draw.choice(("", "bank", "card", DEPOSIT)))
            if draw.random() < 0.7:
                plan_deposit(self.context(), shop, draw.randrange(100, 3000))
            if draw.random() < 0.5:
                plan_deposit(self.context(), shop, draw.randrange(100, 1000), AccountKind.FUND)
        plan_deposit(self.context(), OPERATOR, 2000, AccountKind.CAPITAL)

    def trade(self, month: int) -> None:
        """A month of points earned at one shop and spent at another."""
        draw = self.draw
        legs = []
        for number in range(30):
            issuer, taker = draw.sample(SHOPS, 2)
            points = draw.choice((draw.randrange(1, 60), draw.randrange(100, 2000)))
            legs += [Earn(issuer, f"m{number}", points, LATER), Spend(taker, f"m{number}", points)]
        (answer,) = self.book.post([Posting(f"month:{month}", self.clock(), {}, legs)], self.session)
        assert answer.refusal is None, answer.refusal

    def context(self) -> PaymentContext:
        """A runner that starts anew, with nothing in its memory."""
        book = Book.open(self.database, self.book.settings.name, self.clock)
        return PaymentContext(book, CrashingSession(self.session, self.step), self.rails, new_id=self.new_id)

    def run(self) -> None:
        """One run, begun again until it was not killed; time passes in between, so that leases end."""
        while True:
            try:
                settle_window(self.context())
            except Crash:
                self.clock.forward(self.draw.choice((HOUR, 5 * HOUR)))
            else:
                return

    def hint(self) -> None:
        """Somebody tells of payments: twice, out of order, of strangers too."""
        keys = [key for rail in self.rails.values() for key in rail.remotes]
        named = self.draw.sample(keys, min(5, len(keys)))
        try:
            look_up_attempts(self.context(), [*named, "stranger-1", *reversed(named)])
        except Crash:
            self.seen["hints cut short"] += 1

    def gift(self, month: int) -> None:
        """Money arrives that nobody expected, or the rail charges for something."""
        rail = self.draw.choice(list(self.rails.values()))
        minor = self.draw.choice((700, -120))
        rail.gifts.append(CashLine(f"gift{month}", self.clock(), minor, self.draw.choice((0, 3)), "", "interest"))

    # -- what must be true ----------------------------------------------------------------------------------------

    def check(self) -> None:
        """Rails and book agree to the cent, nobody was paid twice, every cent is somebody's."""
        context = PaymentContext(self.book, self.session, self.rails, new_id=self.new_id)
        for name in self.rails:
            reconciliation = reconcile_rail(context, name)
            for line in reconciliation.unmatched:
                assert line.id.startswith("gift"), line
                self.place(context, name, line)
            reconciliation = reconcile_rail(context, name)
            assert reconciliation.unexplained_minor == 0
            assert not reconciliation.unmatched
            self.check_differences(reconciliation.differences)
        self.check_once()
        self.check_wealth()
        self.check_defaults()

    def place(self, context: PaymentContext, rail: str, line: CashLine) -> None:
        """Somebody says what a movement was: some payment of that rail, however it stands, or interest."""
        payments = payments_where(
            self.book,
            self.session,
            "rail = ? AND route = ? AND purpose = ?",
            rail,
            PaymentRoute.COLLECT.value,
            int(AccountKind.SETTLEMENT),
        )
        if not payments or self.draw.random() < 0.3:
            book_line(context, rail, line.id, "interest", "told by the bank")
            return
        payment = self.draw.choice(payments)
        match_line(context, rail, line.id, payment.id)
        self.seen["movements matched by hand"] += 1
        if line.minor < 0:
            self.taken_back.add(payment.participant)

    def check_defaults(self) -> None:
        """Nobody is in default of whom all that was asked was paid in full or is on its way in its rail's own time."""
        payments = {payment.id: payment for payment in payments_where(self.book, self.session)}
        missing: dict[str, int] = {}
        for rail in self.rails.values():
            for remote in rail.remotes.values():
                payment = payments[remote.attempt.payment_id]
                if payment.route == PaymentRoute.COLLECT and payment.purpose == AccountKind.SETTLEMENT:
                    shop = payment.participant
                    missing[shop] = min(missing.get(shop, NEVER), remote.missing_at())
        for default in defaults_of(self.book, self.session):
            shop = default.participant
            assert shop in self.taken_back or missing.get(shop, NEVER) <= default.at, default

    def check_differences(self, differences: tuple) -> None:
        """Where the rail is ahead of the book, the payment is one that is still looked at."""
        for difference in differences:
            (payment,) = payments_where(self.book, self.session, "id = ?", difference.payment_id)
            assert self.crash_odds or payment.state in (
                PaymentState.SENT,
                PaymentState.AMBIGUOUS,
                PaymentState.PAID,
                PaymentState.RETURNED,
            ), payment
            self.seen["differences on the way"] += 1

    def check_once(self) -> None:
        """Of all attempts of a payment at most one stands as paid."""
        stands: Counter[str] = Counter()
        for rail in self.rails.values():
            attempts = [remote.attempt for remote in rail.remotes.values()]
            crashing, self.crash_odds = self.crash_odds, 0.0
            for attempt, seen in zip(attempts, rail.observe(attempts), strict=True):
                stands[attempt.payment_id] += seen.status is RailStatus.PAID
            self.crash_odds = crashing
        assert set(stands.values()) <= {0, 1}, stands

    def check_wealth(self) -> None:
        """What each has with the alliance is its nets, what it paid and was paid, and what defaults moved."""
        book, session = self.book, self.session
        config = book.config(session)
        held: Counter[str] = Counter()
        for kind in (AccountKind.SETTLEMENT, AccountKind.DEPOSIT, AccountKind.FUND, AccountKind.CAPITAL):
            held.update(money_balances(book, session, config, kind))
        expected: Counter[str] = Counter()
        for window in closed_windows(book, session):
            expected.update(window.nets)
        transit = 0
        for payment in payments_where(book, session):
            sign = 1 if payment.route == PaymentRoute.COLLECT else -1
            on_its_way = payment.route == PaymentRoute.PAY and payment.state in (
                PaymentState.RESERVED,
                PaymentState.SENT,
                PaymentState.AMBIGUOUS,
            )
            transit += payment.minor * on_its_way
            expected[payment.participant] += payment.written_off_minor
            if payment.rail != DEPOSIT:
                expected[payment.participant] += sign * (payment.minor if on_its_way else payment.moved_minor)
        losses = self.losses()
        house = losses.pop("house", 0)
        expected.update(losses)
        assert {participant: minor for participant, minor in held.items() if minor} == {
            participant: minor for participant, minor in expected.items() if minor
        }
        sums = session.rows(
            "SELECT kind, CAST(SUM(balance) AS BIGINT) FROM accounts WHERE alliance_id = ? AND kind IN (26, 27) "
            "GROUP BY kind",
            book.alliance_id,
        )
        assert {AccountKind.LOSS: house, AccountKind.TRANSIT: transit} == {
            AccountKind.LOSS: 0,
            AccountKind.TRANSIT: 0,
            **dict(sums),
        }

    def losses(self) -> Counter[str]:
        """What defaults gave to who did not pay and took from who bears it, after all that came back."""
        losses: Counter[str] = Counter()
        for default in defaults_of(self.book, self.session):
            plan = default.waterfall
            losses[default.participant] += default.open_minor
            losses["house"] -= plan.uncovered_minor
            for draw in (*plan.draws, *plan.cuts):
                losses[draw.participant] -= draw.minor
            for back in default.repayments:
                losses[back.participant] += back.minor
        return losses

    def check_at_rest(self) -> None:
        """With everything ended, all that was owed is paid but for what is too little, lost or short of cash."""
        config = self.book.config(self.session)
        least = max(self.tolerance + 1, *(rail.least for rail in self.rails.values()))
        settled = money_balances(self.book, self.session, config, AccountKind.SETTLEMENT)
        assert [shop for shop, minor in settled.items() if minor <= -least and shop != POOL] == []
        # With the last month's debts the defaults of those before were asked for, until all that can be collected came.
        open_minor: Counter[str] = Counter()
        for default in defaults_of(self.book, self.session, only_open=True):
            open_minor[default.participant] += default.open_minor
        assert {shop: minor for shop, minor in open_minor.items() if minor >= least} == {}
        assert payments_where(self.book, self.session, "state = ANY(?)", ["reserved", "sent", "ambiguous"]) == []
        context = PaymentContext(self.book, self.session, self.rails)
        reconciliations = [reconcile_rail(context, name) for name in self.rails]
        assert [reconciliation for reconciliation in reconciliations if not reconciliation.ok] == []
        audit = audit_book(self.book, self.session)
        assert audit.ok, [check for check in audit.checks if not check.ok]

    # -- a life ---------------------------------------------------------------------------------------------------

    def live(self, months: int) -> Counter[str]:
        """Some months, and then rest; what happened in them."""
        self.open_accounts()
        for month in range(months):
            self.close(month)
            self.crash_odds = self.draw.choice((0.0, 0.01, 0.05))
            for _ in range(4):
                self.run()
                if self.draw.random() < 0.3:
                    self.hint()
                self.clock.forward(self.draw.randrange(6 * HOUR, 6 * DAY))
            if self.draw.random() < 0.3:
                self.gift(month)
            self.crash_odds = 0.0
            self.check()
        self.rest(months)
        self.check()
        self.check_at_rest()
        for payment in payments_where(self.book, self.session):
            self.seen[f"payments {payment.state}"] += 1
            self.seen[f"payments {payment.coverage}"] += payment.state == PaymentState.PAID
            self.seen["rests written off"] += payment.written_off_minor > 0
            self.seen["attempts"] += payment.attempt
        self.seen["defaults"] += len(defaults_of(self.book, self.session))
        self.seen["months"] += months
        return self.seen

    def close(self, month: int) -> None:
        """A month of trade, which ends."""
        self.trade(month)
        opens_at = self.book.calendar.window(self.clock())[0]
        self.clock.set(self.book.calendar.window(opens_at)[1] + HOUR)
        close_due(self.book, self.session, self.clock())

    def rest(self, month: int) -> None:
        """Let all end that is on its way: no more failures, another month's debts, and time for every return."""
        self.nasty = False
        self.close(month)
        for _ in range(12):
            self.clock.forward(7 * DAY)
            self.run()


def simulate(database: Database, seed: int, months: int = MONTHS) -> Counter[str]:
    """The months of one alliance; AssertionError where something is not as it must be."""
    world = World(seed, database)
    with closing(world.session):
        return world.live(months)
