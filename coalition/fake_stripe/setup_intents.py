"""Mandates, and the setup intents by which a payment method is saved for later debits without its owner present."""

from coalition.fake_stripe import lists, payment_methods
from coalition.fake_stripe.errors import CardError, ParameterMissing, UnexpectedState
from coalition.fake_stripe.fields import change, metadata_of
from coalition.fake_stripe.instruments import CURRENCY
from coalition.fake_stripe.world import Args, Call, Object, World

ONLINE = {"ip_address": "127.0.0.1", "user_agent": "Checkout"}
OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")


def give_mandate(world: World, account: str, payment_method: Object, acceptance: Args | None = None) -> Object:
    """Record that the owner of a bank account lets it be debited again and again."""
    kind = payment_method["type"]
    mandate_id = world.new_id("mandate")
    details: Object = {"type": kind, kind: {}}
    if kind == "sepa_debit":
        details[kind] = {"reference": mandate_id[-16:].upper(), "url": ""}
    elif kind == "us_bank_account":
        details[kind] = {"collection_method": None}
    accepted = acceptance or {"type": "online", "online": ONLINE}
    return world.keep(
        account,
        {
            "id": mandate_id,
            "object": "mandate",
            "customer_acceptance": {"accepted_at": world.now, **accepted},
            "livemode": False,
            "multi_use": {},
            "payment_method": payment_method["id"],
            "payment_method_details": details,
            "status": "active",
            "type": "multi_use",
        },
    )


def mandate_of(world: World, account: str, payment_method: Object) -> Object | None:
    """The newest mandate on a bank account, active or not."""
    wanted = payment_method["id"]
    return next((each for each in world.all(account, "mandate") if each["payment_method"] == wanted), None)


def revoke(world: World, account: str, mandate: Object) -> None:
    """A mandate ends: its owner withdrew it, or the bank says that there is none."""
    if mandate["status"] != "inactive":
        mandate["status"] = "inactive"
        world.emit(account, "mandate.updated", mandate, {"status": "active"})


def retrieve_mandate(call: Call) -> Object:
    """GET /v1/mandates/{id}"""
    return call.find("mandate")


def build(world: World, account: str, args: Args) -> Object:
    """A new setup intent, not confirmed yet."""
    intent_id = world.new_id("setup_intent")
    made = world.keep(
        account,
        {
            "id": intent_id,
            "object": "setup_intent",
            "allowed_payment_method_types": args.get("allowed_payment_method_types"),
            "application": None,
            "automatic_payment_methods": args.get("automatic_payment_methods"),
            "cancellation_reason": None,
            "client_secret": f"{intent_id}_secret_{world.new_id('request')[4:]}",
            "created": world.now,
            "customer": args.get("customer"),
            "description": args.get("description"),
            "excluded_payment_method_types": args.get("excluded_payment_method_types") or None,
            "flow_directions": None,
            "last_setup_error": None,
            "latest_attempt": None,
            "livemode": False,
            "mandate": None,
            "metadata": metadata_of(args),
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_configuration_details": None,
            "payment_method_options": {},
            "payment_method_types": payment_methods.usable(args, None),
            "single_use_mandate": None,
            "status": "requires_payment_method",
            "usage": args.get("usage", "off_session"),
        },
    )
    world.emit(account, "setup_intent.created", made)
    return made


def succeed(world: World, account: str, intent: Object, payment_method: Object, acceptance: Args | None = None) -> None:
    """The owner agreed: attach the payment method, give the mandate. Raises CardError for a card that is refused."""
    code = payment_methods.behaviour(world, payment_method).failure
    intent["payment_method"] = payment_method["id"]
    if payment_method["type"] == "card" and code and code != "authentication_required":
        error = {"code": code, "message": "Your card was declined.", "type": "card_error"}
        intent["last_setup_error"] = error | {"payment_method": payment_method}
        intent |= {"status": "requires_payment_method", "payment_method": None}
        world.emit(account, "setup_intent.setup_failed", intent)
        raise CardError("Your card was declined.", code, {"setup_intent": intent})
    if intent["customer"]:
        payment_methods.attach_to(world, account, payment_method, intent["customer"])
    if payment_method["type"] in CURRENCY:
        intent["mandate"] = give_mandate(world, account, payment_method, acceptance)["id"]
    intent["status"] = "succeeded"
    world.emit(account, "setup_intent.succeeded", intent)


def _chosen(call: Call, saved: str | None) -> tuple[Object, Args | None]:
    """The payment method to set up and its owner's agreement. Raises ParameterMissing without either."""
    args = call.args
    if "payment_method_data" in args:
        instrument = payment_methods.instrument_of(args["payment_method_data"])
        method = payment_methods.build(call.world, call.account, instrument, args["payment_method_data"])
    else:
        method = payment_methods.resolve(call.world, call.account, args.get("payment_method") or saved)
    acceptance = (args.get("mandate_data") or {}).get("customer_acceptance")
    if method["type"] in CURRENCY and not acceptance:
        raise ParameterMissing("mandate_data")
    return method, acceptance


def create(call: Call) -> Object:
    """POST /v1/setup_intents"""
    if call.args.get("customer"):
        call.find("customer", call.args["customer"], "customer")
    if call.args.get("confirm"):
        method, acceptance = _chosen(call, None)
        intent = build(call.world, call.account, call.args)
        succeed(call.world, call.account, intent, method, acceptance)
        return intent
    intent = build(call.world, call.account, call.args)
    if call.args.get("payment_method"):
        method = payment_methods.resolve(call.world, call.account, call.args["payment_method"])
        intent |= {"payment_method": method["id"], "status": "requires_confirmation"}
    return intent


def retrieve(call: Call) -> Object:
    """GET /v1/setup_intents/{id}"""
    return call.find("setup_intent")


def update(call: Call) -> Object:
    """POST /v1/setup_intents/{id}"""
    intent = call.find("setup_intent")
    change(intent, call.args, "description")
    return intent


def confirm(call: Call) -> Object:
    """POST /v1/setup_intents/{id}/confirm"""
    intent = call.find("setup_intent")
    if intent["status"] not in OPEN:
        raise UnexpectedState("setup_intent", intent["status"], "You cannot confirm this SetupIntent.")
    method, acceptance = _chosen(call, intent["payment_method"])
    succeed(call.world, call.account, intent, method, acceptance)
    return intent


def cancel(call: Call) -> Object:
    """POST /v1/setup_intents/{id}/cancel"""
    intent = call.find("setup_intent")
    if intent["status"] not in OPEN:
        raise UnexpectedState("setup_intent", intent["status"], "You cannot cancel this SetupIntent.")
    intent |= {"status": "canceled", "cancellation_reason": call.args.get("cancellation_reason")}
    call.emit("setup_intent.canceled", intent)
    return intent


def list_all(call: Call) -> Object:
    """GET /v1/setup_intents"""
    return lists.page(call, "setup_intent")
