"""Payment methods: a card or a bank account that a customer pays with."""

import hashlib

from coalition.fake_stripe import lists
from coalition.fake_stripe.errors import InvalidRequest, ParameterInvalid, ParameterMissing, ResourceMissing
from coalition.fake_stripe.fields import billing_details, change, metadata_of
from coalition.fake_stripe.instruments import CURRENCY, KINDS, NUMBERS, TOKENS, Behaviour, Instrument
from coalition.fake_stripe.world import Args, Call, Object, World

CARD_EXPIRES = (8, 2034)


def build(world: World, account: str, instrument: Instrument, args: Args) -> Object:
    """A new payment method on a card or bank account, in the books of an account."""
    made = world.keep(
        account,
        {
            "id": world.new_id("payment_method"),
            "object": "payment_method",
            "allow_redisplay": args.get("allow_redisplay", "unspecified"),
            "billing_details": billing_details(args.get("billing_details")),
            instrument.type: _details(instrument, args),
            "created": world.now,
            "customer": None,
            "customer_account": None,
            "livemode": False,
            "metadata": metadata_of(args),
            "type": instrument.type,
        },
    )
    world.behaviours[made["id"]] = instrument.behaviour
    return made


def _details(instrument: Instrument, args: Args) -> Object:
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
        given = args.get("us_bank_account", {})
        return {
            "account_holder_type": given.get("account_holder_type", "company"),
            "account_type": given.get("account_type", "checking"),
            "bank_name": "STRIPE TEST BANK",
            "financial_connections_account": None,
            "fingerprint": fingerprint,
            "last4": instrument.last4,
            "networks": {"preferred": "ach", "supported": ["ach"]},
            "routing_number": given.get("routing_number", "110000000"),
            "status_details": {},
        }
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


def instrument_of(args: Args) -> Instrument:
    """The card or account that a request describes. Numbers that Stripe does not document just succeed.

    Raises ParameterMissing without a number, ParameterInvalid for a card's number: those never reach a server.
    """
    kind = args.get("type")
    if kind == "sepa_debit":
        number = _digits(args, "sepa_debit", "iban")
        if not number[:2].isalpha():
            raise ParameterInvalid("sepa_debit[iban]", "The IBAN you provided is invalid.", "invalid_bank_account_iban")
        return NUMBERS.get(number) or Instrument("sepa_debit", number, country=number[:2])
    if kind == "us_bank_account":
        number = _digits(args, "us_bank_account", "account_number")
        return NUMBERS.get(number) or Instrument("us_bank_account", number)
    if kind == "card":
        token = args.get("card", {}).get("token", "")
        if token.replace("tok_", "pm_card_") not in TOKENS:
            raise ParameterInvalid(
                "card", "Sending credit card numbers directly to the Stripe API is unsafe; use a test payment method."
            )
        return TOKENS[token.replace("tok_", "pm_card_")]
    raise ParameterMissing("type") if kind is None else ParameterInvalid("type", f"Not a type of this fake: {kind}")


def _digits(args: Args, kind: str, name: str) -> str:
    number: str | None = args.get(kind, {}).get(name)
    if not number:
        raise ParameterMissing(f"{kind}[{name}]")
    return number.replace(" ", "").upper()


def usable(args: Args, currency: str | None) -> list[str]:
    """The types that a payment or a page takes: those of its currency, filtered as the request says.

    Types that don't fit the currency fall out silently, as at Stripe. Raises InvalidRequest if none is left.
    """
    allowed = args.get("allowed_payment_method_types", KINDS)
    excluded = args.get("excluded_payment_method_types") or ()
    fitting = [kind for kind in KINDS if currency is None or CURRENCY.get(kind, currency) == currency]
    left = [kind for kind in fitting if kind in allowed and kind not in excluded]
    if not left:
        raise InvalidRequest(
            f"No payment method type is left; this fake has {', '.join(KINDS)}, of which {', '.join(fitting)} fit.",
            param="allowed_payment_method_types",
        )
    return left


def resolve(world: World, account: str, given: str | None) -> Object:
    """The payment method of that id; a documented test id makes a fresh one each time, as Stripe does.

    Raises ParameterMissing without an id, ResourceMissing for one that there is not.
    """
    if not given:
        raise ParameterMissing("payment_method")
    if given in TOKENS:
        return build(world, account, TOKENS[given], {"billing_details": {"name": "Jenny Rosen"}})
    return world.find(account, "payment_method", given, "payment_method")


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


def create(call: Call) -> Object:
    """POST /v1/payment_methods"""
    return build(call.world, call.account, instrument_of(call.args), call.args)


def retrieve(call: Call) -> Object:
    """GET /v1/payment_methods/{id}"""
    return call.find("payment_method")


def update(call: Call) -> Object:
    """POST /v1/payment_methods/{id}"""
    found = call.find("payment_method")
    details = call.args.pop("billing_details", None)
    if details:
        found["billing_details"] |= billing_details(found["billing_details"] | details)
    previous = change(found, call.args, "allow_redisplay")
    call.emit("payment_method.updated", found, previous)
    return found


def attach(call: Call) -> Object:
    """POST /v1/payment_methods/{id}/attach"""
    if "customer" not in call.args:
        raise ParameterMissing("customer")
    found = resolve(call.world, call.account, call.ids[0])
    attach_to(call.world, call.account, found, call.args["customer"])
    return found


def detach(call: Call) -> Object:
    """POST /v1/payment_methods/{id}/detach"""
    found = call.find("payment_method")
    if not found["customer"]:
        raise InvalidRequest(
            "The payment method you provided is not attached to a customer so detachment is impossible."
        )
    found["customer"] = None
    call.emit("payment_method.detached", found)
    return found


def list_all(call: Call) -> Object:
    """GET /v1/payment_methods and GET /v1/customers/{id}/payment_methods"""
    if call.ids:
        call.find("customer")
        call.args["customer"] = call.ids[0]
    return lists.page(call, "payment_method", lambda each: each["customer"] is not None)


def of_customer(call: Call) -> Object:
    """GET /v1/customers/{id}/payment_methods/{id}"""
    found = call.find("payment_method", call.ids[1])
    if found["customer"] != call.ids[0]:
        raise ResourceMissing("payment_method", call.ids[1])
    return found
