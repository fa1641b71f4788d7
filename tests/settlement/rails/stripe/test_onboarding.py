"""Shops come to Stripe by its own pages: to be paid, to be collected from, to top up a deposit."""

from collections.abc import Callable
from typing import Any

import httpx2 as httpx
import pytest

from settlement.rails.port import Direction, PaymentAttempt, RailAccount, RailStatus
from settlement.rails.stripe import (
    CountryNotServed,
    Onboarding,
    StripeProblem,
    StripeRefused,
    StripeShop,
    StripeUnreachable,
    platform_problems,
    read_platform,
)
from settlement.rails.stripe.methods import offered
from settlement.rails.stripe.onboarding import on_a_page, refused

from .conftest import BACK, HURRIED, Scene

BAKERY = StripeShop("bakery", "Bakery", "bakery@example.com", "de")


def test_a_new_shop_can_neither_be_paid_nor_collected_from_and_each_step_takes_away_one_problem(scene: Scene) -> None:
    def problems(account: RailAccount) -> tuple[str, str]:
        return scene.rail.problem(account, Direction.PAY), scene.rail.problem(account, Direction.COLLECT)

    assert problems(RailAccount("bakery")) == (StripeProblem.NO_ACCOUNT, StripeProblem.NO_MANDATE)
    account = scene.onboarding.refresh(scene.onboarding.register(BAKERY, {}))
    assert problems(account) == (StripeProblem.DETAILS_MISSING, StripeProblem.NO_MANDATE)
    page = scene.onboarding.account_page(account, BACK)
    assert httpx.post(page, follow_redirects=False).headers["location"] == BACK.done_url
    account = scene.onboarding.refresh(account)
    assert problems(account) == ("", StripeProblem.NO_MANDATE)
    scene.give_mandate(account, "pm_success_de")
    account = scene.onboarding.refresh(account)
    assert problems(account) == ("", "")
    assert account.details["payment_method_type"] == "sepa_debit"


def test_registering_again_makes_nothing_twice(scene: Scene) -> None:
    first = scene.onboarding.register(BAKERY, {})
    assert scene.onboarding.register(BAKERY, {}) == first
    scene.control.days(3)
    again = scene.onboarding.register(BAKERY, first.details)
    assert again == scene.onboarding.refresh(first)
    assert again.details["account"] == first.details["account"]
    assert len(scene.client.v1.customers.list().data) == 1


def test_an_account_that_stripe_stops_can_not_be_paid(scene: Scene) -> None:
    account = scene.shop()
    scene.control(f"accounts/{account.details['account']}/restrict")
    account = scene.onboarding.refresh(account)
    assert scene.rail.problem(account, Direction.PAY) == StripeProblem.DETAILS_MISSING
    checked = RailAccount("bakery", {**account.details, "due": ""})
    assert scene.rail.problem(checked, Direction.PAY) == StripeProblem.TRANSFERS_INACTIVE


def test_an_account_that_is_closed_can_not_be_paid_and_the_rest_is_still_read(scene: Scene) -> None:
    account = scene.shop()
    scene.control(f"accounts/{account.details['account']}/close")
    account = scene.onboarding.refresh(account)
    assert scene.rail.problem(account, Direction.PAY) == StripeProblem.ACCOUNT_CLOSED
    assert scene.rail.problem(account, Direction.COLLECT) == ""


def test_a_shop_that_closed_its_account_is_registered_again_under_another_one(scene: Scene) -> None:
    closed = scene.shop()
    scene.control(f"accounts/{closed.details['account']}/close")
    # Whether or not anybody has looked since.
    french = BAKERY._replace(country="FR")
    again = scene.onboarding.register(french, closed.details)
    assert again.details["account"] != closed.details["account"]
    assert (again.details["customer"], again.details["country"]) == (closed.details["customer"], "FR")
    assert scene.onboarding.register(french, closed.details) == again
    scene.control(f"accounts/{again.details['account']}/onboard")
    assert scene.rail.problem(scene.onboarding.refresh(again), Direction.PAY) == ""


BOTH, ALONE = {"card_payments", "transfers"}, {"transfers"}


