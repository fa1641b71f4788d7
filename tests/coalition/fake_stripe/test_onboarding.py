"""Connected accounts: nobody is paid before the owner has onboarded, nor while Stripe has stopped them."""

import httpx2 as httpx
import pytest
import stripe

from tests.support.stripe import Control, Town


def new_account(client: stripe.StripeClient) -> str:
    return client.v1.accounts.create(
        {"type": "express", "country": "DE", "capabilities": {"transfers": {"requested": True}}}
    ).id


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


def test_an_account_can_be_deleted_when_it_is_empty(client: stripe.StripeClient, control: Control) -> None:
    account = new_account(client)
    control(f"accounts/{account}/onboard")
    assert [each.id for each in client.v1.accounts.list().data] == [account]
    control("funds", amount=5, currency="eur", account=account)
    with pytest.raises(stripe.InvalidRequestError, match="not zero"):
        client.v1.accounts.delete(account)
    client.v1.payouts.create({"amount": 5, "currency": "eur"}, {"stripe_account": account})
    client.v1.accounts.delete(account)
    assert client.v1.accounts.list().data == []
