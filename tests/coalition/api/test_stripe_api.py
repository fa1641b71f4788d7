"""An alliance's account at Stripe over HTTP: its shops' pages, webhooks as they come, and what the server does then."""

import json
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import Role
from coalition.access.invite import add_invited_user, server_caller
from coalition.alliance import Alliances
from coalition.fake_stripe.webhooks import signature
from coalition.payments.rails.stripe import stripe_at, stripe_receivers
from coalition.payments.stripe_account import week_limits
from coalition.programme.open_alliance import open_alliance
from coalition.settings import SettingsInvalid
from settlement import BookNotFound
from tests.pages.page_town import PageTown
from tests.pages.visitor import Visitor
from tests.support.clock import DAY, MINUTE
from tests.support.settling import code
from tests.support.stripe import START
from tests.support.stripe_town import SECRETS, StripeTown
from tests.support.tokens import Tokens, bearing
from tests.support.town_api import RULES, ApiTown, purchase


@pytest.fixture
def manager(town: ApiTown, at_stripe: StripeTown) -> Callable[[str], TestClient]:
    """Makes managers of shops, who are logged in."""

    def new(shop: str) -> TestClient:
        token = Tokens(town.database, town.alliance.id, town.clock()).new(Role.MANAGER, shop)
        return TestClient(town.app, headers=bearing(token), raise_server_exceptions=False)

    return new


def test_an_owner_goes_through_stripes_pages_and_the_shop_can_be_paid_and_collected_from(
    at_stripe: StripeTown, manager: Callable[[str], TestClient]
) -> None:
    at_stripe.use_stripe()
    ann = manager("bakery")
    assert code(at_stripe.page(ann, "bakery", "mandate")) == (409, "stripe_missing")
    asked = {"country": "DE", "email": "bakery@example.com"}
    url = at_stripe.page(ann, "bakery", "onboarding", **asked).json()["url"]
    assert at_stripe.account("bakery")["pay_problem"] is not None
    assert at_stripe.submit(url) == "https://town.example/done"
    # The link is used up: then there is a new one, for the same account.
    assert at_stripe.control.http.get(url).status_code == 410
    again = at_stripe.page(ann, "bakery", "onboarding", **asked).json()["url"]
    assert at_stripe.control.http.get(again).status_code == 200
    mandate = at_stripe.page(ann, "bakery", "mandate").json()["url"]
    assert at_stripe.submit(mandate, payment_method="pm_success_de") == "https://town.example/done"
    at_stripe.work("stripe.refresh")
    account = at_stripe.account("bakery")
    assert (account["used"], account["pay_problem"], account["collect_problem"]) == ("stripe", None, None)
    log = at_stripe.town.client().get("/v1/audit-log", params={"target": "bakery"}).json()["data"]
    assert {entry["action"] for entry in log} >= {"stripe.onboarding"}


def test_an_address_at_stripe_is_the_profiles_or_given(
    at_stripe: StripeTown, manager: Callable[[str], TestClient]
) -> None:
    ann = manager("bakery")
    assert at_stripe.page(ann, "bakery", "onboarding", country="DE").status_code == 422
    refused = at_stripe.page(ann, "bakery", "onboarding", country="ZZ", email="a@b.example")
    assert code(refused) == (422, "country_not_served")
    assert [each["field"] for each in refused.json()["fields"]] == ["country"]
    assert at_stripe.page(ann, "cafe", "onboarding", country="DE", email="a@b.example").status_code == 404


def test_a_deposit_is_topped_up_on_one_page_for_one_key(
    at_stripe: StripeTown, manager: Callable[[str], TestClient]
) -> None:
    ann = manager("bakery")
    at_stripe.onboard(ann, "bakery")
    at_stripe.work("stripe.refresh")
    first, again = (at_stripe.page(ann, "bakery", "top-up", "t1", amount_minor=5_000) for _ in range(2))
    assert (first.status_code, first.json()) == (200, again.json())
    assert code(at_stripe.page(ann, "bakery", "top-up", "t1", amount_minor=5_001)) == (409, "payment_refused")
    at_stripe.submit(first.json()["url"], payment_method="pm_success_de")
    at_stripe.forward(14 * DAY)
    at_stripe.work("stripe.poll")
    (payment,) = ann.get("/v1/payments").json()["data"]
    assert (payment["purpose"], payment["state"]) == ("deposit", "paid")
    assert at_stripe.town.client().get("/v1/shops/bakery/risk").json()["deposit_minor"] == 5_000


