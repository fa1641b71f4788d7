"""Mandates, and the setup intents by which a payment method is saved for later debits without its owner present."""

from functools import partial

from coalition.fake_stripe import lists, payment_methods
from coalition.fake_stripe.calendar import DAY, business_days_after
from coalition.fake_stripe.errors import CardError, UnexpectedState
from coalition.fake_stripe.instruments import CURRENCY, MANDATE_DAYS
from coalition.fake_stripe.world import Args, Call, Object, World

DEPOSITS_DAYS = 10
"""How long the owner of a bank account has to say how much the small deposits were."""

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
    elif kind == "au_becs_debit":
        details[kind] = {"url": ""}
    elif kind == "bacs_debit":
        details[kind] = {
            "display_name": None,
            "network_status": "pending",
            "reference": mandate_id[-16:].upper(),
            "revocation_reason": None,
            "service_user_number": None,
            "url": "",
        }
    mandate = world.keep(
        account,
        {
            "id": mandate_id,
            "object": "mandate",
            "customer_acceptance": {"accepted_at": world.now, "type": "online", "online": ONLINE},
            "livemode": False,
            "multi_use": {},
            "payment_method": payment_method["id"],
            "payment_method_details": details,
            "status": "pending" if kind == "bacs_debit" else "active",
            "type": "multi_use",
        },
    )
    if mandate["status"] == "pending":
        world.plan(business_days_after(world.now, MANDATE_DAYS), partial(_confirm, world, account, mandate))
    return mandate


def _confirm(world: World, account: str, mandate: Object) -> None:
    """The bank confirms a mandate, unless that ended before."""
    if mandate["status"] == "pending":
        mandate["status"] = "active"
        mandate["payment_method_details"]["bacs_debit"]["network_status"] = "accepted"
        world.emit(account, "mandate.updated", mandate, {"status": "pending"})


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
    if payment_methods.behaviour(world, payment_method).small_deposits:
        _ask_for_deposits(world, account, intent)
        return
    _finish(world, account, intent, payment_method)


def _ask_for_deposits(world: World, account: str, intent: Object) -> None:
    """Two small deposits are on their way to the bank account; its owner has to say how much they were."""
    deposits = {
        "arrival_date": business_days_after(world.now, 1),
        "hosted_verification_url": f"{world.base_url}/_hosted/deposits/{intent['id']}",
        "microdeposit_type": "amounts",
    }
    action = {"type": "verify_with_microdeposits", "verify_with_microdeposits": deposits}
    intent |= {"status": "requires_action", "next_action": action}
    world.plan(world.now + DEPOSITS_DAYS * DAY, partial(_give_up, world, account, intent))
    world.emit(account, "setup_intent.requires_action", intent)


def verify(world: World, account: str, intent: Object) -> None:
    """The owner says how much the small deposits were. Raises UnexpectedState where nobody asked."""
    if intent["status"] != "requires_action":
        raise UnexpectedState("setup_intent", intent["status"], "This SetupIntent does not wait for small deposits.")
    intent["next_action"] = None
    _finish(world, account, intent, world.objects[intent["payment_method"]])


def _give_up(world: World, account: str, intent: Object) -> None:
    if intent["status"] == "requires_action":
        intent |= {"status": "requires_payment_method", "payment_method": None, "next_action": None}
        world.emit(account, "setup_intent.setup_failed", intent)


def _finish(world: World, account: str, intent: Object, payment_method: Object) -> None:
    if intent["customer"]:
        payment_methods.attach_to(world, account, payment_method, intent["customer"])
    if payment_method["type"] in CURRENCY:
        intent["mandate"] = give_mandate(world, account, payment_method)["id"]
    intent["status"] = "succeeded"
    world.emit(account, "setup_intent.succeeded", intent)


def list_all(call: Call) -> Object:
    """GET /v1/setup_intents"""
    return lists.page(call, "setup_intent")
