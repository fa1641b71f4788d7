"""The fake takes what the pinned library's typed parameters describe, and nothing else."""

import re
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
import stripe

from coalition.fake_stripe import FakeStripe
from coalition.fake_stripe.endpoints import ALL
from tests.support.stripe import Control, Town

TRANSFER = {"amount": "100", "currency": "eur", "destination": "acct_1Nobody"}


@pytest.fixture
def post(fake: FakeStripe) -> Any:
    """A raw form POST, for what the library would not send: the error object of the answer."""

    def send(path: str, **form: str) -> dict[str, Any]:
        answer = httpx.post(f"{fake.url}{path}", data=form, headers={"Authorization": "Bearer sk_test_x"})
        error: dict[str, Any] = answer.json()["error"]
        assert answer.status_code == 400
        assert error["type"] == "invalid_request_error"
        return error

    return send


@pytest.mark.parametrize(
    ("path", "form", "code", "param"),
    [
        ("/v1/transfers", {**TRANSFER, "amuont": "1"}, "parameter_unknown", "amuont"),
        ("/v1/transfers", {"amount": "1", "destination": "x"}, "parameter_missing", "currency"),
        (
            "/v1/transfers",
            {"currency": "eur", "destination": "x", "amount": "1.5"},
            "parameter_invalid_integer",
            "amount",
        ),
        ("/v1/transfers", {"currency": "eur", "destination": "x", "amount": ""}, "parameter_invalid_empty", "amount"),
        (
            "/v1/payment_intents",
            {"amount": "100", "currency": "eur", "payment_method_options[card][colour]": "red"},
            "parameter_unknown",
            "payment_method_options[card][colour]",
        ),
        (
            "/v1/payment_intents",
            {"amount": "100", "currency": "eur", "payment_method_types[0]": "card"},
            "payment_method_types_no_longer_supported",
            "payment_method_types",
        ),
        ("/v1/payment_intents", {"amount": "100", "currency": "eur", "confirm": "yes"}, None, "confirm"),
        ("/v1/payment_intents", {"amount": "100", "currency": "eur", "metadata": "x"}, None, "metadata"),
        ("/v1/payment_intents", {"amount": "100", "currency": "euros", "confirm": "true"}, None, "currency"),
        ("/v1/account_links", {"account": "acct_1x", "type": "onboarding"}, None, "type"),
        (
            "/v1/webhook_endpoints",
            {"url": "http://x", "enabled_events[0]": "charge.succeded"},
            None,
            "enabled_events[0]",
        ),
        ("/v1/webhook_endpoints", {"url": "ftp://x", "enabled_events[0]": "*"}, None, "url"),
        ("/v1/checkout/sessions", {"success_url": "https://x"}, "parameter_missing", "mode"),
        ("/v1/customers", {"metadata[" + "k" * 41 + "]": "x"}, None, "metadata"),
        ("/v1/customers", {"metadata[key]": "x" * 501}, None, "metadata[key]"),
    ],
)
def test_a_request_that_stripe_would_not_take_is_refused(
    post: Any, path: str, form: dict[str, str], code: str | None, param: str
) -> None:
    error = post(path, **form)
    assert (error.get("code"), error["param"]) == (code, param)


def test_a_parameter_that_the_fake_would_ignore_is_refused_too(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create({"amount": 1000, "currency": "eur", "application_fee_amount": 10})
    assert (refused.value.code, refused.value.param) == ("fake_does_not_act_on", "application_fee_amount")


def test_every_endpoint_is_one_of_the_librarys_with_the_parameters_that_it_has_there() -> None:
    call = re.compile(r'params: (?:Optional\[)?"(\w+)".*?"(get|post|delete)",\s*"(/v1/[^"]+)"', re.DOTALL)
    library = {
        (match[2].upper(), re.sub(r"\{\w+\}", "{}", match[3])): match[1]
        for source in Path(stripe.__file__).parent.rglob("_*_service.py")
        for match in call.finditer(source.read_text())
    }
    for endpoint in ALL:
        assert library[endpoint.method, endpoint.path] == endpoint.typed.__name__, endpoint.name


def test_what_an_endpoint_acts_on_is_among_its_parameters() -> None:
    for endpoint in ALL:
        for name in endpoint.acts_on - {"expand"}:
            assert name.split(".")[0] in endpoint.shape.fields, f"{endpoint.name}: {name}"


@pytest.mark.parametrize("key", ["a[b", "[a]", "a]"])
def test_a_key_that_does_not_read_is_refused(post: Any, key: str) -> None:
    assert "is no key" in post("/v1/customers", **{key: "x"})["message"]


def test_an_unknown_url_is_not_found(fake: FakeStripe) -> None:
    answer = httpx.get(f"{fake.url}/v1/invoices", headers={"Authorization": "Bearer sk_test_x"})
    assert answer.status_code == 404
    assert "Unrecognized request URL (GET: /v1/invoices)" in answer.json()["error"]["message"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer sk_live_x"}, {"Authorization": "Basic x"}])
def test_without_a_test_key_there_is_no_answer(fake: FakeStripe, headers: dict[str, str]) -> None:
    assert httpx.get(f"{fake.url}/v1/balance", headers=headers).status_code == 401


def test_another_api_version_is_refused(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Invalid Stripe API version"):
        client.v1.balance.retrieve(options={"stripe_version": "2020-08-27"})


@pytest.mark.parametrize(
    ("amount", "currency", "code"),
    [
        (49, "eur", "amount_too_small"),
        (29, "gbp", "amount_too_small"),
        (49, "jpy", "amount_too_small"),
        (100_000_000, "eur", "amount_too_large"),
        (0, "eur", "parameter_invalid_integer"),
        (-5, "eur", "parameter_invalid_integer"),
        (1_001, "kwd", None),
        (1_050, "isk", None),
    ],
)
def test_an_amount_that_cannot_be_charged_is_refused(
    client: stripe.StripeClient, amount: int, currency: str, code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.payment_intents.create({"amount": amount, "currency": currency, "confirm": True})
    assert (refused.value.code, refused.value.param) == (code, "amount")


@pytest.mark.parametrize(("amount", "currency"), [(50, "eur"), (50, "jpy"), (1_230, "kwd"), (99_999_999, "usd")])
def test_amounts_at_the_limits_are_taken_whatever_the_decimals(
    client: stripe.StripeClient, town: Town, amount: int, currency: str
) -> None:
    paid = town.charge(amount, "pm_card_bypassPending", currency)
    assert (paid.amount_received, paid.currency) == (amount, currency)
    assert town.available(currency) == amount - (amount * 150 + 5_000) // 10_000 - 25


def test_three_decimal_amounts_of_transfers_end_in_zero_too(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    control("funds", amount=10_000, currency="kwd")
    account = town.creditor()
    with pytest.raises(stripe.InvalidRequestError, match="last digit"):
        client.v1.transfers.create({"amount": 1_234, "currency": "kwd", "destination": account})
    client.v1.transfers.create({"amount": 1_230, "currency": "kwd", "destination": account})
    assert town.available("kwd", account) == 1_230