@pytest.mark.parametrize(
    ("home", "country", "agreement", "capabilities"),
    [
        ("DE", "DE", "full", BOTH),
        ("DE", "GB", "full", BOTH),
        ("GB", "US", "full", BOTH),
        ("AU", "AU", "full", BOTH),
        ("US", "JP", "recipient", ALONE),
    ],
)
def test_an_account_is_opened_under_the_agreement_of_its_border_with_what_that_needs(
    scene: Scene, home: str, country: str, agreement: str, capabilities: set[str]
) -> None:
    scene.control("platform", country=home)
    account = scene.shop(country=country, pays_by=None)
    made = scene.client.v1.accounts.retrieve(account.details["account"])
    assert (made.tos_acceptance.service_agreement if made.tos_acceptance else None) == agreement
    assert set(made.capabilities.to_dict() if made.capabilities else {}) == capabilities
    assert made.controller
    assert made.controller.losses
    assert made.controller.stripe_dashboard
    assert (made.controller.losses.payments, made.controller.stripe_dashboard.type) == ("application", "express")
    currency = scene.client.v1.accounts.retrieve_current().default_currency
    assert currency
    scene.control("funds", amount=1_000, currency=currency)
    paid: Any = {"amount": 1_000, "currency": currency, "destination": account.details["account"]}
    assert scene.client.v1.transfers.create(paid).amount == 1_000


@pytest.mark.parametrize(("home", "country"), [("DE", "XX"), ("DE", "MY"), ("AU", "NZ")])
def test_a_country_that_stripe_does_not_serve_is_refused_before_anything_is_made(
    scene: Scene, home: str, country: str
) -> None:
    scene.control("platform", country=home)
    with pytest.raises(CountryNotServed, match=f"an account in `{home}` pay none in `{country}`"):
        scene.onboarding.register(BAKERY._replace(country=country), {})
    assert scene.client.v1.customers.list().data == []


def test_a_refusal_is_named_and_the_next_registration_is_another_one(scene: Scene) -> None:
    # What Stripe has answered under a key comes again for a day; after a refusal the key is another one.
    scene.control("faults", kind="error", path="/v1/accounts", method="POST")
    for _ in range(2):
        with pytest.raises(StripeUnreachable):
            scene.onboarding.register(BAKERY, {})
    error = StripeRefused("open a connected account", "invalid", "Your platform needs approval.")
    details = refused({}, error)
    account = RailAccount("bakery", details)
    assert "needs approval" in scene.rail.problem(account, Direction.PAY)
    again = scene.onboarding.register(BAKERY, details)
    assert scene.rail.problem(scene.onboarding.refresh(again), Direction.PAY) == StripeProblem.DETAILS_MISSING


def test_payouts_that_a_shops_bank_sends_back_stop_its_payments_until_it_corrects_the_bank_account(
    scene: Scene,
) -> None:
    account = scene.shop()
    scene.control(f"accounts/{account.details['account']}/fail_payouts")
    assert scene.rail.problem(scene.onboarding.refresh(account), Direction.PAY) == StripeProblem.PAYOUTS_DISABLED
    scene.control(f"accounts/{account.details['account']}/onboard")
    assert scene.rail.problem(scene.onboarding.refresh(account), Direction.PAY) == ""


def test_small_deposits_wait_for_the_owner_who_is_sent_where_to_confirm_them(new_scene: Callable[..., Scene]) -> None:
    scene = new_scene("USD")
    account = scene.shop(pays_by="pm_usBankAccount_smallDeposits", country="US")
    problem = scene.rail.problem(account, Direction.COLLECT)
    page = account.details["confirm_at"]
    assert problem.endswith(page)
    assert "small deposits" in problem
    assert httpx.post(page).status_code == 200
    account = scene.onboarding.refresh(account)
    assert scene.rail.problem(account, Direction.COLLECT) == ""
    assert "confirm_at" not in account.details


@pytest.mark.parametrize(
    ("currency", "country", "pays_by", "waits", "fee"),
    [
        ("GBP", "GB", "pm_bacsDebit_success", StripeProblem.MANDATE_PENDING, 400),
        ("AUD", "AU", "pm_auBecsDebit_success", "", 350),
    ],
)
def test_pounds_and_australian_dollars_are_collected_and_paid_once_the_bank_has_confirmed_the_mandate(
    new_scene: Callable[..., Scene], currency: str, country: str, pays_by: str, waits: str, fee: int
) -> None:
    scene = new_scene(currency)
    account = scene.shop("bakery", pays_by, country)
    assert scene.rail.problem(account, Direction.COLLECT) == waits
    scene.control.days(5)
    account = scene.onboarding.refresh(account)
    assert scene.rail.problem(account, Direction.COLLECT) == ""
    attempt = scene.attempt(account, 50_000)
    assert scene.rail.instruct([attempt])[0].status is RailStatus.PENDING
    scene.control.days(7)
    paid = scene.rail.observe([attempt])[0]
    assert (paid.status, paid.fee_minor) == (RailStatus.PAID, fee)
    assert scene.rail.instruct([scene.pay(account, 49_000)])[0].status is RailStatus.PAID
    assert platform_problems(read_platform(scene.connection), currency) == []


