"""Transfers: money from what the platform has available to a connected account, and back.

Source: docs.stripe.com/connect/separate-charges-and-transfers.
"""

from coalition.fake_stripe import balance, lists, platform, refunds
from coalition.fake_stripe.currencies import check_amount, currency_of
from coalition.fake_stripe.errors import InvalidRequest, ParameterMissing
from coalition.fake_stripe.fields import billing_details, metadata_of
from coalition.fake_stripe.world import Call, Object, World


def create(call: Call) -> Object:
    """POST /v1/transfers"""
    args, world = call.args, call.world
    currency = currency_of(args["currency"])
    destination = _destination(world, args["destination"])
    if "amount" not in args:
        raise ParameterMissing("amount")
    check_amount(args["amount"], currency)
    balance.need(world, call.account, args["amount"], currency)
    return _move(call, destination, args["amount"], currency)


def _destination(world: World, account_id: str) -> Object:
    account = world.objects.get(account_id)
    if account is None or account["object"] != "account":
        raise InvalidRequest(f"No such destination: '{account_id}'", code="resource_missing", param="destination")
    if account["capabilities"].get("transfers") != "active":
        raise InvalidRequest(
            "Your destination account needs to have at least one of the following capabilities enabled: transfers, "
            "crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    platform.check_transfer(world, account)
    return account


def _move(call: Call, destination: Object, amount_minor: int, currency: str) -> Object:
    world, args = call.world, call.args
    transfer_id = world.new_id("transfer")
    transfer = world.keep(
        call.account,
        {
            "id": transfer_id,
            "object": "transfer",
            "amount": amount_minor,
            "amount_reversed": 0,
            "balance_transaction": None,
            "created": world.now,
            "currency": currency,
            "description": args.get("description"),
            "destination": destination["id"],
            "destination_payment": None,
            "livemode": False,
            "metadata": metadata_of(args),
            "reversals": lists.as_list([], f"/v1/transfers/{transfer_id}/reversals"),
            "reversed": False,
            "source_transaction": None,
            "source_type": "card",
            "transfer_group": args.get("transfer_group"),
        },
    )
    sent = balance.post(
        world,
        call.account,
        "transfer",
        -amount_minor,
        currency,
        transfer_id,
        description=args.get("description"),
    )
    arrived = _arrival(world, transfer, destination["id"])
    credited = balance.post(world, destination["id"], "payment", amount_minor, currency, arrived["id"])
    arrived["balance_transaction"] = credited["id"]
    transfer |= {"balance_transaction": sent["id"], "destination_payment": arrived["id"]}
    call.emit("transfer.created", transfer)
    world.emit(destination["id"], "payment.created", arrived)
    return transfer


def _arrival(world: World, transfer: Object, account: str) -> Object:
    """The payment as which a transfer shows up in the connected account's books."""
    charge_id = world.new_id("payment")
    empty = (
        "application application_fee application_fee_amount balance_transaction calculated_statement_descriptor "
        "customer description failure_balance_transaction failure_code failure_message on_behalf_of outcome "
        "payment_intent payment_method payment_method_details receipt_email receipt_number receipt_url review shipping "
        "source statement_descriptor statement_descriptor_suffix transfer_data transfer_group"
    )
    return world.keep(
        account,
        {
            "id": charge_id,
            "object": "charge",
            **dict.fromkeys(empty.split()),
            "amount": transfer["amount"],
            "amount_captured": transfer["amount"],
            "amount_refunded": 0,
            "billing_details": billing_details(),
            "captured": True,
            "created": world.now,
            "currency": transfer["currency"],
            "disputed": False,
            "fraud_details": {},
            "livemode": False,
            "metadata": {},
            "paid": True,
            "refunded": False,
            "refunds": lists.as_list([], f"/v1/charges/{charge_id}/refunds"),
            "source_transfer": transfer["id"],
            "status": "succeeded",
        },
    )


def reverse(call: Call) -> Object:
    """POST /v1/transfers/{id}/reversals; the connected account must have the money available."""
    args, world = call.args, call.world
    transfer = call.find("transfer")
    left = transfer["amount"] - transfer["amount_reversed"]
    amount = args.get("amount", left)
    if left == 0:
        raise InvalidRequest(f"Transfer {transfer['id']} is already fully reversed.", code="transfer_already_reversed")
    check_amount(amount, transfer["currency"])
    if amount > left:
        raise InvalidRequest(f"Amount {amount} is more than the {left} that are not reversed yet.", param="amount")
    balance.need(world, transfer["destination"], amount, transfer["currency"])
    reversal = world.keep(
        call.account,
        {
            "id": world.new_id("transfer_reversal"),
            "object": "transfer_reversal",
            "amount": amount,
            "balance_transaction": None,
            "created": world.now,
            "currency": transfer["currency"],
            "destination_payment_refund": None,
            "metadata": metadata_of(args),
            "source_refund": None,
            "transfer": transfer["id"],
        },
    )
    currency = transfer["currency"]
    back = balance.post(world, call.account, "transfer_refund", amount, currency, reversal["id"])
    arrival = world.objects[transfer["destination_payment"]]
    refund = refunds.take_back(world, transfer["destination"], arrival, amount, reversal["id"])
    reversal |= {"balance_transaction": back["id"], "destination_payment_refund": refund["id"]}
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"].insert(0, reversal)
    call.emit("transfer.reversed", transfer)
    return reversal


def retrieve(call: Call) -> Object:
    """GET /v1/transfers/{id}"""
    return call.find("transfer")


def list_all(call: Call) -> Object:
    """GET /v1/transfers"""
    return lists.page(call, "transfer")
