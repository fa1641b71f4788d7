"""The sandbox's Stripe: the fake beside the server, on the clock of the sandbox's alliance."""

import os
import threading
from contextlib import ExitStack, closing
from types import TracebackType
from typing import Self

from coalition.fake_stripe import SANDBOX, FakeStripe
from coalition.fake_stripe.control import Control
from coalition.payments.stripe_account import StripeAccount
from coalition.programme.store import find_programme
from settlement.ledger import Book, Clock
from settlement.payments import set_rail_account

KEY = "sk_test_sandbox"
COUNTRIES = {"AUD": "AU", "EUR": "DE", "GBP": "GB", "USD": "US"}
"""Where the alliance's account at Stripe is, by the currency: those whose bank debits Stripe has."""

TICK_SECONDS = 0.5
SECOND = 1_000_000


class SandboxStripe:
    """A fake Stripe that runs for as long as a `with` lasts; `url` is its address, `control_url` that of its levers.

    It keeps nothing when it stops, so shops open their accounts anew at each start.
    """

    def __init__(self, book: Book, clock: Clock, server_url: str) -> None:
        self._book, self._clock = book, clock
        self._server_url = server_url
        self._over = threading.Event()
        self._ticking = threading.Thread(target=self._tick, name="sandbox-clock", daemon=True)
        self._fake = FakeStripe.start(now=self._now(), limits=SANDBOX)
        with self._fake.lock:
            Control(self._fake.machine).set_up_platform(COUNTRIES[book.settings.currency])
        self.url = self._fake.url
        self.control_url = f"{self._fake.url}/_control/"

    def __enter__(self) -> Self:
        """Forget the accounts of the start before, and tell this process and those that it starts where Stripe is."""
        with ExitStack() as undo:
            undo.callback(self._fake.stop)
            self._forget_accounts()
            os.environ.update(
                COALITION_STRIPE_KEY=KEY,
                COALITION_STRIPE_URL=self.url,
                COALITION_STRIPE_ALLIANCE=self._book.settings.name,
                COALITION_STRIPE_WEBHOOK_SECRETS=",".join(self._subscribe()),
            )
            self._ticking.start()
            undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._ticking.join()
        self._fake.stop()

    def _subscribe(self) -> list[str]:
        """Let the fake report its events to the server: its own and that of connected accounts, each with a secret."""
        with closing(StripeAccount(self._book, KEY, "", self.url)) as account:
            endpoints = account.connection.client.v1.webhook_endpoints
            url = f"{self._server_url}/v1/alliances/{self._book.alliance_id}/stripe/webhooks"
            made = [
                endpoints.create({"url": url, "enabled_events": ["*"], "connect": connect}) for connect in (False, True)
            ]
        return [str(endpoint.secret) for endpoint in made]

    def _forget_accounts(self) -> None:
        with closing(self._book.database.session()) as session:
            for participant in self._book.config(session).by_ref:
                set_rail_account(self._book, session, participant, "stripe", {})

    def _now(self) -> int:
        """The alliance's time, in seconds since 1970 UTC."""
        with self._book.database.engine.connect() as connection:
            programme = find_programme(connection, self._book.alliance_id)
        return (self._clock() + (0 if programme is None else programme.clock_offset)) // SECOND

    def _tick(self) -> None:
        """Move the fake's clock with the alliance's, so that what takes days at a bank takes as long here."""
        control = Control(self._fake.machine)
        while not self._over.wait(TICK_SECONDS):
            now = self._now()
            with self._fake.lock:
                moved = now > self._fake.machine.world.now
                if moved:
                    control.move_clock(now, 0)
            if moved:
                self._fake.postman.wake()
