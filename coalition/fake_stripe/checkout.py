"""Checkout sessions: Stripe's own page, where a shop saves a payment method (setup) or tops up a deposit (payment)."""

from functools import partial

from coalition.fake_stripe import lists, payment_intents, payment_methods, payments, setup_intents
from coalition.fake_stripe.calendar import DAY
from coalition.fake_stripe.currencies import check_charge, currency_of
from coalition.fake_stripe.errors import InvalidRequest, ParameterMissing, UnexpectedState
from coalition.fake_stripe.fields import address, metadata_of
from coalition.fake_stripe.world import Args, Call, Object, World

OPEN_DAYS = 1
NOT_HERE = [
    "after_expiration",
    "allow_promotion_codes",
    "billing_address_collection",
    "client_secret",
    "collected_information",
    "consent",
    "consent_collection",
    "currency_conversion",
    "customer_account",
    "customer_creation",
    "discounts",
    "integration_identifier",
    "invoice",
    "invoice_creation",
    "managed_payments",
    "origin_context",
    "payment_link",
    "payment_method_configuration_details",
    "permissions",
    "recovered_from",
    "saved_payment_method_options",
    "shipping_address_collection",
    "shipping_cost",
    "submit_type",
    "subscription",
    "wallet_options",
]
"""Fields of a session that this fake leaves null."""


def create(call: Call) -> Object:
    """POST /v1/checkout/sessions in the modes setup and payment."""
    args, world = call.args, call.world
    mode = args.get("mode")
    if mode not in ("setup", "payment"):
        raise ParameterMissing("mode") if mode is None else InvalidRequest(f"mode={mode} is not in this fake.")
    if "success_url" not in args:
        raise ParameterMissing("success_url")
    if args.get("customer"):
        call.find("customer", args["customer"], "customer")
    total: int | None = None
    currency: str | None = args.get("currency")
    if mode == "payment":
        currency, total = _total(args)
        check_charge(total, currency)
    elif currency is None and "allowed_payment_method_types" not in args:
        raise ParameterMissing("currency")
    session = _build(call, mode, currency, total)
    if mode == "setup":
        wishes = {"customer": args.get("customer"), "allowed_payment_method_types": session["payment_method_types"]}
        intent = setup_intents.build(world, call.account, wishes)
        session["setup_intent"] = intent["id"]
    world.intent_data[session["id"]] = args.get("payment_intent_data", {})
    world.plan(session["expires_at"], partial(_expire_by_itself, world, call.account, session))
    return session


def _total(args: Args) -> tuple[str, int]:
    """Currency and sum of the items, in minor units. Raises ParameterMissing or InvalidRequest if they don't add up."""
    if not args.get("line_items"):
        raise ParameterMissing("line_items")
    total, currencies = 0, set()
    for place, item in enumerate(args["line_items"]):
        price = item.get("price_data", {})
        if "unit_amount" not in price:
            raise ParameterMissing(f"line_items[{place}][price_data][unit_amount]")
        currencies.add(currency_of(price["currency"]))
        total += price["unit_amount"] * item.get("quantity", 1)
    if len(currencies) != 1:
        raise InvalidRequest("All line items must have one currency.", param="line_items")
    return currencies.pop(), total


def _build(call: Call, mode: str, currency: str | None, total_minor: int | None) -> Object:
    args, world = call.args, call.world
    session_id = world.new_id("checkout.session")
    return world.keep(
        call.account,
        {
            "id": session_id,
            "object": "checkout.session",
            **dict.fromkeys(NOT_HERE),
            "allowed_payment_method_types": args.get("allowed_payment_method_types"),
            "adaptive_pricing": {"enabled": False} if mode == "payment" else None,
            "amount_subtotal": total_minor,
            "amount_total": total_minor,
            "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
            "cancel_url": args.get("cancel_url"),
            "client_reference_id": None,
            "created": world.now,
            "currency": currency,
            "custom_fields": [],
            "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
            "customer": args.get("customer"),
            "customer_details": _customer_details(call),
            "customer_email": None,
            "expires_at": world.now + OPEN_DAYS * DAY,
            "livemode": False,
            "locale": args.get("locale"),
            "metadata": metadata_of(args),
            "mode": mode,
            "payment_intent": None,
            "payment_method_collection": "always" if mode == "setup" else "if_required",
            "payment_method_options": {},
            "payment_method_types": payment_methods.usable(args, currency, total_minor or 0),
            "payment_status": "no_payment_required" if mode == "setup" else "unpaid",
            "phone_number_collection": {"enabled": False},
            "setup_intent": None,
            "shipping_options": [],
            "status": "open",
            "success_url": args["success_url"],
            "total_details": None
            if total_minor is None
            else {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
            "ui_mode": "hosted_page",
            "url": f"{world.base_url}/_hosted/checkout/{session_id}",
        },
    )


def _customer_details(call: Call) -> Object | None:
    customer = call.world.objects.get(call.args.get("customer") or "")
    if customer is None:
        return None
    return {
        "address": address(),
        "business_name": None,
        "email": customer["email"],
        "individual_name": None,
        "name": customer["name"],
        "phone": None,
        "tax_exempt": "none",
        "tax_ids": None,
    }


def complete(world: World, account: str, session: Object, payment_method: str) -> None:
    """The shop's owner finishes the page with a payment method (an id, or a documented test id).

    Raises UnexpectedState for a session that is over, InvalidRequest for a type that it does not take, CardError for
    a card that is refused: the session then stays open for another try.
    """
    if session["status"] != "open":
        raise UnexpectedState("checkout_session", session["status"], "This Checkout session is over.")
    method = payment_methods.resolve(world, account, payment_method)
    if method["type"] not in session["payment_method_types"]:
        raise InvalidRequest(f"This session takes {session['payment_method_types']}, not {method['type']}.")
    if session["mode"] == "setup":
        intent = world.objects[session["setup_intent"]]
        setup_intents.succeed(world, account, intent, method)
    else:
        intent = _intent_of(world, account, session)
        payments.confirm(world, account, intent, method, on_page=True)
        session["payment_status"] = "paid" if intent["status"] == "succeeded" else "unpaid"
    session |= {"status": "complete", "url": None}
    world.emit(account, "checkout.session.completed", session)


def _intent_of(world: World, account: str, session: Object) -> Object:
    """The payment intent of a session; it is made when its owner first presses pay, and kept for another try."""
    if session["payment_intent"]:
        return world.objects[session["payment_intent"]]
    wishes = {
        "amount": session["amount_total"],
        "currency": session["currency"],
        "customer": session["customer"],
        "allowed_payment_method_types": session["payment_method_types"],
    }
    intent = payment_intents.build(world, account, wishes | world.intent_data[session["id"]])
    session["payment_intent"] = intent["id"]
    world.sessions[intent["id"]] = session["id"]
    return intent


def _expire_by_itself(world: World, account: str, session: Object) -> None:
    if session["status"] == "open":
        session |= {"status": "expired", "url": None}
        if session["setup_intent"]:
            intent = world.objects[session["setup_intent"]]
            intent |= {"status": "canceled", "cancellation_reason": "abandoned"}
            world.emit(account, "setup_intent.canceled", intent)
        world.emit(account, "checkout.session.expired", session)


def retrieve(call: Call) -> Object:
    """GET /v1/checkout/sessions/{id}"""
    return call.find("checkout.session")


def list_all(call: Call) -> Object:
    """GET /v1/checkout/sessions"""
    return lists.page(call, "checkout.session")
