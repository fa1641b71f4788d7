"""What becomes of a payment intent: confirmed, then paid or refused at once (cards) or days later (bank debits)."""

from dataclasses import replace
from functools import partial
from typing import Any

from coalition.fake_stripe import balance, charges, disputes, payment_methods, setup_intents
from coalition.fake_stripe.calendar import DAY, business_days_after, midnight_after
from coalition.fake_stripe.errors import CardError, InvalidRequest, ParameterMissing
from coalition.fake_stripe.instruments import CURRENCY, USUAL_DAYS, Behaviour
from coalition.fake_stripe.world import Object, World

CARD_AVAILABLE_DAYS = 2
BYPASS_PENDING_LAST4 = "0077"

FAILURES = {
    "account_closed": "The bank account has been closed.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
    "card_declined": "Your card was declined.",
    "charge_exceeds_source_limit": "The payment exceeds the volume limit on the bank account.",
    "charge_exceeds_weekly_limit": "The payment exceeds the transaction limit on the bank account.",
    "debit_not_authorized": "The owner of the bank account has not authorized this debit.",
    "expired_card": "Your card has expired.",
    "insufficient_funds": "The bank account has insufficient funds to cover this payment.",
    "invalid_currency": "The bank account does not support this currency.",
    "no_account": "No bank account could be found.",
}


def confirm(
    world: World, account: str, intent: Object, method: Object, *, off_session: bool = False, on_page: bool = False
) -> None:
    """Try to collect an intent's amount with a payment method.

    `off_session` if its owner is not there; `on_page` if they are on a page of Checkout's, where they authenticate and
    give a mandate for the payment. Raises CardError when the bank refuses at once; the intent then waits for another
    payment method. Raises ParameterMissing or InvalidRequest without a mandate that stands, and the intent stays as it
    was.
    """
    mandate = None
    if method["type"] in CURRENCY:
        new_mandate = setup_intents.give_mandate if on_page else standing_mandate
        mandate = new_mandate(world, account, method)
    behaviour = payment_methods.behaviour(world, method)
    if on_page and behaviour.failure == "authentication_required":
        behaviour = replace(behaviour, failure=None)
    intent |= {"payment_method": method["id"], "last_payment_error": None, "next_action": None}
    if behaviour.failure == "authentication_required" and not off_session:
        intent |= {"status": "requires_action", "next_action": {"type": "use_stripe_sdk", "use_stripe_sdk": {}}}
        world.emit(account, "payment_intent.requires_action", intent)
        return
    charge = charges.build(world, account, intent, method, mandate)
    intent["latest_charge"] = charge["id"]
    if method["type"] == "card":
        _pay_by_card(world, account, intent, charge, method, behaviour)
    else:
        _debit(world, account, intent, charge, method, behaviour)


def standing_mandate(world: World, account: str, method: Object) -> Object:
    """The mandate under which a bank account can be debited now.

    Raises ParameterMissing if there is none, InvalidRequest if it ended.
    """
    mandate = setup_intents.mandate_of(world, account, method)
    if mandate is None:
        raise ParameterMissing("mandate_data")
    if mandate["status"] != "active":
        raise InvalidRequest(
            f"The provided mandate {mandate['id']} is {mandate['status']} and can not be used for this payment intent.",
            code="payment_intent_mandate_invalid",
            param="mandate",
        )
    return mandate


def _pay_by_card(
    world: World, account: str, intent: Object, charge: Object, method: Object, behaviour: Behaviour
) -> None:
    if behaviour.failure:
        error = _mark_failed(world, account, intent, charge, behaviour.failure, behaviour.decline)
        more = {name: value for name, value in error.items() if name not in ("code", "message", "type")}
        raise CardError(error["message"], error["code"], more | {"payment_intent": intent})
    bypass = method["card"]["last4"] == BYPASS_PENDING_LAST4
    _credit(world, account, charge, world.now if bypass else midnight_after(world.now) + CARD_AVAILABLE_DAYS * DAY)
    succeed(world, account, intent)


def _debit(world: World, account: str, intent: Object, charge: Object, method: Object, behaviour: Behaviour) -> None:
    days = USUAL_DAYS[method["type"]] if behaviour.days is None else behaviour.days
    known_at = business_days_after(world.now, days)
    _credit(world, account, charge, midnight_after(known_at))
    intent["status"] = "processing"
    world.emit(account, "payment_intent.processing", intent)
    world.emit(account, "charge.pending", charge)
    if behaviour.never:
        return
    if behaviour.failure:
        world.plan(known_at, partial(fail, world, account, intent, behaviour.failure, charge["id"]))
    else:
        world.plan(known_at, partial(succeed, world, account, intent, charge["id"]))


