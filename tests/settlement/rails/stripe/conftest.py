"""A scene for every test: a fake Stripe, one alliance's rail over real HTTP, and shops that have onboarded."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import count
from types import MappingProxyType
from typing import Any

import pytest

from coalition.fake_stripe import NONE, FakeStripe
from coalition.fake_stripe.instruments import KINDS
from coalition.fake_stripe.world import PLATFORM
from settlement.amounts import Minor
from settlement.rails.port import Direction, PaymentAttempt, RailAccount
from settlement.rails.stripe import (
    Onboarding,
    RequestLimits,
    RetryPolicy,
    ReturnUrls,
    StripeConnection,
    StripeRail,
    StripeShop,
)
from settlement.rails.stripe.outcomes import key_of
from tests.support.stripe import START, Control

BACK = ReturnUrls("https://example.com/done", "https://example.com/back")
UNLIMITED = RequestLimits(10**6, 10**6, ())
HURRIED = RetryPolicy(answer_seconds=20, tries=4, pause_seconds=0.01)
"""Short pauses; answers may take as long as a busy machine needs."""

IMPATIENT = replace(HURRIED, answer_seconds=1)
"""For answers that never come."""


HOMES = {"AUD": "AU", "GBP": "GB", "JPY": "JP", "KWD": "US", "USD": "US"}
"""Where an alliance is, by its currency."""

NO_LIMITS: Mapping[str, int] = MappingProxyType({})


class Scene:
    """One alliance in euros at a fake Stripe."""

    def __init__(self, fake: FakeStripe, control: Control, currency: str = "EUR", minor_digits: int = 2) -> None:
        self.fake, self.control = fake, control
        self.currency, self.minor_digits = currency, minor_digits
        self.connections: list[StripeConnection] = []
        self.connection = self.connect(HURRIED)
        self.client = self.connection.client
        self.rail = self.new_rail()
        self.onboarding = Onboarding(self.connection, currency)
        self._numbers = count(1)

    def connect(self, patience: RetryPolicy) -> StripeConnection:
        """A connection that is closed in the end."""
        self.connections.append(StripeConnection("sk_test_x", self.fake.url, UNLIMITED, patience))
        return self.connections[-1]

    def new_rail(self, patience: RetryPolicy | None = None, week_max: Mapping[str, int] = NO_LIMITS) -> StripeRail:
        """Another process's rail on the same account."""
        connection = self.connect(patience) if patience else self.connection
        return StripeRail(connection, self.currency, self.minor_digits, self.now, week_max=week_max)

    def now(self) -> int:
        """The fake's clock, in microseconds since 1970 UTC."""
        return int(self.control.get("clock")["now"]) * 1_000_000

    def shop(self, name: str = "bakery", pays_by: str | None = "pm_success_de", country: str = "DE") -> RailAccount:
        """A shop that has filled in everything; with `pays_by` None all but a mandate."""
        email = f"{name}@example.com"
        account = self.onboarding.register(StripeShop(name, name.title(), email, country), {})
        self.control(f"accounts/{account.details['account']}/onboard")
        if pays_by:
            self.give_mandate(account, pays_by)
        return self.onboarding.refresh(account)

    def give_mandate(self, account: RailAccount, pays_by: str) -> None:
        """The owner fills in the page of Stripe's where a mandate is given."""
        self.complete(self.onboarding.mandate_page(account, BACK), pays_by)

    def saves(self, account: RailAccount, pays_by: str) -> None:
        """The owner tries to save any way to pay, whatever becomes of that."""
        asked: Any = {
            "mode": "setup",
            "customer": account.details["customer"],
            "allowed_payment_method_types": [*KINDS],
            "success_url": BACK.done_url,
        }
        page = self.client.v1.checkout.sessions.create(asked)
        self.control.http.post(f"checkout/{page.id}/complete", json={"payment_method": pays_by})

    def complete(self, page: str, pays_by: str) -> None:
        """The owner finishes a page of Checkout's."""
        self.control(f"checkout/{page.rsplit('/', 1)[1]}/complete", payment_method=pays_by)

    def attempt(
        self, account: RailAccount, minor: int, direction: Direction = Direction.COLLECT, **more: Any
    ) -> PaymentAttempt:
        """One attempt, with a key that no other has."""
        number = next(self._numbers)
        plain: dict[str, Any] = {
            "key": f"pay-{number}:1",
            "payment_id": f"pay-{number}",
            "direction": direction,
            "account": account,
            "minor": Minor(minor),
            "currency": self.currency,
            "minor_digits": self.minor_digits,
            "group": "window-1",
            "text": "Old Town, week 39",
            "due_on": 2026_09_21,
        }
        return PaymentAttempt(**{**plain, **more})

    def pay(self, account: RailAccount, minor: int, **more: Any) -> PaymentAttempt:
        """An attempt to pay a shop."""
        return self.attempt(account, minor, Direction.PAY, **more)

    def will(self, attempt: PaymentAttempt, **behaviour: Any) -> None:
        """What becomes of the next payments by the attempt's payment method."""
        self.control(f"payment_methods/{attempt.account.details['payment_method']}", **behaviour)

    def refund(self, attempt: PaymentAttempt, minor: int) -> str:
        """Somebody gives a part of a collection back, on Stripe's dashboard; the refund's id."""
        charges = self.client.v1.charges.list({"transfer_group": attempt.group}).auto_paging_iter()
        charge = next(each for each in charges if key_of(each) == attempt.key)
        return self.client.v1.refunds.create({"charge": charge.id, "amount": minor}).id

    def reverse(self, attempt: PaymentAttempt, minor: int) -> None:
        """Somebody takes a part of a transfer back, on Stripe's dashboard."""
        transfers = self.client.v1.transfers.list({"transfer_group": attempt.group}).auto_paging_iter()
        transfer = next(each for each in transfers if key_of(each) == attempt.key)
        self.client.v1.transfers.reversals.create(transfer.id, {"amount": minor})

    def fund(self, amount: int, account: str = PLATFORM) -> None:
        """Money on the alliance's balance, or a shop's, available at once."""
        self.control("funds", amount=amount, currency=self.currency.lower(), account=account)


@pytest.fixture(scope="session")
def running() -> Iterator[FakeStripe]:
    with FakeStripe.start(now=START, limits=NONE) as fake:
        yield fake


@pytest.fixture(scope="session")
def hand(running: FakeStripe) -> Iterator[Control]:
    made = Control(running.url)
    yield made
    made.http.close()


@pytest.fixture
def new_scene(running: FakeStripe, hand: Control) -> Iterator[Callable[..., Scene]]:
    """Makes scenes on a fake that starts over."""
    hand("start_over")
    made: list[Scene] = []

    def make(*args: Any) -> Scene:
        hand("platform", country=HOMES.get(args[0] if args else "EUR", "DE"))
        made.append(Scene(running, hand, *args))
        return made[-1]

    yield make
    hand.http.delete("/faults")
    for connection in (each for scene in made for each in scene.connections):
        connection.close()


@pytest.fixture
def scene(new_scene: Callable[..., Scene]) -> Scene:
    return new_scene()
