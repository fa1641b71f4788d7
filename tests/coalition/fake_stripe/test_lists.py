"""Lists, cursors, filters and expansion."""

import pytest
import stripe

from tests.support.stripe import DAY, START, Control, Town


@pytest.fixture
def customers(client: stripe.StripeClient, control: Control) -> list[str]:
    """Seven customers, a day apart; the newest first."""
    made = []
    for n in range(7):
        made.insert(0, client.v1.customers.create({"name": f"Shop {n}"}).id)
        control.days(1)
    return made


def test_pages_follow_each_other_without_gaps(client: stripe.StripeClient, customers: list[str]) -> None:
    first = client.v1.customers.list({"limit": 3})
    assert ([each.id for each in first.data], first.has_more) == (customers[:3], True)
    second = client.v1.customers.list({"limit": 3, "starting_after": customers[2]})
    assert ([each.id for each in second.data], second.has_more) == (customers[3:6], True)
    last = client.v1.customers.list({"limit": 3, "starting_after": customers[5]})
    assert ([each.id for each in last.data], last.has_more) == (customers[6:], False)
    back = client.v1.customers.list({"limit": 3, "ending_before": customers[5]})
    assert ([each.id for each in back.data], back.has_more) == (customers[2:5], True)
    assert [each.id for each in client.v1.customers.list({"limit": 2}).auto_paging_iter()] == customers


def test_new_objects_do_not_shift_the_next_page(client: stripe.StripeClient, customers: list[str]) -> None:
    client.v1.customers.create()
    page = client.v1.customers.list({"limit": 2, "starting_after": customers[2]})
    assert [each.id for each in page.data] == customers[3:5]


def test_lists_are_filtered_by_the_time_of_creation(client: stripe.StripeClient, customers: list[str]) -> None:
    exact = client.v1.customers.list({"created": START + DAY})
    assert [each.id for each in exact.data] == [customers[5]]
    between = client.v1.customers.list({"created": {"gt": START + DAY, "lte": START + 3 * DAY}})
    assert [each.id for each in between.data] == customers[3:5]


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ({"limit": 0}, "Invalid limit"),
        ({"limit": 101}, "Invalid limit"),
        ({"starting_after": "cus_x", "ending_before": "cus_y"}, "You may only specify one"),
        ({"starting_after": "cus_nobody"}, "No such object"),
    ],
)
def test_a_page_that_does_not_exist_is_refused(client: stripe.StripeClient, wish: object, message: str) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=message):
        client.v1.customers.list(wish)  # type: ignore[arg-type]


def test_ids_are_expanded_on_demand(client: stripe.StripeClient, town: Town) -> None:
    payment = town.charge(1000, "pm_card_visa")
    expanded = client.v1.payment_intents.retrieve(
        payment.id, {"expand": ["latest_charge.balance_transaction", "customer"]}
    )
    assert expanded.latest_charge.balance_transaction.net == 960
    assert expanded.customer.name == "Bakery"
    listed = client.v1.charges.list({"expand": ["data.payment_intent.payment_method", "data.customer"]}).data[0]
    assert listed.payment_intent.payment_method.type == "card"
    assert listed.customer.name == "Bakery"
    assert client.v1.payment_intents.retrieve(payment.id).latest_charge == payment.latest_charge
    source = client.v1.balance_transactions.list({"expand": ["data.source"]}).data[0].source
    assert isinstance(source, stripe.Charge)


@pytest.mark.parametrize("field", ["amount", "colour", "latest_charge.colour", "a.b.c.d.e"])
def test_what_cannot_be_expanded_is_refused(client: stripe.StripeClient, town: Town, field: str) -> None:
    payment = town.charge(1000, "pm_card_visa")
    with pytest.raises(stripe.InvalidRequestError, match="expand"):
        client.v1.payment_intents.retrieve(payment.id, {"expand": [field]})
