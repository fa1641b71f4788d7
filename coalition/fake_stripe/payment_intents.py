"""Payment intents as the API has them; what becomes of them is in payments."""

from coalition.fake_stripe import lists, payment_methods, payments
from coalition.fake_stripe.currencies import check_charge, currency_of
from coalition.fake_stripe.errors import InvalidRequest, UnexpectedState
from coalition.fake_stripe.fields import change, metadata_of
from coalition.fake_stripe.instruments import CURRENCY
from coalition.fake_stripe.world import Args, Call, Object, World

OPEN = ("requires_payment_method", "requires_confirmation", "requires_action")
ONLY_WITH_CONFIRM = ("off_session", "mandate", "mandate_data", "error_on_requires_action", "return_url")


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
            "automatic_payment_methods": args.get("automatic_payment_methods", automatic),
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
            "excluded_payment_method_types": args.get("excluded_payment_method_types") or None,
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
            "receipt_email": args.get("receipt_email"),
            "review": None,
            "setup_future_usage": args.get("setup_future_usage") or None,
            "shipping": None,
            "source": None,
            "statement_descriptor": args.get("statement_descriptor"),
            "statement_descriptor_suffix": args.get("statement_descriptor_suffix"),
            "status": "requires_payment_method",
            "transfer_data": None,
            "transfer_group": args.get("transfer_group"),
        },
    )
    world.emit(account, "payment_intent.created", made)
    return made


def _method(call: Call, customer: str | None, saved: str | None, types: list[str], currency: str) -> Object:
    """The payment method to pay with. Raises ParameterMissing or InvalidRequest if it can't be used here."""
    args = call.args
    if "payment_method_data" in args:
        instrument = payment_methods.instrument_of(args["payment_method_data"])
        method = payment_methods.build(call.world, call.account, instrument, args["payment_method_data"])
    else:
        method = payment_methods.resolve(call.world, call.account, args.get("payment_method") or saved)
    if method["customer"] and method["customer"] != customer:
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


def create(call: Call) -> Object:
    """POST /v1/payment_intents"""
    args = call.args
    if not args.get("confirm"):
        for name in ONLY_WITH_CONFIRM:
            if name in args:
                raise InvalidRequest(f"The parameter {name} can only be used with confirm=true.", param=name)
    customer = args.get("customer")
    if customer:
        call.find("customer", customer, "customer")
    method = None
    if args.get("confirm") or args.get("payment_method") or "payment_method_data" in args:
        currency = currency_of(args["currency"])
        check_charge(args["amount"], currency)
        method = _method(call, customer, None, payment_methods.usable(args, currency), currency)
    if args.get("confirm") and method and method["type"] in CURRENCY and not args.get("mandate_data"):
        payments.standing_mandate(call.world, call.account, method, args.get("mandate"))
    intent = build(call.world, call.account, args)
    if method:
        intent |= {"payment_method": method["id"], "status": "requires_confirmation"}
        if args.get("confirm"):
            _confirm(call, intent, method)
    return intent


def _confirm(call: Call, intent: Object, method: Object) -> None:
    payments.confirm(call.world, call.account, intent, method, call.args)
    if intent["setup_future_usage"] and intent["customer"]:
        payment_methods.attach_to(call.world, call.account, method, intent["customer"])


def confirm(call: Call) -> Object:
    """POST /v1/payment_intents/{id}/confirm"""
    intent = call.find("payment_intent")
    if intent["status"] not in OPEN:
        raise UnexpectedState("payment_intent", intent["status"], "You cannot confirm this PaymentIntent.")
    method = _method(
        call, intent["customer"], intent["payment_method"], intent["payment_method_types"], intent["currency"]
    )
    _confirm(call, intent, method)
    return intent


def retrieve(call: Call) -> Object:
    """GET /v1/payment_intents/{id}"""
    return call.find("payment_intent")


def update(call: Call) -> Object:
    """POST /v1/payment_intents/{id}; the amount only while nothing is under way."""
    intent = call.find("payment_intent")
    args = call.args
    if {"amount", "payment_method"} & set(args) and intent["status"] not in OPEN:
        raise UnexpectedState("payment_intent", intent["status"], "This PaymentIntent's amount can't be changed now.")
    if "amount" in args:
        check_charge(args["amount"], intent["currency"])
    if args.get("payment_method"):
        types, saved = intent["payment_method_types"], intent["payment_method"]
        method = _method(call, intent["customer"], saved, types, intent["currency"])
        intent |= {"payment_method": method["id"], "status": "requires_confirmation"}
    change(intent, args, "amount", "description", "transfer_group", "receipt_email", "setup_future_usage")
    return intent


def cancel(call: Call) -> Object:
    """POST /v1/payment_intents/{id}/cancel; of those under way only an ACH debit can still be called back."""
    intent = call.find("payment_intent")
    method = call.world.objects.get(intent["payment_method"] or "")
    ach = method is not None and method["type"] == "us_bank_account"
    if intent["status"] not in OPEN and not (intent["status"] == "processing" and ach):
        raise UnexpectedState("payment_intent", intent["status"], "You cannot cancel this PaymentIntent.")
    payments.cancel(call.world, call.account, intent, call.args.get("cancellation_reason"))
    return intent


def list_all(call: Call) -> Object:
    """GET /v1/payment_intents"""
    return lists.page(call, "payment_intent")
