"""Disputes: payments that come back after they had succeeded.

A card dispute can be won. A bank debit that its bank returns weeks later is a dispute that is lost from
the start; where the owner says that there was no mandate, the mandate ends with it.
"""

from coalition.fake_stripe import balance, lists, setup_intents
from coalition.fake_stripe.calendar import DAY
from coalition.fake_stripe.errors import InvalidRequest, UnexpectedState
from coalition.fake_stripe.world import Call, Object, World

FEE_MINOR = {"card": 2000, "sepa_debit": 750, "us_bank_account": 1500, "bacs_debit": 500, "au_becs_debit": 250}
"""Published standard fees, in minor units (for Bacs and BECS see `charges.fee_minor`); a real account's are in its
contract."""

ANSWER_DAYS = 20
ENDS_MANDATE = frozenset({"debit_not_authorized", "bank_cannot_process", "incorrect_account_details"})
NETWORK_REASON = "10.4"
EVIDENCE = [
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
]


def open_dispute(world: World, account: str, charge: Object, reason: str, amount_minor: int | None = None) -> Object:
    """Take a payment back, with Stripe's fee; from the balance, which may become negative.

    Raises InvalidRequest for a charge that did not succeed or is disputed already, or for more than is left of it.
    """
    kind = charge["payment_method_details"]["type"]
    left = charge["amount"] - charge["amount_refunded"]
    amount = left if amount_minor is None else amount_minor
    if charge["status"] != "succeeded" or charge["disputed"] or not 0 < amount <= left:
        raise InvalidRequest(f"Charge {charge['id']} can't be disputed for {amount}; {left} of it is left.")
    charge["disputed"] = True
    made = world.keep(account, _build(world, charge, reason, amount))
    taken = balance.post(
        world,
        account,
        "adjustment",
        -amount,
        charge["currency"],
        made["id"],
        fee_minor=FEE_MINOR[kind],
        category="dispute",
        description=f"Chargeback withdrawal for {charge['id']}",
    )
    made["balance_transactions"].append(taken)
    world.emit(account, "charge.dispute.created", made)
    world.emit(account, "charge.dispute.funds_withdrawn", made)
    if kind == "card":
        return made
    world.emit(account, "charge.dispute.closed", made)
    mandate = world.objects.get(charge["payment_method_details"][kind]["mandate"] or "")
    if mandate and reason in ENDS_MANDATE:
        setup_intents.revoke(world, account, mandate)
    return made


def come_back(world: World, account: str, charge: Object, reason: str) -> None:
    """A payment comes back by itself, unless there is nothing left of it to come back."""
    if not charge["disputed"] and not charge["refunded"]:
        open_dispute(world, account, charge, reason)


def _build(world: World, charge: Object, reason: str, amount_minor: int) -> Object:
    by_card = charge["payment_method_details"]["type"] == "card"
    brand = charge["payment_method_details"]["card"]["brand"] if by_card else None
    card = {"brand": brand, "case_type": "chargeback", "network": brand, "network_reason_code": NETWORK_REASON}
    return {
        "id": world.new_id("dispute"),
        "object": "dispute",
        "amount": amount_minor,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": world.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": world.now + ANSWER_DAYS * DAY if by_card else None,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": False,
        "livemode": False,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {"type": "card", "card": card} if by_card else None,
        "reason": reason,
        "status": "needs_response" if by_card else "lost",
    }


def decide(world: World, account: str, dispute: Object, *, won: bool) -> None:
    """The bank's word on a card dispute. Won money comes back, the fee does not. Raises UnexpectedState after it."""
    if dispute["status"] in ("won", "lost"):
        raise UnexpectedState("dispute", dispute["status"], "This dispute is closed.")
    dispute["status"] = "won" if won else "lost"
    if won:
        back = balance.post(
            world,
            account,
            "adjustment",
            dispute["amount"],
            dispute["currency"],
            dispute["id"],
            category="dispute_reversal",
            description=f"Chargeback reversal for {dispute['charge']}",
        )
        dispute["balance_transactions"].append(back)
        world.emit(account, "charge.dispute.funds_reinstated", dispute)
    world.emit(account, "charge.dispute.closed", dispute)


def list_all(call: Call) -> Object:
    """GET /v1/disputes"""
    return lists.page(call, "dispute")
