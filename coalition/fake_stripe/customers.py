"""Customers: who pays. Here, the shops as debtors."""

from coalition.fake_stripe import lists
from coalition.fake_stripe.fields import metadata_of
from coalition.fake_stripe.world import Call, Object


def create(call: Call) -> Object:
    """POST /v1/customers"""
    args, world = call.args, call.world
    customer_id = world.new_id("customer")
    made = world.keep(
        call.account,
        {
            "id": customer_id,
            "object": "customer",
            "address": None,
            "balance": 0,
            "created": world.now,
            "currency": None,
            "default_source": None,
            "delinquent": False,
            "description": None,
            "discount": None,
            "email": args.get("email"),
            "invoice_prefix": customer_id[-7:].upper(),
            "invoice_settings": {
                "custom_fields": None,
                "default_payment_method": None,
                "footer": None,
                "rendering_options": None,
            },
            "livemode": False,
            "metadata": metadata_of(args),
            "name": args.get("name"),
            "next_invoice_sequence": 1,
            "phone": None,
            "preferred_locales": [],
            "shipping": None,
            "tax_exempt": "none",
            "test_clock": None,
        },
    )
    call.emit("customer.created", made)
    return made


def retrieve(call: Call) -> Object:
    """GET /v1/customers/{id}"""
    return call.find("customer")


def list_all(call: Call) -> Object:
    """GET /v1/customers"""
    return lists.page(call, "customer")
