"""A town whose alliance has an account at a fake Stripe: what the owners do on its pages, and what the server does."""

import json
from dataclasses import dataclass
from typing import Any

import stripe
from fastapi.testclient import TestClient

from coalition.api.app import create_app
from coalition.jobs.worker import Worker
from coalition.payments.rails.stripe import stripe_at, stripe_receivers
from coalition.schedule import job_kinds
from tests.support.clock import SECOND
from tests.support.stripe import Control
from tests.support.town_api import ApiTown

SECRETS = ("whsec_old", "whsec_new")
"""What webhooks are signed with: while a secret is being replaced, there are two."""

PAGE = {"done_url": "https://town.example/done", "back_url": "https://town.example/back"}


@dataclass
class StripeTown:
    """A town, and the levers of the Stripe that it has its account at."""

    town: ApiTown
    control: Control

    def receiving(self) -> TestClient:
        """Somebody who brings webhooks to a server that has just started."""
        receivers = stripe_receivers(self.town.alliances)
        return TestClient(create_app(self.town.alliances, stripe=receivers), raise_server_exceptions=False)

    def page(self, client: TestClient, shop: str, kind: str, key: str | None = None, **body: object) -> Any:
        """The answer to who asks for a page of Stripe's."""
        headers = {} if key is None else {"Idempotency-Key": key}
        return client.post(f"/v1/shops/{shop}/stripe/{kind}", json={**PAGE, **body}, headers=headers)

    def submit(self, url: str, **form: str) -> str:
        """The owner fills a page in and is sent on; where to."""
        assert self.control.http.get(url).status_code == 200
        answer = self.control.http.post(url, data=form, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])

    def onboard(self, client: TestClient, shop: str, pays_by: str | None = "pm_success_de") -> None:
        """A shop opens its account and, unless `pays_by` is None, saves a mandate."""
        email = f"{shop}@example.com"
        self.submit(self.page(client, shop, "onboarding", country="DE", email=email).json()["url"])
        if pays_by is not None:
            self.submit(self.page(client, shop, "mandate").json()["url"], payment_method=pays_by)

    def account(self, shop: str) -> dict[str, Any]:
        """How a shop stands at Stripe, as the alliance sees it."""
        account: dict[str, Any] = self.town.client().get(f"/v1/shops/{shop}/payment-account").json()
        return account

    def mandate(self, shop: str) -> str:
        """The id of the mandate that a shop has saved."""
        asked = {"customer": self.account(shop)["details"]["customer"]}
        return str(self._v1.setup_intents.list(asked).data[0].mandate)

    def refund(self, payment: str, minor: int) -> None:
        """Somebody gives a part of a payment back, on Stripe's dashboard."""
        self._v1.refunds.create({"payment_intent": payment, "amount": minor})

    def take_back(self, transfer: str, minor: int) -> None:
        """Somebody takes a part of a transfer back, on Stripe's dashboard."""
        self._v1.transfers.reversals.create(transfer, {"amount": minor})

    def newest(self, kind: str) -> str:
        """The newest event of a type, as Stripe writes it into a webhook."""
        return json.dumps(self._v1.events.list({"type": kind}).data[0].to_dict())

    @property
    def _v1(self) -> stripe.V1Services:
        account = stripe_at(self.town.alliance)
        assert account is not None
        return account.connection.client.v1

    def use_stripe(self) -> None:
        """Shops that chose no rail pay over Stripe from now on."""
        client = self.town.client()
        got = client.get("/v1/payment-rules")
        body = {name: value for name, value in got.json().items() if name != "approval"} | {"rail": "stripe"}
        headers = {"If-Match": got.headers["ETag"], "Idempotency-Key": "over stripe"}
        assert client.put("/v1/payment-rules", json=body, headers=headers).status_code == 200

    def forward(self, microseconds: int) -> None:
        """Time goes by, at Stripe too."""
        self.control("clock", to=self.town.clock.forward(microseconds) // SECOND)

    def work(self, *names: str) -> None:
        """Do those of these jobs that are due, again and again until none is."""
        worker = Worker(self.town.alliances, kinds=[kind for kind in job_kinds() if kind.name in names])
        worker.run_due()
        worker.stop()
