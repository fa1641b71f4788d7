"""Charges: one attempt to collect money each. Cards settle at once, bank debits are pending for days."""

from coalition.fake_stripe import lists
from coalition.fake_stripe.calendar import iso_date
from coalition.fake_stripe.world import Call, Object, World

BPS = 10_000
CARD_FEE_BPS, CARD_FEE_MINOR = 150, 25
SEPA_FEE_MINOR = 35
ACH_FEE_BPS, ACH_FEE_MAX_MINOR = 80, 500
BACS_FEE_BPS, BACS_FEE_MIN_MINOR, BACS_FEE_MAX_MINOR = 100, 20, 400
BECS_FEE_BPS, BECS_FEE_MINOR, BECS_FEE_MAX_MINOR = 100, 30, 350
FAILURE_FEE_MINOR = {"sepa_debit": 350, "us_bank_account": 400, "bacs_debit": 500, "au_becs_debit": 250}
"""What a debit costs that its bank sends back unpaid, in minor units: fees of the published size."""


def fee_minor(kind: str, amount_minor: int) -> int:
    """Stripe's fee in minor units: the published standard prices of one country each, parts rounded half up.

    Cards 1.5 % + 0.25, SEPA debits 0.35, ACH debits 0.8 % up to 5.00, Bacs debits 1 % from 0.20 to 4.00, BECS debits
    1 % + 0.30 up to 3.50. Those of Bacs and BECS are as a platform of Stripe's passes them on
    (help.practicebetter.io, articles 43290840700315 and 43292300575387). What a real account pays
    is in its contract: read fees from the balance transaction, never compute them.
    """
    if kind == "card":
        return _part(amount_minor, CARD_FEE_BPS) + CARD_FEE_MINOR
    if kind == "sepa_debit":
        return SEPA_FEE_MINOR
    if kind == "bacs_debit":
        return min(max(_part(amount_minor, BACS_FEE_BPS), BACS_FEE_MIN_MINOR), BACS_FEE_MAX_MINOR)
    if kind == "au_becs_debit":
        return min(_part(amount_minor, BECS_FEE_BPS) + BECS_FEE_MINOR, BECS_FEE_MAX_MINOR)
    return min(_part(amount_minor, ACH_FEE_BPS), ACH_FEE_MAX_MINOR)


def _part(amount_minor: int, bps: int) -> int:
    return (amount_minor * bps + BPS // 2) // BPS


def build(world: World, account: str, intent: Object, method: Object, mandate: Object | None) -> Object:
    """A new charge for a payment intent, pending until its outcome is set."""
    is_card = method["type"] == "card"
    charge_id = world.new_id("charge" if is_card else "payment")
    return world.keep(
        account,
        {
            "id": charge_id,
            "object": "charge",
            "amount": intent["amount"],
            "amount_captured": 0,
            "amount_refunded": 0,
            "application": None,
            "application_fee": None,
            "application_fee_amount": None,
            "balance_transaction": None,
            "billing_details": method["billing_details"],
            "calculated_statement_descriptor": "COALITION" if is_card else None,
            "captured": True,
            "created": world.now,
            "currency": intent["currency"],
            "customer": intent["customer"],
            "description": intent["description"],
            "disputed": False,
            "failure_balance_transaction": None,
            "failure_code": None,
            "failure_message": None,
            "fraud_details": {},
            "livemode": False,
            "metadata": dict(intent["metadata"]),
            "on_behalf_of": None,
            "outcome": _outcome("approved_by_network" if is_card else "not_sent_to_network"),
            "paid": False,
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": _details(world, intent, method, mandate),
            "receipt_email": None,
            "receipt_number": None,
            "receipt_url": None,
            "refunded": False,
            "refunds": lists.as_list([], f"/v1/charges/{charge_id}/refunds"),
            "review": None,
            "shipping": None,
            "source": None,
            "source_transfer": None,
            "statement_descriptor": None,
            "statement_descriptor_suffix": None,
            "status": "pending",
            "transfer_data": None,
            "transfer_group": intent["transfer_group"],
        },
    )


def _outcome(network_status: str) -> Object:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network_status,
        "reason": None,
        "seller_message": "Payment complete.",
        "type": "authorized",
    }


def _details(world: World, intent: Object, method: Object, mandate: Object | None) -> Object:
    kind = method["type"]
    own = method[kind]
    names: tuple[str, ...]
    if kind == "sepa_debit":
        names = ("bank_code", "branch_code", "country", "fingerprint", "last4")
        details = {name: own[name] for name in names}
        details |= {"expected_debit_date": iso_date(world.now), "mandate": mandate["id"] if mandate else None}
    elif kind == "us_bank_account":
        names = ("account_holder_type", "account_type", "bank_name", "fingerprint", "last4", "routing_number")
        details = {name: own[name] for name in names}
        details |= {
            "expected_debit_date": iso_date(world.now),
            "mandate": mandate["id"] if mandate else None,
            "payment_reference": None,
        }
    elif kind in ("bacs_debit", "au_becs_debit"):
        details = own | {"expected_debit_date": iso_date(world.now), "mandate": mandate["id"] if mandate else None}
    else:
        names = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
        details = {name: own[name] for name in names}
        details |= _card_network(intent["amount"], own["brand"])
    return {"type": kind, kind: details}


def _card_network(amount_minor: int, brand: str) -> Object:
    return {
        "amount_authorized": amount_minor,
        "authorization_code": "123456",
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": brand,
        "network_token": {"used": False},
        "network_transaction_id": "104103105111106",
        "overcapture": {"maximum_amount_capturable": amount_minor, "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "transaction_link_id": None,
        "wallet": None,
    }


def retrieve(call: Call) -> Object:
    """GET /v1/charges/{id}"""
    return call.find("charge")


def list_all(call: Call) -> Object:
    """GET /v1/charges"""
    return lists.page(call, "charge")
