"""A closed window from end to end: collected, paid, reconciled to the cent, and the audit is clean."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

import pytest

from settlement.audit import audit_book
from settlement.clearing import close_due, money_balances
from settlement.ledger import OPERATOR, AccountKind, Book, Database, Earn, Session, Spend
from settlement.payments.deposits import plan_deposit
from settlement.payments.drive import lease_payments, look_up_payments, payments_to_look_up
from settlement.payments.outlook import payment_outlooks
from settlement.payments.reconcile import Reconciliation, reconcile_rail
from settlement.payments.run import SettlementRun, settle_window
from settlement.payments.states import PaymentState
from settlement.payments.store import (
    PaymentRecord,
    PaymentRules,
    attempt_of,
    payment_history,
    payments_where,
    rail_account,
    set_payment_rules,
)
from settlement.payments.stripe_handler import StripeWebhookHandler
from settlement.payments.unit_of_work import PaymentContext
from settlement.rails.port import Direction
from settlement.rails.stripe import (
    ProcessedEvents,
    ResourceKind,
    ResourceRef,
    StripeProblem,
    StripeShop,
    StripeUnreachable,
    WebhookInbox,
)
from tests.support.books import BookClient, make_book, make_settings, make_terms
from tests.support.clock import DAY
from tests.support.stripe import Receiver, flush, subscribe

from .conftest import BACK, Scene

SUMMER = 2099_08_31


class Alliance:
    """A town whose payments go through Stripe."""

    def __init__(self, scene: Scene, book: Book, database: Database, session: Session) -> None:
        self.scene, self.book, self.session = scene, book, session
        self.context = PaymentContext(book, session, {"stripe": scene.rail})
        self.webhook_handler = StripeWebhookHandler(self.context, scene.onboarding)
        set_payment_rules(book, session, PaymentRules(rail="stripe", retry_days=1, grace_days=90))
        self.till = BookClient(book, session)

    def opens(self, shop: str, pays_by: str) -> None:
        """A shop comes to Stripe."""
        account = self.webhook_handler.register(StripeShop(shop, shop.title(), f"{shop}@example.com", "DE"))
        self.scene.control(f"accounts/{account.details['account']}/onboard")
        self.scene.give_mandate(account, pays_by)
        assert self.webhook_handler.refresh(shop)

    def week(self, issuer: str, taker: str, points: int) -> None:
        """Points earned at one shop and spent at another, and the week's end."""
        self.till.take(Earn(issuer, "ann", points, SUMMER), Spend(taker, "ann", points))
        self.scene.control.days(7)
        close_due(self.book, self.session, self.scene.now())

    def run(self) -> SettlementRun:
        return settle_window(self.context)

    def owed(self) -> dict[str, int]:
        return dict(money_balances(self.book, self.session, self.book.config(self.session), AccountKind.SETTLEMENT))

    def payments(self, *states: PaymentState) -> list[PaymentRecord]:
        return payments_where(self.book, self.session, "state = ANY(?)", [state.value for state in states])

    def reconciled(self) -> Reconciliation:
        reconciliation = reconcile_rail(self.context, "stripe")
        assert reconciliation.ok, reconciliation
        audit = audit_book(self.book, self.session)
        assert audit.ok, [check for check in audit.checks if not check.ok]
        return reconciliation


@pytest.fixture
def town(scene: Scene, database: Database, session: Session) -> Alliance:
    """Bakery and café, and an operator who put 10.00 of capital in, to pay Stripe's fees from."""
    made = Alliance(scene, make_book(database, scene.now), database, session)
    made.opens(OPERATOR, "pm_card_bypassPending")
    made.opens("bakery", "pm_success_de")
    made.opens("cafe", "pm_success_de")
    plan_deposit(made.context, OPERATOR, 1_000, AccountKind.CAPITAL)
    return made


def test_a_window_is_collected_then_paid_and_every_cent_is_accounted_for(town: Alliance) -> None:
    town.week("bakery", "cafe", 4_100)
    assert town.owed() == {"bakery": -4_100, "cafe": 4_100}
    first = town.run()
    assert (first.collecting, first.paying) == (2, 0)
    assert [payment.state for payment in town.payments(PaymentState.SENT)] == [PaymentState.SENT]
    town.scene.control.days(8)
    second = town.run()
    assert second.paying == 1
    assert town.owed() == {}
    reconciliation = town.reconciled()
    assert reconciliation.book_minor == 1_000 - 15 - 25 + 4_100 - 35 - 4_100
    shop = rail_account(town.book, town.session, "cafe", "stripe").details["account"]
    arrived = town.scene.client.v1.balance_transactions.list(options={"stripe_account": shop}).data
    assert [each.amount for each in arrived if each.type == "payment"] == [4_100]


def test_a_debit_of_more_than_stripe_takes_at_once_is_collected_in_parts_before_it_fails(town: Alliance) -> None:
    town.week("bakery", "cafe", 2_500_000)
    town.run()
    parts = sorted(payment.minor for payment in town.payments(PaymentState.SENT))
    assert parts == [500_000, 1_000_000, 1_000_000]
    town.scene.control.days(8)
    assert town.run().paying == 1
    assert town.payments(PaymentState.FAILED) == []
    assert town.owed() == {}
    town.reconciled()