@pytest.mark.parametrize(
    ("currency", "kind", "greatest"),
    [
        ("EUR", "sepa_debit", 1_000_000),
        ("GBP", "bacs_debit", 10_000_000),
        ("EUR", "card", 99_999_999),
        ("KWD", "card", 99_999_990),
    ],
)
def test_the_greatest_amount_is_that_of_the_method(
    new_scene: Callable[..., Scene], currency: str, kind: str, greatest: int
) -> None:
    rail = new_scene(currency, 3 if currency == "KWD" else 2).rail
    assert rail.greatest_minor(RailAccount("bakery", {"payment_method_type": kind})) == greatest


@pytest.mark.parametrize(
    ("platform", "currency", "problem"),
    [
        ({"payouts": "daily"}, "EUR", "set payouts to manual"),
        ({"country": "US"}, "EUR", "Stripe converts EUR into USD"),
        ({"capabilities": False}, "EUR", "`sepa_debit` is not switched on"),
    ],
)
def test_what_the_platform_must_have_switched_on_is_named(
    scene: Scene, platform: dict[str, Any], currency: str, problem: str
) -> None:
    assert platform_problems(read_platform(scene.connection), currency) == []
    scene.control("platform", **platform)
    problems = platform_problems(read_platform(scene.connection), currency)
    assert any(problem in each for each in problems), problems


def test_a_mandate_that_was_withdrawn_has_ended_and_a_new_one_takes_its_place(scene: Scene) -> None:
    account = scene.shop()
    first = account.details["payment_method"]
    mandate = next(iter(scene.client.v1.setup_intents.list())).mandate
    scene.control(f"mandates/{mandate}/revoke")
    account = scene.onboarding.refresh(account)
    assert scene.rail.problem(account, Direction.COLLECT) == StripeProblem.MANDATE_ENDED
    scene.give_mandate(account, "pm_card_visa")
    account = scene.onboarding.refresh(account)
    assert scene.rail.problem(account, Direction.COLLECT) == ""
    assert account.details["payment_method"] != first
    assert account.details["payment_method_type"] == "card"


def test_a_payment_method_that_was_taken_away_is_no_mandate(scene: Scene) -> None:
    account = scene.shop()
    scene.client.v1.payment_methods.detach(account.details["payment_method"])
    assert scene.rail.problem(scene.onboarding.refresh(account), Direction.COLLECT) == StripeProblem.NO_MANDATE


@pytest.mark.parametrize(
    ("currency", "country", "kinds"),
    [
        ("EUR", "DE", ["sepa_debit", "card"]),
        ("EUR", "US", ["card"]),
        ("USD", "US", ["us_bank_account", "card"]),
        ("GBP", "GB", ["bacs_debit", "card"]),
        ("AUD", "AU", ["au_becs_debit", "card"]),
        ("JPY", "JP", ["card"]),
    ],
)
def test_a_shop_is_offered_what_its_country_and_the_currency_have(
    currency: str, country: str, kinds: list[str]
) -> None:
    assert offered(currency, country) == kinds


def test_the_page_for_a_mandate_offers_just_that(scene: Scene, new_scene: Callable[..., Scene]) -> None:
    for place, country, kinds in (
        (scene, "de", ["card", "sepa_debit"]),
        (new_scene("USD"), "us", ["card", "us_bank_account"]),
    ):
        account = place.onboarding.register(BAKERY._replace(participant=country, country=country), {})
        page = place.onboarding.mandate_page(account, BACK, "zh")
        session = place.client.v1.checkout.sessions.retrieve(page.rsplit("/", 1)[1])
        assert (session.mode, session.payment_method_types, session.locale) == ("setup", kinds, "zh")
        assert (session.success_url, session.cancel_url) == BACK


@pytest.fixture
def top_up(scene: Scene) -> PaymentAttempt:
    """An attempt that the owner pays on a page."""
    return scene.attempt(on_a_page(scene.shop(), scene.now()), 20_000)


