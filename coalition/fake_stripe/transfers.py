"""Transfers: money from the platform to a connected account, and back.

From what is available, or ahead of it out of one charge (`source_transaction`): then the money moves at once and is
available when the charge's is. Source: docs.stripe.com/connect/separate-charges-and-transfers.
"""

from coalition.fake_stripe import balance, lists, refunds
from coalition.fake_stripe.currencies import check_amount, currency_of
from coalition.fake_stripe.errors import BalanceInsufficient, InvalidRequest, ParameterMissing
from coalition.fake_stripe.fields import billing_details, change, metadata_of
from coalition.fake_stripe.world import Call, Object, World


def create(call: Call) -> Object:
    """POST /v1/transfers"""
    args, world = call.args, call.world
    currency = currency_of(args["currency"])
    destination = _destination(world, args["destination"])
    source = call.find("charge", args["source_transaction"], "source_transaction") if _from_charge(args) else None
    if "amount" not in args and source is None:
        raise ParameterMissing("amount")
    amount: int = args["amount"] if "amount" in args or source is None else source["amount"]
    check_amount(amount, currency)
    if source:
        available_on = _check_source(world, call.account, source, amount, currency)
    else:
        balance.need(world, call.account, amount, currency)
        available_on = world.now
    group = args.get("transfer_group") or _group_of(source)
    return _move(call, destination, amount, currency, source, group, available_on)


def _from_charge(args: Object) -> bool:
    return bool(args.get("source_transaction"))


def _destination(world: World, account_id: str) -> Object:
    found = world.objects.get(account_id)
    if found is None or found["object"] != "account":
        raise InvalidRequest(f"No such destination: '{account_id}'", code="resource_missing", param="destination")
    if found["capabilities"].get("transfers") != "active":
        raise InvalidRequest(
            "Your destination account needs to have at least one of the following capabilities enabled: transfers, "
            "crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )
    return found


def _check_source(world: World, account: str, source: Object, amount_minor: int, currency: str) -> int:
    """When the charge's money will be available. Raises InvalidRequest for a charge that can't cover the transfer."""
    if source["currency"] != currency:
        raise InvalidRequest(f"The source_transaction is in {source['currency']}, not in {currency}.", param="currency")
    if source["status"] == "failed" or source["refunded"]:
        raise InvalidRequest(f"Charge {source['id']} has no money to transfer.", param="source_transaction")
    used = sum(each["amount"] for each in world.all(account, "transfer") if each["source_transaction"] == source["id"])
    left = source["amount"] - used
    if amount_minor > left:
        raise BalanceInsufficient(amount_minor, left, currency)
    available_on: int = world.objects[source["balance_transaction"]]["available_on"]
    return available_on


def _group_of(source: Object | None) -> str | None:
    """A charge and the transfers out of it always share a group, an invented one if need be."""
    if source is None:
        return None
    source["transfer_group"] = source["transfer_group"] or f"group_{source['payment_intent'] or source['id']}"
    group: str = source["transfer_group"]
    return group


def _move(
    call: Call,
    destination: Object,
    amount_minor: int,
    currency: str,
    source: Object | None,
    group: str | None,
    available_on: int,
) -> Object:
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
            "source_transaction": source["id"] if source else None,
            "source_type": args.get("source_type", "card"),
            "transfer_group": group,
        },
    )
    sent = balance.post(
        world,
        call.account,
        "transfer",
        -amount_minor,
        currency,
        transfer_id,
        available_on=available_on,
        description=args.get("description"),
    )
    arrived = _arrival(world, transfer, destination["id"])
    got = balance.post(
        world, destination["id"], "payment", amount_minor, currency, arrived["id"], available_on=available_on
    )
    arrived["balance_transaction"] = got["id"]
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


def update(call: Call) -> Object:
    """POST /v1/transfers/{id}"""
    transfer = call.find("transfer")
    previous = change(transfer, call.args, "description")
    call.emit("transfer.updated", transfer, previous)
    return transfer


def list_all(call: Call) -> Object:
    """GET /v1/transfers"""
    return lists.page(call, "transfer")


def retrieve_reversal(call: Call) -> Object:
    """GET /v1/transfers/{id}/reversals/{id}"""
    return call.find("transfer_reversal", call.ids[1])


def list_reversals(call: Call) -> Object:
    """GET /v1/transfers/{id}/reversals"""
    transfer = call.find("transfer")
    return lists.page(call, "transfer_reversal", lambda each: each["transfer"] == transfer["id"])
