"""Whatever happens, in whatever order: every balance is what its transactions add up to, and nothing is spent twice."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
import stripe

from tests.support.stripe import Control, Town

TOKENS = ("pm_success_de", "pm_card_visa", "pm_failed_de", "pm_disputed_de", "pm_card_createDispute")
STEPS = 120


class Season:
    """A town in which something happens at random, again and again."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town, self.client, self.control = town, town.client, town.control
        self.random = random.Random(seed)
        self.debtors = [town.debtor(paying_by) for paying_by in TOKENS]
        self.shops = [town.creditor(), town.creditor()]
        self.control("funds", amount=20_000, currency="eur")

    def step(self) -> None:
        """One thing that happens; what Stripe refuses is no harm."""
        amount = self.random.randrange(50, 5_000)
        shop = self.random.choice(self.shops)
        payments = self.client.v1.charges.list({"limit": 100}).data
        transfers = self.client.v1.transfers.list({"limit": 100}).data
        happenings = [self.pay, self.pay, self.control_days, self.transfer, self.transfer, self.pay_out]
        happenings += [self.refund, self.return_late] if payments else []
        happenings += [self.reverse] if transfers else []
        self.amount, self.shop = amount, shop
        self.payment = self.random.choice(payments or [None])
        self.sent = self.random.choice(transfers or [None])
        with suppress(stripe.InvalidRequestError):
            self.random.choice(happenings)()

    def pay(self) -> None:
        customer, method = self.random.choice(self.debtors)
        self.client.v1.payment_intents.create(
            {
                "amount": self.amount,
                "currency": "eur",
                "customer": customer,
                "payment_method": method,
                "confirm": True,
                "off_session": True,
            }
        )

    def control_days(self) -> None:
        self.control.days(self.random.randrange(1, 6))

    def transfer(self) -> None:
        self.client.v1.transfers.create({"amount": self.amount, "currency": "eur", "destination": self.shop})

    def reverse(self) -> None:
        assert self.sent
        self.client.v1.transfers.reversals.create(self.sent.id, {"amount": self.amount})

    def pay_out(self) -> None:
        self.client.v1.payouts.create({"amount": self.amount, "currency": "eur"}, {"stripe_account": self.shop})

    def refund(self) -> None:
        assert self.payment
        self.client.v1.refunds.create({"charge": self.payment.id, "amount": self.amount})

    def return_late(self) -> None:
        assert self.payment
        self.control.http.post(f"/payments/{self.payment.id}/dispute", json={"reason": "insufficient_funds"})

    def check(self, account: str | None) -> int:
        """The nets of all transactions are the balance; how many transactions there are."""
        options: stripe.RequestOptions = {"stripe_account": account} if account else {}
        nets = {"available": 0, "pending": 0}
        count = 0
        for each in self.client.v1.balance_transactions.list({"limit": 100}, options).auto_paging_iter():
            assert each.net == each.amount - each.fee
            nets[each.status] += each.net
            count += 1
        assert nets["available"] == self.town.available(account=account)
        assert nets["pending"] == self.town.pending(account=account)
        return count


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_any_order_of_happenings_keeps_every_balance_true(town: Town, seed: int) -> None:
    season = Season(town, seed)
    for _ in range(STEPS):
        season.step()
    assert season.check(None) > 30
    for shop in season.shops:
        assert season.check(shop) > 0
        assert town.available(account=shop) >= 0


def test_many_transfers_at_once_never_move_more_than_is_available(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    control("funds", amount=5_500, currency="eur")
    account = town.creditor()

    def send(_: int) -> bool:
        try:
            client.v1.transfers.create({"amount": 1_000, "currency": "eur", "destination": account})
        except stripe.InvalidRequestError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(send, range(24))) == 5
    assert (town.available(), town.available(account=account)) == (500, 5_000)
