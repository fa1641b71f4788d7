"""Payment methods: a card or a bank account that a customer pays with."""

import hashlib

from coalition.fake_stripe import lists
from coalition.fake_stripe.errors import InvalidRequest, ParameterMissing
from coalition.fake_stripe.fields import billing_details
from coalition.fake_stripe.instruments import CURRENCY, KINDS, MAX_DEBIT, TOKENS, Behaviour, Instrument
from coalition.fake_stripe.world import Args, Call, Object, World

CARD_EXPIRES = (8, 2034)


def build(world: World, account: str, instrument: Instrument) -> Object:
    """A new payment method on a card or bank account, in the books of an account."""
    made = world.keep(
        account,
        {
            "id": world.new_id("payment_method"),
            "object": "payment_method",
            "allow_redisplay": "unspecified",
            "billing_details": billing_details("Jenny Rosen"),
            instrument.type: _details(instrument),
            "created": world.now,
            "customer": None,
            "customer_account": None,
            "livemode": False,
            "metadata": {},
            "type": instrument.type,
        },
    )
    world.behaviours[made["id"]] = instrument.behaviour
    return made


def _details(instrument: Instrument) -> Object:
    fingerprint = hashlib.sha256(instrument.number.encode()).hexdigest()[:16]
    if instrument.type == "sepa_debit":
        return {
            "bank_code": instrument.number[4:12],
            "branch_code": "",
            "country": instrument.number[:2],
            "fingerprint": fingerprint,
            "generated_from": {"charge": None, "setup_attempt": None},
            "last4": instrument.last4,
        }
    if instrument.type == "us_bank_account":
        return {
            "account_holder_type": "company",
            "account_type": "checking",
            "bank_name": "STRIPE TEST BANK",
            "financial_connections_account": None,
            "fingerprint": fingerprint,
            "last4": instrument.last4,
            "networks": {"preferred": "ach", "supported": ["ach"]},
            "routing_number": "110000000",
            "status_details": {},
        }
    if instrument.type == "bacs_debit":
        return {"fingerprint": fingerprint, "last4": instrument.last4, "sort_code": "108800"}
    if instrument.type == "au_becs_debit":
        return {"bsb_number": "000000", "fingerprint": fingerprint, "last4": instrument.last4}
    month, year = CARD_EXPIRES
    return {
        "brand": instrument.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": instrument.country,
        "display_brand": instrument.brand,
        "exp_month": month,
        "exp_year": year,
        "fingerprint": fingerprint,
        "funding": "credit",
        "generated_from": None,
        "last4": instrument.last4,
        "networks": {"available": [instrument.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def usable(args: Args, currency: str | None, amount_minor: int = 0) -> list[str]:
    """The types that a payment or a page takes: those of its currency and for its amount that the request allows.

    Types that don't fit the currency fall out silently, as at Stripe. Raises InvalidRequest if none is left.
    """
    allowed = args.get("allowed_payment_method_types", KINDS)
    fitting = [kind for kind in KINDS if currency is None or CURRENCY.get(kind, currency) == currency]
    left = [kind for kind in fitting if kind in allowed and amount_minor <= MAX_DEBIT.get(kind, amount_minor)]
    if not left:
        raise InvalidRequest(
            f"No payment method type is left; this fake has {', '.join(KINDS)}, of which {', '.join(fitting)} fit.",
            param="allowed_payment_method_types",
        )
    return left


def resolve(world: World, account: str, method_id: str | None) -> Object:
    """The payment method of that id; a documented test id makes a fresh one each time, as Stripe does.

    Raises ParameterMissing without an id, ResourceMissing for one that there is not.
    """
    if not method_id:
        raise ParameterMissing("payment_method")
    if method_id in TOKENS:
        return build(world, account, TOKENS[method_id])
    return world.find(account, "payment_method", method_id, "payment_method")


def behaviour(world: World, payment_method: Object) -> Behaviour:
    """What becomes of payments with it."""
    return world.behaviours[payment_method["id"]]


def attach_to(world: World, account: str, payment_method: Object, customer: str) -> None:
    """Save it for a customer. Raises ResourceMissing, and InvalidRequest if it is somebody else's."""
    world.find(account, "customer", customer, "customer")
    if payment_method["customer"] == customer:
        return
    if payment_method["customer"]:
        raise InvalidRequest(
            "The payment method you provided has already been attached to a customer.",
            code="payment_method_unexpected_state",
        )
    payment_method["customer"] = customer
    world.emit(account, "payment_method.attached", payment_method)


def retrieve(call: Call) -> Object:
    """GET /v1/payment_methods/{id}"""
    return call.find("payment_method")


def detach(call: Call) -> Object:
    """POST /v1/payment_methods/{id}/detach"""
    method = call.find("payment_method")
    if not method["customer"]:
        raise InvalidRequest(
            "The payment method you provided is not attached to a customer so detachment is impossible."
        )
    method["customer"] = None
    call.emit("payment_method.detached", method)
    return method


def list_all(call: Call) -> Object:
    """GET /v1/payment_methods"""
    return lists.page(call, "payment_method", lambda each: each["customer"] is not None)