@pytest.mark.parametrize("pays_by", ["pm_card_visa", "pm_success_de"])
def test_a_deposit_is_topped_up_on_a_page_and_followed_like_any_payment(
    scene: Scene, top_up: PaymentAttempt, pays_by: str
) -> None:
    page = scene.onboarding.top_up_page(top_up, "Deposit · 押金", BACK)
    assert scene.rail.observe([top_up])[0].status is RailStatus.PENDING
    scene.complete(page, pays_by)
    scene.control.days(10)
    paid = scene.rail.observe([top_up])[0]
    assert paid.status is RailStatus.PAID
    assert paid.returnable_until
    assert [line.minor for line in scene.rail.lines(0, scene.now() + 1) if line.key == top_up.key] == [20_000]
    scene.control(f"payments/{paid.reference}/dispute")
    assert scene.rail.observe([top_up])[0].status is RailStatus.RETURNED


def test_what_is_paid_on_a_page_is_never_debited(scene: Scene, top_up: PaymentAttempt) -> None:
    assert scene.rail.instruct([top_up])[0].status is RailStatus.UNKNOWN
    page = scene.onboarding.top_up_page(top_up, "Deposit", BACK)
    assert scene.onboarding.top_up_page(top_up, "Deposit", BACK) == page
    assert scene.rail.instruct([top_up])[0].status is RailStatus.PENDING
    scene.control.days(2)
    assert [each.code for each in scene.rail.instruct([top_up])] == ["page_expired"]
    assert scene.rail.observe([top_up])[0].status is RailStatus.FAILED
    assert scene.client.v1.charges.list().data == []


def test_a_page_that_never_was_has_failed_a_minute_later(scene: Scene, top_up: PaymentAttempt) -> None:
    assert scene.rail.observe([top_up])[0].status is RailStatus.UNKNOWN
    scene.control("clock", advance_seconds=61)
    assert scene.rail.observe([top_up])[0].status is RailStatus.FAILED


def test_a_card_that_is_declined_on_a_page_is_not_the_last(scene: Scene, top_up: PaymentAttempt) -> None:
    page = scene.onboarding.top_up_page(top_up, "Deposit", BACK)
    declined = {"payment_method": "pm_card_chargeDeclined"}
    scene.control(f"checkout/{page.rsplit('/', 1)[1]}/complete", status=402, **declined)
    assert scene.rail.observe([top_up])[0].status is RailStatus.PENDING
    scene.complete(page, "pm_card_visa")
    assert scene.rail.observe([top_up])[0].status is RailStatus.PAID


def test_a_debit_from_a_page_that_fails_days_later_has_failed(scene: Scene, top_up: PaymentAttempt) -> None:
    scene.complete(scene.onboarding.top_up_page(top_up, "Deposit", BACK), "pm_insufficientFunds_de")
    scene.control.days(10)
    failed = scene.rail.observe([top_up])[0]
    assert (failed.status, failed.code) == (RailStatus.FAILED, "insufficient_funds")


def test_a_page_that_can_not_be_read_leaves_the_payment_in_doubt(scene: Scene, top_up: PaymentAttempt) -> None:
    scene.onboarding.top_up_page(top_up, "Deposit", BACK)
    scene.control("faults", kind="unavailable", times=HURRIED.tries, path="/v1/checkout/.*")
    assert scene.rail.observe([top_up])[0].status is RailStatus.AMBIGUOUS


def test_what_stripe_refuses_is_named_and_what_it_does_not_answer_too(scene: Scene) -> None:
    with pytest.raises(StripeRefused, match="open a connected account") as named:
        scene.onboarding.register(BAKERY._replace(participant="b" * 501), {})
    assert named.value.what == "open a connected account"
    account = scene.shop("cafe", None).details["account"]
    scene.control("faults", kind="unavailable", times=HURRIED.tries, path="/v1/customers")
    with pytest.raises(StripeUnreachable, match="make a customer"):
        Onboarding(scene.connection, "EUR").register(BAKERY, {"account": account, "country": "DE"})


def test_what_a_shop_does_not_have_is_not_asked_for(scene: Scene) -> None:
    before = scene.control.get("requests")["count"]
    assert scene.onboarding.refresh(RailAccount("bakery")) == RailAccount("bakery")
    assert scene.control.get("requests")["count"] == before
