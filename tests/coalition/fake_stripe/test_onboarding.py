"""Connected accounts: nobody is paid before the owner has onboarded, nor while Stripe has stopped them."""

from typing import Any

import httpx2 as httpx
import pytest
import stripe

from tests.support.stripe import EXPRESS, Control, Town

BOTH: Any = {name: {"requested": True} for name in ("card_payments", "transfers")}
ALONE: Any = {"transfers": {"requested": True}}


def new_account(client: stripe.StripeClient, country: str = "DE", **more: Any) -> str:
    asked: Any = {"controller": EXPRESS, "country": country, "capabilities": BOTH, **more}
    return client.v1.accounts.create(asked).id


def test_an_account_needs_everything_until_its_owner_has_onboarded(
    client: stripe.StripeClient, control: Control
) -> None:
    account = new_account(client)
    before = client.v1.accounts.retrieve(account)
    assert not before.payouts_enabled
    assert before.requirements
    assert before.requirements.currently_due
    control(f"accounts/{account}/onboard")
    after = client.v1.accounts.retrieve(account)
    assert after.payouts_enabled
    assert after.requirements
    assert after.requirements.currently_due == []
    assert after.capabilities
    assert after.capabilities.transfers == "active"


def test_a_transfer_to_an_account_that_has_not_onboarded_is_refused(
    client: stripe.StripeClient, control: Control
) -> None:
    control("funds", amount=10_000, currency="eur")
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.transfers.create({"amount": 100, "currency": "eur", "destination": new_account(client)})
    assert refused.value.code == "insufficient_capabilities_for_transfer"


def test_a_transfer_to_an_account_that_stripe_has_stopped_is_refused(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    control("funds", amount=10_000, currency="eur")
    account = town.creditor()
    control(f"accounts/{account}/restrict", reason="rejected.fraud")
    with pytest.raises(stripe.InvalidRequestError, match="capabilities"):
        client.v1.transfers.create({"amount": 100, "currency": "eur", "destination": account})
    with pytest.raises(stripe.InvalidRequestError, match="payouts are not enabled"):
        client.v1.payouts.create({"amount": 100, "currency": "eur"}, {"stripe_account": account})


def test_the_link_leads_through_a_page_back_to_where_it_came_from(client: stripe.StripeClient) -> None:
    account = new_account(client)
    link = client.v1.account_links.create(
        {"account": account, "type": "account_onboarding", "return_url": "http://x/back", "refresh_url": "http://x/new"}
    )
    assert "完成" in httpx.get(link.url).text
    answer = httpx.post(link.url)
    assert (answer.status_code, answer.headers["location"]) == (303, "http://x/back")
    assert client.v1.accounts.retrieve(account).details_submitted
    assert httpx.get(link.url).status_code == 410


def test_a_link_is_over_after_some_minutes(client: stripe.StripeClient, control: Control) -> None:
    link = client.v1.account_links.create({"account": new_account(client), "type": "account_onboarding"})
    control("clock", advance_seconds=301)
    assert httpx.get(link.url).status_code == 410
    assert httpx.post(link.url).status_code == 410


def test_somebody_elses_account_is_forbidden(client: stripe.StripeClient) -> None:
    with pytest.raises(stripe.PermissionError) as refused:
        client.v1.balance.retrieve(options={"stripe_account": "acct_1Nobody"})
    assert refused.value.http_status == 403


def test_an_account_that_its_owner_closed_is_seen_no_more(client: stripe.StripeClient, control: Control) -> None:
    account = new_account(client)
    control(f"accounts/{account}/close")
    with pytest.raises(stripe.PermissionError, match="revoked"):
        client.v1.accounts.retrieve(account)
    with pytest.raises(stripe.InvalidRequestError, match="No such destination"):
        client.v1.transfers.create({"amount": 100, "currency": "eur", "destination": account})


RECIPIENT: Any = {"tos_acceptance": {"service_agreement": "recipient"}}


@pytest.mark.parametrize(
    ("home", "country", "more", "refusal"),
    [
        ("DE", "NP", {}, "NP is not currently supported by Stripe"),
        ("AU", "DE", {}, "DE is not currently supported by Stripe"),
        ("DE", "DE", {"capabilities": ALONE}, "needs approval for accounts to have requested the `transfers`"),
        ("US", "MY", {"capabilities": ALONE}, "under the `recipient` service agreement"),
        ("US", "MY", RECIPIENT, "`card_payments` capability can't be requested"),
    ],
)
def test_an_account_is_refused_by_its_country_agreement_and_capabilities(
    client: stripe.StripeClient, control: Control, home: str, country: str, more: dict[str, Any], refusal: str
) -> None:
    control.start_over(home)
    with pytest.raises(stripe.InvalidRequestError, match=refusal):
        new_account(client, country, **more)


def test_transfers_alone_take_stripes_approval(client: stripe.StripeClient, control: Control) -> None:
    control("platform", transfers_alone=True)
    account = client.v1.accounts.retrieve(new_account(client, capabilities=ALONE))
    assert account.capabilities
    assert account.capabilities.to_dict() == {"transfers": "inactive"}


@pytest.mark.parametrize(
    ("home", "country", "more", "refusal"),
    [
        ("DE", "US", {}, ""),
        ("US", "MY", {"capabilities": ALONE, **RECIPIENT}, ""),
        ("DE", "US", {"capabilities": ALONE, **RECIPIENT}, "Funds can't be sent to accounts located in US"),
    ],
)
def test_money_crosses_a_border_under_the_agreement_for_that_border_only(
    client: stripe.StripeClient, control: Control, home: str, country: str, more: dict[str, Any], refusal: str
) -> None:
    control.start_over(home)
    currency = client.v1.accounts.retrieve_current().default_currency
    assert currency
    control("funds", amount=10_000, currency=currency)
    account = new_account(client, country, **more)
    control(f"accounts/{account}/onboard")
    asked: Any = {"amount": 100, "currency": currency, "destination": account}
    if refusal:
        with pytest.raises(stripe.InvalidRequestError, match=refusal):
            client.v1.transfers.create(asked)
    else:
        assert client.v1.transfers.create(asked).destination == account


def test_a_platform_pays_its_balance_out_every_day_until_it_is_told_not_to(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    control("start_over")
    control("funds", amount=5_000, currency="eur")
    control.days(1)
    assert town.available() == 0
    own = client.v1.accounts.retrieve_current()
    assert own.settings
    assert own.settings.payouts
    assert own.settings.payouts.schedule.interval == "daily"


def test_a_country_says_where_its_platforms_pay(client: stripe.StripeClient) -> None:
    assert {"US", "CH"} <= set(client.v1.country_specs.retrieve("DE").supported_transfer_countries)
    assert client.v1.country_specs.retrieve("AU").supported_transfer_countries == ["AU"]
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.country_specs.retrieve("NP")


def test_a_payout_that_its_bank_sent_back_is_on_the_balance_again(
    client: stripe.StripeClient, control: Control, town: Town
) -> None:
    account = town.creditor()
    control("funds", amount=5_000, currency="eur", account=account)
    client.v1.payouts.create({"amount": 5_000, "currency": "eur"}, {"stripe_account": account})
    control(f"accounts/{account}/fail_payouts")
    assert town.available(account=account) == 5_000
    assert not client.v1.accounts.retrieve(account).payouts_enabled
    control(f"accounts/{account}/onboard")
    assert client.v1.accounts.retrieve(account).payouts_enabled
