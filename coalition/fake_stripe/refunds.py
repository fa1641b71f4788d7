"""Refunds: a payment given back by us. To cards at once; to bank accounts after days, and they may fail."""

from functools import partial

from coalition.fake_stripe import balance
from coalition.fake_stripe.calendar import business_days_after
from coalition.fake_stripe.currencies import check_amount
from coalition.fake_stripe.errors import InvalidRequest, ParameterMissing, UnexpectedState
from coalition.fake_stripe.world import Call, Object, World

BANK_DAYS = 4
"""Business days that a refund to a bank account takes."""


def create(call: Call) -> Object:
    """POST /v1/refunds, of a payment intent's latest charge or of a charge; it may make the balance negative."""
    args, world = call.args, call.world
    charge = _charge(call)
    left = charge["amount"] - charge["amount_refunded"]
    amount = args.get("amount", left)
    if charge["refunded"]:
        raise InvalidRequest(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if charge["disputed"]:
        raise InvalidRequest(f"Charge {charge['id']} has been charged back.", code="charge_disputed")
    if charge["status"] != "succeeded":
        raise InvalidRequest(f"Charge {charge['id']} has not succeeded; it is {charge['status']}.")
    check_amount(amount, charge["currency"])
    if amount > left:
        raise InvalidRequest(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left}).", param="amount"
        )
    return _give_back(world, call.account, charge, amount)


def _charge(call: Call) -> Object:
    if call.args.get("charge"):
        return call.find("charge", call.args["charge"], "charge")
    if not call.args.get("payment_intent"):
        raise ParameterMissing("payment_intent")
    intent = call.find("payment_intent", call.args["payment_intent"], "payment_intent")
    if intent["latest_charge"] is None:
        raise InvalidRequest(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
    return call.find("charge", intent["latest_charge"])


def _give_back(world: World, account: str, charge: Object, amount_minor: int) -> Object:
    """Refund part or all of what is left of a charge that succeeded."""
    by_card = charge["payment_method_details"]["type"] == "card"
    refund = _build(world, account, charge, amount_minor)
    _book(world, account, charge, refund, "refund" if by_card else "payment_refund")
    world.emit(account, "refund.created", refund)
    world.emit(account, "charge.refunded", charge)
    if not by_card:
        world.plan(business_days_after(world.now, BANK_DAYS), partial(_arrive, world, account, refund))
    return refund


def take_back(world: World, account: str, arrival: Object, amount_minor: int, reversal: str) -> Object:
    """The connected account's side of a reversed transfer: a refund of the payment as which it had arrived."""
    refund = _build(world, account, arrival, amount_minor)
    refund |= {"status": "succeeded", "transfer_reversal": reversal}
    _book(world, account, arrival, refund, "payment_refund")
    return refund


def _build(world: World, account: str, charge: Object, amount_minor: int) -> Object:
    kind = (charge["payment_method_details"] or {}).get("type")
    details: Object | None = {"type": kind} if kind else None
    if details and kind == "card":
        reference = {"reference_status": "pending", "reference_type": "acquirer_reference_number"}
        details["card"] = {"type": "refund", **reference}
    return world.keep(
        account,
        {
            "id": world.new_id("refund" if kind == "card" else "payment_refund"),
            "object": "refund",
            "amount": amount_minor,
            "balance_transaction": None,
            "charge": charge["id"],
            "created": world.now,
            "currency": charge["currency"],
            "customer": charge["customer"],
            "customer_account": None,
            "destination_details": details,
            "metadata": {},
            "payment_intent": charge["payment_intent"],
            "payment_method": charge["payment_method"],
            "reason": None,
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "succeeded" if kind == "card" else "pending",
            "transfer_reversal": None,
        },
    )


def _book(world: World, account: str, charge: Object, refund: Object, kind: str) -> None:
    posted = balance.post(world, account, kind, -refund["amount"], refund["currency"], refund["id"])
    refund["balance_transaction"] = posted["id"]
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    charge["refunds"]["data"].insert(0, refund)


def _arrive(world: World, account: str, refund: Object) -> None:
    if refund["status"] == "pending":
        refund["status"] = "succeeded"
        world.emit(account, "refund.updated", refund, {"status": "pending"})


def fail(world: World, account: str, refund: Object, reason: str) -> None:
    """The bank sent a refund back: the money is on the balance again. Raises UnexpectedState if that is settled."""
    if refund["status"] == "failed":
        raise UnexpectedState("refund", refund["status"], "This refund is over.")
    back = balance.post(
        world,
        account,
        "refund_failure",
        refund["amount"],
        refund["currency"],
        refund["id"],
    )
    refund |= {"status": "failed", "failure_reason": reason, "failure_balance_transaction": back["id"]}
    charge = world.objects[refund["charge"]]
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    world.emit(account, "refund.failed", refund)