def _credit(world: World, account: str, charge: Object, available_on: int) -> None:
    """Put a charge on the balance; a bank debit's money is held until its outcome is known."""
    kind = charge["payment_method_details"]["type"]
    posted = balance.post(
        world,
        account,
        "charge" if kind == "card" else "payment",
        charge["amount"],
        charge["currency"],
        charge["id"],
        fee_minor=charges.fee_minor(kind, charge["amount"]),
        available_on=available_on,
        description=charge["description"],
        held=kind != "card",
    )
    charge["balance_transaction"] = posted["id"]


def _pending(world: World, intent: Object, charge_id: str | None) -> Object | None:
    """The charge that still waits for its outcome. None once it has one, or when another attempt took its place."""
    latest = intent["latest_charge"]
    if latest is None or charge_id not in (None, latest):
        return None
    charge = world.objects[latest]
    return charge if charge["status"] == "pending" else None


def succeed(world: World, account: str, intent: Object, charge_id: str | None = None) -> bool:
    """The money came. Does nothing, and says False, for a payment whose outcome is known already."""
    charge = _pending(world, intent, charge_id)
    if charge is None:
        return False
    if charge["payment_method_details"]["type"] != "card":
        credited = world.objects[charge["balance_transaction"]]
        balance.release(world, account, credited, midnight_after(world.now))
    charge |= {"status": "succeeded", "paid": True, "amount_captured": charge["amount"]}
    intent |= {"status": "succeeded", "amount_received": intent["amount"]}
    world.emit(account, "charge.succeeded", charge)
    world.emit(account, "payment_intent.succeeded", intent)
    _finish_checkout(world, account, intent, "async_payment_succeeded")
    behaviour = payment_methods.behaviour(world, world.objects[charge["payment_method"]])
    if behaviour.dispute and not behaviour.dispute_days:
        disputes.come_back(world, account, charge, behaviour.dispute)
    elif behaviour.dispute:
        world.plan(
            world.now + behaviour.dispute_days * DAY,
            partial(disputes.come_back, world, account, charge, behaviour.dispute),
        )
    return True


def fail(world: World, account: str, intent: Object, code: str, charge_id: str | None = None) -> bool:
    """A bank debit came back unpaid before it had succeeded; what was credited, pending, is taken back.

    Does nothing, and says False, for a payment whose outcome is known already.
    """
    charge = _pending(world, intent, charge_id)
    if charge is None:
        return False
    credited = world.objects[charge["balance_transaction"]]
    balance.release(world, account, credited, world.now)
    taken_back = balance.post(
        world,
        account,
        "payment_failure_refund",
        -charge["amount"],
        charge["currency"],
        charge["id"],
        fee_minor=charges.FAILURE_FEE_MINOR[charge["payment_method_details"]["type"]] - credited["fee"],
    )
    charge["failure_balance_transaction"] = taken_back["id"]
    _mark_failed(world, account, intent, charge, code, None)
    _finish_checkout(world, account, intent, "async_payment_failed")
    return True


def _mark_failed(
    world: World, account: str, intent: Object, charge: Object, code: str, decline: str | None
) -> dict[str, Any]:
    message = FAILURES.get(code, "The payment failed.")
    method = world.objects[charge["payment_method"]]
    charge |= {"status": "failed", "captured": False, "failure_code": code, "failure_message": message}
    charge["outcome"] |= {"network_status": "declined_by_network", "type": "issuer_declined"}
    charge["outcome"] |= {"reason": decline or code, "seller_message": message}
    error: dict[str, Any] = {
        "charge": charge["id"],
        "code": code,
        "doc_url": f"https://docs.stripe.com/error-codes#{code.replace('_', '-')}",
        "message": message,
        "payment_method": method,
        "type": "card_error" if method["type"] == "card" else "invalid_request_error",
    }
    if decline:
        error["decline_code"] = decline
    intent |= {"status": "requires_payment_method", "payment_method": None, "last_payment_error": error}
    world.emit(account, "charge.failed", charge)
    world.emit(account, "payment_intent.payment_failed", intent)
    return error


def _finish_checkout(world: World, account: str, intent: Object, outcome: str) -> None:
    """A Checkout session learns of a bank debit that it started; one paid by card is complete by then."""
    session = world.objects.get(world.sessions.get(intent["id"], ""))
    if session is None or session["status"] != "complete":
        return
    if outcome == "async_payment_succeeded":
        session["payment_status"] = "paid"
    world.emit(account, f"checkout.session.{outcome}", session)