def test_a_debit_that_fails_five_days_later_is_tried_again_under_a_new_key(town: Alliance) -> None:
    town.opens("bakery", "pm_insufficientFunds_de")
    town.week("bakery", "cafe", 4_100)
    town.run()
    town.scene.control.days(8)
    assert town.run().paying == 0
    (failed,) = town.payments(PaymentState.FAILED)
    assert [step.code for step in payment_history(town.book, town.session, failed.id)][-1] == "insufficient_funds"
    assert town.owed() == {"bakery": -4_100, "cafe": 4_100}
    town.reconciled()
    town.opens("bakery", "pm_success_de")
    town.scene.control.days(1)
    assert town.run().collecting == 1
    town.scene.control.days(8)
    assert town.run().paying == 1
    assert town.owed() == {}
    (again,) = [payment for payment in town.payments(PaymentState.PAID) if payment.participant == "bakery"]
    assert (again.id, again.attempt) == (failed.id, 2)
    town.reconciled()


def test_a_debit_that_comes_back_weeks_later_is_a_new_debt_and_what_was_paid_stays_paid(town: Alliance) -> None:
    town.week("bakery", "cafe", 4_100)
    town.run()
    town.scene.control.days(8)
    town.run()
    (debit,) = [payment for payment in town.payments(PaymentState.PAID) if payment.participant == "bakery"]
    town.scene.control.days(30)
    town.scene.control(f"payments/{debit.reference}/dispute", reason="insufficient_funds")
    town.run()
    assert [payment.id for payment in town.payments(PaymentState.RETURNED)] == [debit.id]
    assert town.owed() == {"bakery": -4_100}
    assert town.reconciled().book_minor == 1_000 - 40 - 35 - 4_100 - 750
    town.scene.control.days(1)
    assert town.run().collecting == 1
    town.scene.control.days(8)
    town.run()
    assert town.owed() == {}
    assert town.reconciled().book_minor == 1_000 - 40 - 35 - 750 - 35


def test_parts_that_go_back_at_stripe_are_new_debts_and_claims_of_those_parts(town: Alliance) -> None:
    town.week("bakery", "cafe", 4_100)
    town.run()
    town.scene.control.days(8)
    town.run()
    attempts = {
        payment.participant: attempt_of(town.book, payment)
        for payment in town.payments(PaymentState.PAID)
        if payment.purpose == AccountKind.SETTLEMENT
    }
    (debit,) = [payment for payment in town.payments(PaymentState.PAID) if payment.participant == "bakery"]
    town.scene.reverse(attempts["cafe"], 1_500)
    town.scene.refund(attempts["bakery"], 1_000)
    town.scene.control(f"payments/{debit.reference}/dispute", amount=300, reason="insufficient_funds")
    # The movements are matched by their keys, and book and Stripe are the same.
    town.reconciled()
    assert town.owed() == {"bakery": -1_300, "cafe": 1_500}
    moved = {payment.participant: payment.moved_minor for payment in town.payments(PaymentState.PAID)}
    assert (moved["bakery"], moved["cafe"]) == (2_800, 2_600)
    for _ in range(3):
        town.run()
        town.scene.control.days(8)
    assert town.owed() == {}
    town.reconciled()


def test_a_debit_that_stripe_calls_pending_is_no_default(town: Alliance) -> None:
    set_payment_rules(town.book, town.session, PaymentRules(rail="stripe", grace_days=2))
    town.week("bakery", "cafe", 4_100)
    town.run()
    (debit,) = town.payments(PaymentState.SENT)
    assert debit.decided_by is not None
    assert 18 * DAY <= debit.decided_by - debit.planned_at <= 20 * DAY
    town.scene.control.days(4)
    assert town.run().defaults == ()
    assert town.owed() == {"bakery": -4_100, "cafe": 4_100}
    town.scene.control.days(4)
    town.run()
    assert town.owed() == {}


def test_what_is_between_two_steps_of_stripes_waits_for_the_next_window(
    new_scene: Callable[..., Scene], database: Database, session: Session
) -> None:
    settings = make_settings(currency="KWD", minor_digits=3)
    terms = make_terms(points_per_unit=Fraction(1_000), minor_digits=3)
    scene = new_scene("KWD", 3)
    town = Alliance(scene, make_book(database, scene.now, settings, terms), database, session)
    for shop in ("bakery", "cafe"):
        town.opens(shop, "pm_card_bypassPending")
    scene.control("funds", amount=10_000, currency="kwd")
    town.week("bakery", "cafe", 12_345)
    town.run()
    # Stripe kept 210 of what it collected.
    assert {payment.participant: payment.minor for payment in town.payments(PaymentState.PAID)} == {
        "bakery": 12_340,
        "cafe": 12_130,
    }
    assert town.owed() == {"bakery": -5, "cafe": 215}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_webhooks_bring_the_same_without_a_look_from_us(
    scene: Scene, town: Alliance, database: Database, receiver: Receiver
) -> None:
    secrets = [subscribe(scene.client, receiver.url), subscribe(scene.client, receiver.url, connect=True)]
    inbox = WebhookInbox(database, town.book.alliance_id, scene.connection, secrets, scene.now)

    def process_webhooks() -> ProcessedEvents:
        flush(scene.control)
        for webhook in receiver.got[::-1] * 2:
            inbox.receive(*webhook)
        return inbox.process_due(town.webhook_handler)

    town.opens("diner", "pm_card_visa")
    process_webhooks()
    town.week("bakery", "cafe", 4_100)
    town.run()
    scene.control.days(8)
    assert process_webhooks().kept == 0
    assert [payment.participant for payment in town.payments(PaymentState.PAID)] == [OPERATOR, "bakery"]


