"""Mandates, and the setup intents by which a payment method is saved for later debits without its owner present."""

from coalition.fake_stripe import lists, payment_methods
from coalition.fake_stripe.errors import CardError
from coalition.fake_stripe.instruments import CURRENCY
from coalition.fake_stripe.world import Args, Call, Object, World

ONLINE = {"ip_address": "127.0.0.1", "user_agent": "Checkout"}


def give_mandate(world: World, account: str, payment_method: Object) -> Object:
    """Record that the owner of a bank account lets it be debited again and again."""
    kind = payment_method["type"]
    mandate_id = world.new_id("mandate")
    details: Object = {"type": kind, kind: {}}
    if kind == "sepa_debit":
        details[kind] = {"reference": mandate_id[-16:].upper(), "url": ""}
    elif kind == "us_bank_account":
        details[kind] = {"collection_method": None}
    return world.keep(
        account,
        {
            "id": mandate_id,
            "object": "mandate",
            "customer_acceptance": {"accepted_at": world.now, "type": "online", "online": ONLINE},
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


def build(world: World, account: str, args: Args) -> Object:
    """A new setup intent, not confirmed yet."""
    intent_id = world.new_id("setup_intent")
    made = world.keep(
        account,
        {
            "id": intent_id,
            "object": "setup_intent",
            "allowed_payment_method_types": args["allowed_payment_method_types"],
            "application": None,
            "automatic_payment_methods": None,
            "cancellation_reason": None,
            "client_secret": f"{intent_id}_secret_{world.new_id('request')[4:]}",
            "created": world.now,
            "customer": args["customer"],
            "description": None,
            "excluded_payment_method_types": None,
            "flow_directions": None,
            "last_setup_error": None,
            "latest_attempt": None,
            "livemode": False,
            "mandate": None,
            "metadata": {},
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_configuration_details": None,
            "payment_method_options": {},
            "payment_method_types": payment_methods.usable(args, None),
            "single_use_mandate": None,
            "status": "requires_payment_method",
            "usage": "off_session",
        },
    )
    world.emit(account, "setup_intent.created", made)
    return made


def succeed(world: World, account: str, intent: Object, payment_method: Object) -> None:
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
        intent["mandate"] = give_mandate(world, account, payment_method)["id"]
    intent["status"] = "succeeded"
    world.emit(account, "setup_intent.succeeded", intent)


def list_all(call: Call) -> Object:
    """GET /v1/setup_intents"""
    return lists.page(call, "setup_intent")
