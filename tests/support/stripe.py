"""Hands on a fake Stripe: its controls, the official library, a small town, and a receiver of webhooks."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2 as httpx
import requests
import stripe

from coalition.fake_stripe import FakeStripe
from coalition.fake_stripe.instruments import KINDS

START = 1_790_000_000
"""A Monday: 21 September 2026, 14:13:20 UTC."""

DAY = 86_400


EXPRESS: Any = {
    "fees": {"payer": "application"},
    "losses": {"payments": "application"},
    "stripe_dashboard": {"type": "express"},
}
"""A shop's account that the platform answers for."""


class Control:
    """POST to /_control/ and read the answer; anything but 200 is an AssertionError unless `status` says so."""

    def __init__(self, url: str) -> None:
        self.http = httpx.Client(base_url=f"{url}/_control", timeout=15)

    def __call__(self, lever: str, /, *, status: int = 200, **body: Any) -> Any:
        answer = self.http.post(lever, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    def get(self, path: str) -> Any:
        return self.http.get(path).json()

    def start_over(self, country: str = "DE", **platform: Any) -> None:
        """An empty Stripe, whose platform pays nothing out by itself unless told so."""
        self("start_over")
        self("platform", country=country, **platform)

    def days(self, days: int) -> None:
        self("clock", advance_seconds=days * DAY)


def client_of(fake: FakeStripe, session: requests.Session, timeout: float = 10) -> stripe.StripeClient:
    """The official library on a fake, with a time-out in seconds and no retries of its own."""
    return stripe.StripeClient(
        "sk_test_sandbox",
        base_addresses={"api": fake.url},
        http_client=stripe.RequestsClient(timeout=timeout, session=session),
        max_network_retries=0,
    )


class Town:
    """What most stories need: a shop that owes with a saved payment method, a shop that is paid."""

    def __init__(self, client: stripe.StripeClient, control: Control) -> None:
        self.client, self.control = client, control

    def debtor(self, paying_by: str = "pm_success_de") -> tuple[str, str]:
        """A customer with a saved payment method, by Checkout in setup mode: both ids."""
        customer = self.client.v1.customers.create({"name": "Bakery", "email": "bakery@example.com"})
        session = self.client.v1.checkout.sessions.create(
            {
                "mode": "setup",
                "customer": customer.id,
                "allowed_payment_method_types": [*KINDS],
                "success_url": "https://example.com/ok?session={CHECKOUT_SESSION_ID}",
            }
        )
        self.control(f"checkout/{session.id}/complete", payment_method=paying_by)
        saved = self.client.v1.payment_methods.list({"customer": customer.id}).data
        return customer.id, saved[0].id

    def creditor(self, country: str = "DE") -> str:
        """A connected account that has onboarded: its id."""
        account = self.client.v1.accounts.create(
            {
                "controller": EXPRESS,
                "country": country,
                "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
                "settings": {"payouts": {"schedule": {"interval": "manual"}}},
            }
        )
        self.control(f"accounts/{account.id}/onboard")
        return account.id

    def charge(
        self, amount: int, paying_by: str = "pm_success_de", currency: str = "eur", **more: Any
    ) -> stripe.PaymentIntent:
        """An off-session payment of a new debtor."""
        customer, method = self.debtor(paying_by)
        return self.client.v1.payment_intents.create(
            {
                "amount": amount,
                "currency": currency,
                "customer": customer,
                "payment_method": method,
                "confirm": True,
                "off_session": True,
                **more,
            }
        )

    def available(self, currency: str = "eur", account: str | None = None) -> int:
        """What is available on a balance, in minor units."""
        return self._amount("available", currency, account)

    def pending(self, currency: str = "eur", account: str | None = None) -> int:
        """What is still on its way to a balance, in minor units."""
        return self._amount("pending", currency, account)

    def _amount(self, which: str, currency: str, account: str | None) -> int:
        balance = self.client.v1.balance.retrieve(options={"stripe_account": account} if account else None)
        return sum(each.amount for each in balance[which] if each.currency == currency)


class Receiver:
    """A shop's webhook receiver: keeps what it gets, answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.got: list[tuple[bytes, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((body, self.headers["Stripe-Signature"]))
                self.send_response(outer.status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook?from=stripe"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def events(self, secret: str) -> list[stripe.Event]:
        """What came, verified by the library."""
        return [stripe.Webhook.construct_event(body, signed, secret, api_key="x") for body, signed in self.got]

    def types(self, secret: str) -> list[str]:
        return [each.type for each in self.events(secret)]


def subscribe(client: stripe.StripeClient, url: str, *events: Any, connect: bool = False) -> str:
    endpoint = client.v1.webhook_endpoints.create(
        {"url": url, "enabled_events": list(events) or ["*"], "connect": connect}
    )
    assert endpoint.secret
    return endpoint.secret


def flush(control: Control) -> None:
    assert control("webhooks/flush", timeout_seconds=10)["flushed"]
