"""`coalition serve --sandbox` with its Stripe: a real server, and everything over HTTP as a developer would do it."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2 as httpx

from tests.support.command import start
from tests.support.served import free_port

PAGE = {"done_url": "https://town.example/done", "back_url": "https://town.example/back"}
DAY_SECONDS = 86_400
PATIENCE_SECONDS = 120


class Sandbox:
    """A sandbox that runs: its alliance, and its Stripe."""

    def __init__(self, url: str, exports: str, levers: str) -> None:
        self.keys = dict(re.findall(r"export (\w+)=(\S+)", exports))
        headers = {"Authorization": f"Bearer {self.keys['OPERATOR_KEY']}"}
        self.http = httpx.Client(base_url=f"{url}/v1", headers=headers, timeout=60)
        self.stripe = httpx.Client(base_url=levers, timeout=60)

    def get(self, path: str) -> Any:
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, key: str = "", **body: object) -> Any:
        answer = self.http.post(path, json=body, headers={"Idempotency-Key": key} if key else {})
        assert answer.status_code < 300, answer.text
        return answer.json()

    def submit(self, url: str, **form: str) -> None:
        """The owner fills in a page of Stripe's."""
        assert self.stripe.post(url, data=form, follow_redirects=False).headers["Location"] == PAGE["done_url"]

    def forward(self, seconds: int) -> None:
        """Time goes by, for the alliance and so for its Stripe."""
        # Its Stripe follows at any moment from then on, so what it showed is read first.
        now = self.stripe.get("clock").json()["now"]
        self.post("/alliance/clock", advance_seconds=seconds)
        until(lambda: self.stripe.get("clock").json()["now"] >= now + seconds)

    def problems(self, shop: str) -> tuple[str | None, str | None]:
        """Why a shop can't be collected from, and why it can't be paid."""
        account = self.get(f"/shops/{shop}/payment-account")
        return account["collect_problem"], account["pay_problem"]

    def payments(self) -> dict[tuple[str, str], str]:
        """Where payments stand, by shop and route."""
        return {(payment["shop"], payment["route"]): payment["state"] for payment in self.get("/payments")["data"]}


def until(fact: Callable[[], object]) -> None:
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not fact():
        assert time.monotonic() < give_up_at
        time.sleep(0.1)


@contextmanager
def sandbox(folder: Path) -> Iterator[Sandbox]:
    """A sandbox in a folder, for as long as a `with` lasts."""
    port, log = free_port(), folder / "log"
    options = ("--sandbox", "--port", port, "--database-url", "sqlite:///sandbox.db", "--env-file", "sandbox.env")
    with log.open("wb") as file:
        process = start("serve", *options, folder=folder, log=file, COALITION_RATE_SCALE="0")
    try:
        until(lambda: process.poll() is not None or b"startup complete" in log.read_bytes())
        assert process.poll() is None, log.read_text()
        url = f"http://127.0.0.1:{port}"
        until(lambda: is_ready(url))
        first_line = process.stdout.readline().decode() if process.stdout else ""
        made = Sandbox(url, (folder / "sandbox.env").read_text(), first_line.rsplit(" ", 1)[1].strip())
        with made.http, made.stripe:
            yield made
    finally:
        process.terminate()
        process.communicate()
    assert "Traceback" not in log.read_text()


def is_ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready").status_code == 200
    except httpx.TransportError:
        return False


def test_a_week_is_settled_over_the_sandboxs_stripe_which_forgets_when_it_stops(tmp_path: Path) -> None:
    with sandbox(tmp_path) as town:
        rules = town.http.get("/payment-rules")
        body = {name: value for name, value in rules.json().items() if name != "approval"} | {"rail": "stripe"}
        headers = {"If-Match": rules.headers["ETag"], "Idempotency-Key": "r1"}
        assert town.http.put("/payment-rules", json=body, headers=headers).status_code == 200

        for shop in ("bakery", "cafe"):
            details = {**PAGE, "country": "DE", "email": f"{shop}@example.com"}
            town.submit(town.post(f"/shops/{shop}/stripe/onboarding", **details)["url"])
            town.submit(town.post(f"/shops/{shop}/stripe/mandate", **PAGE)["url"], payment_method="pm_success_de")
        # Its webhooks tell of both, and the server acts on them by itself.
        until(lambda: town.problems("bakery") == town.problems("cafe") == (None, None))

        ann = town.post("/members", email="ann@example.com")["id"]
        town.post("/purchases", "k1", shop="bakery", member=ann, amount_minor=100_000)
        town.post("/purchases", "k2", shop="cafe", member=ann, amount_minor=5_000, points=3_000)
        town.forward(8 * DAY_SECONDS)
        (window,) = [each["id"] for each in town.get("/windows")["data"] if each["status"] == "due"]
        town.post(f"/windows/{window}/close")
        assert town.post("/settlements/run")["collecting"] == 1
        town.forward(10 * DAY_SECONDS)
        # The bank took its days, a webhook told of it.
        until(lambda: town.payments() == {("bakery", "collect"): "paid"})
        town.forward(10 * DAY_SECONDS)
        assert town.post("/settlements/run")["paying"] == 1
        assert town.payments() == {("bakery", "collect"): "paid", ("cafe", "pay"): "paid"}
        rails = {reconciliation["rail"]: reconciliation for reconciliation in town.post("/settlements/reconcile")}
        assert rails["stripe"]["agrees"], rails

    with sandbox(tmp_path) as again:
        assert None not in again.problems("bakery")
        # What Stripe took for the collection is the alliance's to bear, and the café waits for it.
        (row,) = again.get("/settlements")["outlook"]
        assert (row["shop"], row["net_minor"], row["next"]) == ("cafe", 35, "carry")