def test_a_window_is_settled_over_stripe_by_its_jobs_alone_once_it_was_begun(at_stripe: StripeTown) -> None:
    town, client = at_stripe.town, at_stripe.town.client()
    at_stripe.use_stripe()
    for shop in ("bakery", "cafe"):
        at_stripe.onboard(client, shop)
    at_stripe.work("stripe.refresh")
    purchase(town.till(), "k1", amount_minor=100_000)
    purchase(town.till("cafe"), "k2", shop="cafe", amount_minor=5_000, points=3_000)
    at_stripe.forward(7 * DAY)
    at_stripe.work("windows.close")
    assert client.post("/v1/settlements/run").json()["collecting"] == 1
    for _ in range(20):
        at_stripe.forward(DAY)
        at_stripe.work("stripe.poll", "payments.drive")
    states = {
        (payment["shop"], payment["route"]): payment["state"] for payment in client.get("/v1/payments").json()["data"]
    }
    assert states == {("bakery", "collect"): "paid", ("cafe", "pay"): "paid"}
    rails = {
        reconciliation["rail"]: reconciliation["agrees"]
        for reconciliation in client.post("/v1/settlements/reconcile").json()
    }
    assert rails["stripe"] is True


def test_a_mandate_that_is_revoked_is_told_by_a_webhook_and_acted_on_at_once(at_stripe: StripeTown) -> None:
    at_stripe.use_stripe()
    client = at_stripe.town.client()
    at_stripe.onboard(client, "bakery")
    at_stripe.work("stripe.refresh", "stripe.events")
    assert at_stripe.account("bakery")["collect_problem"] is None
    mandate = at_stripe.mandate("bakery")
    at_stripe.control(f"mandates/{mandate}/revoke")
    at_stripe.forward(MINUTE // 2)
    bring(at_stripe, "mandate.updated")
    # The job is not due for half a minute yet: the webhook woke it.
    at_stripe.work("stripe.events")
    assert "ended" in at_stripe.account("bakery")["collect_problem"]
    at_stripe.forward(DAY)
    at_stripe.work("stripe.refresh", "stripe.poll")
    (event,) = client.get("/v1/events", params={"type": "mandate.ended"}).json()["data"]
    assert event["data"]["participant"] == "bakery"


def test_a_refusal_at_registration_is_the_reason_why_the_shop_can_not_be_paid(at_stripe: StripeTown) -> None:
    at_stripe.use_stripe()
    client, asked = at_stripe.town.client(), {"country": "DE", "email": "bakery@example.com"}
    account = stripe_at(at_stripe.town.alliance)
    assert account is not None
    # The answer to somebody who had typed another country was lost.
    account.connection.client.v1.accounts.create({"country": "FR"}, {"idempotency_key": "account:bakery:1"})
    assert code(at_stripe.page(client, "bakery", "onboarding", **asked)) == (409, "stripe_refused")
    assert "Keys for idempotent requests" in at_stripe.account("bakery")["pay_problem"]
    chinese = client.get("/v1/shops/bakery/payment-account", headers={"Accept-Language": "zh"}).json()
    assert chinese["pay_problem"].startswith("Stripe 拒绝为其开设账户")
    at_stripe.work("stripe.refresh")
    assert "Stripe refused" in at_stripe.account("bakery")["pay_problem"]
    # Asked for again, it is another registration.
    at_stripe.onboard(client, "bakery")
    at_stripe.forward(DAY)
    at_stripe.work("stripe.refresh")
    assert at_stripe.account("bakery")["pay_problem"] is None


def test_a_closed_account_is_told_by_a_webhook_and_replaced(at_stripe: StripeTown) -> None:
    at_stripe.use_stripe()
    client = at_stripe.town.client()
    at_stripe.onboard(client, "bakery")
    at_stripe.work("stripe.refresh", "stripe.events")
    first = at_stripe.account("bakery")["details"]["account"]
    at_stripe.control(f"accounts/{first}/close")
    at_stripe.forward(MINUTE // 2)
    # Nobody can list the events of an account that is closed.
    kind, application = "account.application.deauthorized", {"id": "ca_1", "object": "application"}
    event = {"id": "evt_1", "object": "event", "type": kind, "account": first, "created": START}
    assert bring(at_stripe, kind, body=json.dumps(event | {"data": {"object": application}})) == 200
    at_stripe.work("stripe.events")
    assert "was closed" in at_stripe.account("bakery")["pay_problem"]
    at_stripe.onboard(client, "bakery", None)
    at_stripe.forward(DAY)
    at_stripe.work("stripe.refresh")
    account = at_stripe.account("bakery")
    assert account["pay_problem"] is None
    assert account["details"]["account"] != first


def test_an_account_that_stripe_stops_is_seen_by_the_daily_look(at_stripe: StripeTown) -> None:
    at_stripe.use_stripe()
    at_stripe.onboard(at_stripe.town.client(), "bakery")
    at_stripe.work("stripe.refresh")
    account = at_stripe.account("bakery")["details"]["account"]
    at_stripe.control(f"accounts/{account}/restrict")
    at_stripe.work("stripe.refresh")
    assert at_stripe.account("bakery")["pay_problem"] is None
    at_stripe.forward(DAY)
    at_stripe.work("stripe.refresh")
    assert at_stripe.account("bakery")["pay_problem"] is not None


def test_webhooks_go_to_the_alliance_that_the_settings_name(
    at_stripe: StripeTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = at_stripe.town
    other = open_alliance(town.database, replace(RULES, name="New Town"), town.clock)
    assert set(stripe_receivers(Alliances(town.database, town.clock))) == {town.alliance.id}
    monkeypatch.setenv("COALITION_STRIPE_ALLIANCE", "New Town")
    assert set(stripe_receivers(Alliances(town.database, town.clock))) == {other.alliance_id}
    monkeypatch.setenv("COALITION_STRIPE_ALLIANCE", "Nowhere")
    with pytest.raises(BookNotFound):
        stripe_receivers(Alliances(town.database, town.clock))
    monkeypatch.delenv("COALITION_STRIPE_KEY")
    assert stripe_receivers(Alliances(town.database, town.clock)) == {}


@pytest.mark.parametrize("text", ["sepa=100", "sepa_debit", "sepa_debit=0", "sepa_debit=1.234", "card=5, ach=5"])
def test_a_weeks_limit_that_can_not_be_read_says_how_it_is_written(text: str) -> None:
    assert week_limits(" sepa_debit = 10000.00,card=5,", 2) == {"sepa_debit": 1_000_000, "card": 500}
    with pytest.raises(SettingsInvalid, match="write METHOD=AMOUNT"):
        week_limits(text, 2)


@pytest.mark.parametrize(("secret", "status"), [("whsec_old", 200), ("whsec_new", 200), ("whsec_gone", 400)])
def test_a_webhook_is_signed_by_any_secret_that_is_set(at_stripe: StripeTown, secret: str, status: int) -> None:
    at_stripe.onboard(at_stripe.town.client(), "bakery")
    assert bring(at_stripe, "checkout.session.completed", secret) == status


def bring(at_stripe: StripeTown, kind: str, secret: str = SECRETS[0], body: str = "") -> int:
    """Bring the newest event of a type to the server, or the one that is given; the answer's status."""
    body = body or at_stripe.newest(kind)
    headers = {"Stripe-Signature": signature(body, secret, int(time.time()))}
    path = f"/v1/alliances/{at_stripe.town.alliance.id}/stripe/webhooks"
    return at_stripe.receiving().post(path, content=body, headers=headers).status_code


def test_an_owner_is_led_to_stripes_pages_by_the_console(at_stripe: StripeTown) -> None:
    at_stripe.use_stripe()
    town = at_stripe.town
    with town.database.engine.begin() as connection:
        person, _ = add_invited_user(
            connection,
            server_caller(town.alliance.id),
            "mona@sommer.example",
            "Mona",
            Role.MANAGER,
            "bakery",
            "en",
            town.clock(),
        )
    mona = Visitor(PageTown(town, "http://localhost", {}), person.caller())
    here = "/console/payments/accounts"
    (form,) = mona.open(here).all("form", action=f"{here}/bakery/onboarding")
    assert {each.attributes["name"] for each in form.all("input")} == {"csrf", "email", "country"}
    assert mona.send(f"{here}/bakery/onboarding", email="mona@sommer.example", country="de") == 200
    (link,) = mona.page.all("a", rel="noreferrer")
    back = at_stripe.submit(link.attributes["href"])
    assert back.startswith(f"http://localhost{here}?")
    mona.open(back.removeprefix("http://localhost"))
    assert "Not yet" in mona.words, "Stripe has not said anything yet"
    assert mona.send(f"{here}/bakery/mandate") == 200
    (link,) = mona.page.all("a", rel="noreferrer")
    at_stripe.submit(link.attributes["href"], payment_method="pm_success_de")
    at_stripe.work("stripe.refresh")
    mona.open(here)
    assert "Not yet" not in mona.words
    assert not mona.page.all("form", action=f"{here}/bakery/mandate")
