"""An alliance whose shops owe each other, and a rail that a test tells what to do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from settlement.audit import audit_book
from settlement.clearing import close_due, money_balances
from settlement.ledger import AccountKind, Book, Earn, Session, Spend
from settlement.payments import (
    PaymentContext,
    PaymentRecord,
    PaymentRules,
    payments_where,
    plan_deposit,
    set_payment_rules,
    settle_window,
)
from settlement.payments.drive import send_payments
from settlement.rails import Rail
from settlement.rails.port import PaymentAttempt
from tests.support.books import BookClient, check_book
from tests.support.clock import DAY, HOUR, Clock
from tests.support.scripted import Fate, ScriptedRail

LATER = 2099_12_31


@dataclass
class Paying:
    """One alliance at work. `fates` says what becomes of a participant's attempts; the others are paid at once."""

    book: Book
    session: Session
    clock: Clock
    fates: dict[str, Fate] = field(default_factory=dict)
    actor: str = "runner"

    def __post_init__(self) -> None:
        self.rail = ScriptedRail("bank", self.clock, self.fate)
        self.rails: Mapping[str, Rail] = {"bank": self.rail}
        self._numbers = count(1)
        self.set_rules()

    def fate(self, attempt: PaymentAttempt) -> Fate:
        """What becomes of an attempt."""
        return self.fates.get(attempt.account.participant, Fate())

    def set_rules(self, **changes: object) -> None:
        """Rules of the alliance, plain but for these."""
        set_payment_rules(self.book, self.session, replace(PaymentRules(rail="bank"), **changes))

    def context(self, actor: str = "") -> PaymentContext:
        """What a person or a runner pays with."""
        return PaymentContext(self.book, self.session, self.rails, actor or self.actor)

    def owe(self, *debts: tuple[str, str, int]) -> None:
        """Close a week in which members spent points of a first shop at a second one."""
        till = BookClient(self.book, self.session)
        for payer, payee, minor in debts:
            member = f"m{next(self._numbers)}"
            till.take(
                Earn(payer, member, minor, LATER),
                Spend(payee, member, minor),
                key=f"{member}:{self.clock()}",
            )
        self.clock.set(self.book.calendar.window(self.clock())[1] + HOUR)
        close_due(self.book, self.session, self.clock())

    def deposit(self, participant: str, minor: int, to: AccountKind = AccountKind.DEPOSIT) -> None:
        """Pay in a deposit over the rail."""
        payments = plan_deposit(self.context(), participant, minor, to, "bank")
        send_payments(self.context(), [payment.id for payment in payments])

    def run(self, days: float = 0) -> None:
        """A run of the last window, after some days."""
        self.clock.forward(int(days * DAY))
        settle_window(self.context())
        self.check()

    def check(self) -> None:
        """The book is sound."""
        check_book(self.book)
        audit = audit_book(self.book, self.session)
        assert audit.ok, [check for check in audit.checks if not check.ok]

    def balances(self, kind: AccountKind = AccountKind.SETTLEMENT) -> dict[str, int]:
        """What participants have in accounts of a kind."""
        return money_balances(self.book, self.session, self.book.config(self.session), kind)

    def cash(self) -> int:
        """What is at the rail by the book."""
        sql = "SELECT COALESCE(SUM(balance), 0) FROM accounts WHERE alliance_id = ? AND kind IN (25, 28)"
        return -int(self.session.rows(sql, self.book.alliance_id)[0][0])

    def payments(self, participant: str = "") -> list[PaymentRecord]:
        """Payments of a participant, or all."""
        if participant:
            return payments_where(self.book, self.session, "participant = ?", participant)
        return payments_where(self.book, self.session)

    def summary(self) -> list[str]:
        """All payments in short."""
        return sorted(
            f"{payment.route} {payment.participant} {payment.minor} {payment.state} {payment.attempt}"
            for payment in self.payments()
        )


MakePaying = Callable[..., Paying]