def test_a_deposit_is_topped_up_by_its_owner_and_stands_in_the_book_when_it_has_come(town: Alliance) -> None:
    page = town.webhook_handler.top_up("cafe", 20_000, "Deposit · 押金", BACK, "zh")
    (payment,) = town.payments(PaymentState.SENT)
    town.scene.complete(page, "pm_success_de")
    town.week("bakery", "cafe", 100)
    town.run()
    config = town.book.config(town.session)
    assert money_balances(town.book, town.session, config, AccountKind.DEPOSIT) == {"cafe": 20_000}
    assert payment.id in [payment.id for payment in town.payments(PaymentState.PAID)]
    town.reconciled()


def test_what_an_owner_paid_on_a_page_counts_for_the_weeks_limit_of_the_method_that_they_chose(town: Alliance) -> None:
    limited = replace(town.context, rails={"stripe": town.scene.new_rail(week_max={"sepa_debit": 10_000})})
    town.webhook_handler.top_up("cafe", 9_000, "Deposit", BACK)
    town.scene.control.days(0.5)
    town.week("bakery", "cafe", 4_000)
    # Nobody has paid on the page yet, and it closed meanwhile: it takes nothing of the limit.
    assert [row.why for row in payment_outlooks(limited) if row.participant == "bakery"] == [""]
    for pays_by, waits in (("pm_card_visa", False), ("pm_success_de", True)):
        page = town.webhook_handler.top_up("cafe", 9_000, "Deposit", BACK)
        town.scene.complete(page, pays_by)
        look_up_payments(limited, payments_to_look_up(limited))
        (row,) = [row for row in payment_outlooks(limited) if row.participant == "bakery"]
        assert ("at most 10000 minor units in seven days by `sepa_debit`" in row.why) == waits
    newest = town.payments(PaymentState.SENT, PaymentState.PAID)[-1]
    assert [step.code for step in payment_history(town.book, town.session, newest.id)].count("way_to_pay") == 1
    assert settle_window(limited).collecting == 1


def test_a_top_up_that_nobody_paid_costs_nothing(town: Alliance) -> None:
    town.webhook_handler.top_up("cafe", 20_000, "Deposit", BACK)
    town.scene.control.days(2)
    town.week("bakery", "cafe", 100)
    town.run()
    assert [payment.participant for payment in town.payments(PaymentState.FAILED)] == ["cafe"]
    town.reconciled()


def test_a_top_up_without_a_page_fails_and_says_why(town: Alliance) -> None:
    town.scene.control("faults", kind="error", method="POST", path="/v1/checkout/sessions")
    with pytest.raises(StripeUnreachable, match="make a page for a top-up"):
        town.webhook_handler.top_up("cafe", 20_000, "Deposit", BACK)
    town.scene.control("clock", advance_seconds=3_600)
    town.week("bakery", "cafe", 100)
    town.run()
    assert [payment.participant for payment in town.payments(PaymentState.FAILED)] == ["cafe"]


def test_what_no_webhook_told_of_shops_is_read_from_time_to_time(town: Alliance) -> None:
    town.scene.control(
        f"accounts/{rail_account(town.book, town.session, 'cafe', 'stripe').details['account']}/restrict"
    )
    assert town.webhook_handler.refresh_all() == 3
    cafe = rail_account(town.book, town.session, "cafe", "stripe")
    assert town.scene.rail.problem(cafe, Direction.PAY) == StripeProblem.DETAILS_MISSING
    assert not town.webhook_handler.refresh("butcher")


def test_news_of_a_payment_in_somebodys_hands_or_of_nobody_waits(town: Alliance) -> None:
    town.week("bakery", "cafe", 4_100)
    town.run()
    (sent,) = town.payments(PaymentState.SENT)
    mine, strange = ResourceRef(ResourceKind.PAYMENT, sent.key), ResourceRef(ResourceKind.PAYMENT, "stranger-1")
    assert town.webhook_handler([mine, strange, ResourceRef(ResourceKind.BALANCE)]) == {
        mine,
        ResourceRef(ResourceKind.BALANCE),
    }
    lease_payments(town.context, [sent.id])
    assert town.webhook_handler([mine]) == set()
