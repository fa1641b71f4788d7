"""Payment intents as the API has them; what becomes of them is in payments."""

from coalition.fake_stripe import payment_methods, payments
from coalition.fake_stripe.currencies import MAX_CHARGE_MINOR, check_charge, currency_of
from coalition.fake_stripe.errors import InvalidRequest, UnexpectedState
from coalition.fake_stripe.fields import metadata_of
from coalition.fake_stripe.instruments import CURRENCY, MAX_DEBIT
from coalition.fake_stripe.world import Args, Call, Object, World

CANCELABLE = ("requires_payment_method", "requires_action")


def build(world: World, account: str, args: Args) -> Object:
    """A new payment intent, not confirmed yet. Raises the errors of `check_charge`."""
    currency = currency_of(args["currency"])
    check_charge(args["amount"], currency)
    intent_id = world.new_id("payment_intent")
    automatic = None if "allowed_payment_method_types" in args else {"allow_redirects": "always", "enabled": True}
    made = world.keep(
        account,
        {
            "id": intent_id,
            "object": "payment_intent",
            "allowed_payment_method_types": args.get("allowed_payment_method_types"),
            "amount": args["amount"],
            "amount_capturable": 0,
            "amount_details": {"tip": {}},
            "amount_received": 0,
            "application": None,
            "application_fee_amount": None,
            "automatic_payment_methods": automatic,
            "canceled_at": None,
            "cancellation_reason": None,
            "capture_method": "automatic_async",
            "client_secret": f"{intent_id}_secret_{world.new_id('request')[4:]}",
            "confirmation_method": "automatic",
            "created": world.now,
            "currency": currency,
            "customer": args.get("customer"),
            "customer_account": None,
            "description": args.get("description"),
            "excluded_payment_method_types": None,
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "managed_payments": None,
            "metadata": metadata_of(args),
            "next_action": None,
            "on_behalf_of": None,
            "payment_method": None,
            "payment_method_configuration_details": None,
            "payment_method_options": {},
            "payment_method_types": payment_methods.usable(args, currency),
            "processing": None,
            "receipt_email": None,
            "review": None,
            "setup_future_usage": None,
            "shipping": None,
            "source": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": None,
            "status": "requires_payment_method",
            "transfer_data": None,
            "transfer_group": args.get("transfer_group"),
        },
    )
    world.emit(account, "payment_intent.created", made)
    return made


def create(call: Call) -> Object:
    """POST /v1/payment_intents with confirm=true: a payment that begins at once."""
    args = call.args
    if not args.get("confirm"):
        raise InvalidRequest("This fake makes no payment that is confirmed later; use confirm=true.", param="confirm")
    if args.get("customer"):
        call.find("customer", args["customer"], "customer")
    currency = currency_of(args["currency"])
    check_charge(args["amount"], currency)
    method = _method(call, currency)
    check_charge(args["amount"], currency, MAX_DEBIT.get(method["type"], MAX_CHARGE_MINOR))
    if method["type"] in CURRENCY:
        payments.standing_mandate(call.world, call.account, method)
    intent = build(call.world, call.account, args)
    payments.confirm(call.world, call.account, intent, method, off_session=args.get("off_session", False))
    return intent


def _method(call: Call, currency: str) -> Object:
    """The payment method to pay with. Raises ParameterMissing or InvalidRequest if it can't be used here."""
    args, types = call.args, payment_methods.usable(call.args, currency)
    method = payment_methods.resolve(call.world, call.account, args.get("payment_method"))
    if method["customer"] and method["customer"] != args.get("customer"):
        raise InvalidRequest(
            f"The payment method {method['id']} belongs to the Customer {method['customer']}. Please include the "
            f"Customer in the `customer` parameter on the PaymentIntent.",
            param="payment_method",
        )
    kind = method["type"]
    if kind not in types:
        raise InvalidRequest(
            f"The PaymentMethod provided ({kind}) is not allowed for this PaymentIntent; for {currency} its "
            f"types are {', '.join(types)}.",
            param="payment_method",
        )
    return method


def retrieve(call: Call) -> Object:
    """GET /v1/payment_intents/{id}"""
    return call.find("payment_intent")


def cancel(call: Call) -> Object:
    """POST /v1/payment_intents/{id}/cancel, of one that nothing is under way for."""
    intent = call.find("payment_intent")
    if intent["status"] not in CANCELABLE:
        raise UnexpectedState("payment_intent", intent["status"], "You cannot cancel this PaymentIntent.")
    intent |= {"status": "canceled", "canceled_at": call.world.now, "next_action": None}
    call.emit("payment_intent.canceled", intent)
    return intent
