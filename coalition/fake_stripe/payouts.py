"""Payouts: money from a Stripe balance to its owner's bank, by hand or every day by themselves."""

from functools import partial

from coalition.fake_stripe import balance, lists
from coalition.fake_stripe.calendar import DAY, business_days_after, midnight_after
from coalition.fake_stripe.currencies import check_amount, currency_of
from coalition.fake_stripe.errors import InvalidRequest, UnexpectedState
from coalition.fake_stripe.fields import change, metadata_of
from coalition.fake_stripe.world import Args, Call, Object, World

ARRIVES_DAYS = 2


def create(call: Call) -> Object:
    """POST /v1/payouts"""
    currency = currency_of(call.args["currency"])
    amount = call.args["amount"]
    check_amount(amount, currency)
    owner = call.world.objects[call.account]
    if not owner["payouts_enabled"]:
        raise InvalidRequest("Cannot create payouts: payouts are not enabled.", code="payouts_not_allowed")
    balance.need(call.world, call.account, amount, currency)
    return _send(call.world, call.account, amount, currency, call.args, automatic=False)


def _send(world: World, account: str, amount_minor: int, currency: str, args: Args, *, automatic: bool) -> Object:
    banks = world.objects[account]["external_accounts"]["data"]
    payout_id = world.new_id("payout")
    posted = balance.post(world, account, "payout", -amount_minor, currency, payout_id, description="STRIPE PAYOUT")
    payout = world.keep(
        account,
        {
            "id": payout_id,
            "object": "payout",
            "amount": amount_minor,
            "application_fee": None,
            "application_fee_amount": None,
            "arrival_date": midnight_after(business_days_after(world.now, ARRIVES_DAYS)),
            "automatic": automatic,
            "balance_transaction": posted["id"],
            "created": world.now,
            "currency": currency,
            "description": args.get("description", "STRIPE PAYOUT"),
            "destination": banks[0]["id"] if banks else None,
            "failure_balance_transaction": None,
            "failure_code": None,
            "failure_message": None,
            "livemode": False,
            "metadata": metadata_of(args),
            "method": args.get("method", "standard"),
            "original_payout": None,
            "payout_method": None,
            "reconciliation_status": "completed" if automatic else "not_applicable",
            "reversed_by": None,
            "source_type": args.get("source_type", "card"),
            "statement_descriptor": args.get("statement_descriptor"),
            "status": "pending",
            "trace_id": None,
            "type": "bank_account",
        },
    )
    world.emit(account, "payout.created", payout)
    world.plan(payout["arrival_date"], partial(_arrive, world, account, payout))
    return payout


def _arrive(world: World, account: str, payout: Object) -> None:
    if payout["status"] == "pending":
        payout["status"] = "paid"
        world.emit(account, "payout.paid", payout)


def fail(world: World, account: str, payout: Object, code: str = "account_closed") -> None:
    """The bank sent a payout back, even one that was paid. Raises UnexpectedState if it is over otherwise."""
    if payout["status"] not in ("pending", "paid"):
        raise UnexpectedState("payout", payout["status"], "This payout is over.")
    back = balance.post(world, account, "payout_failure", payout["amount"], payout["currency"], payout["id"])
    payout |= {"status": "failed", "failure_code": code, "failure_balance_transaction": back["id"]}
    payout["failure_message"] = "The bank account could not be paid."
    world.emit(account, "payout.failed", payout)


def pay_out_daily(world: World, account: str) -> None:
    """At every midnight, everything available of an account whose schedule is daily."""
    world.plan(midnight_after(world.now), partial(_daily, world, account))


def _daily(world: World, account: str) -> None:
    owner = world.objects.get(account)
    if owner is None:
        return
    daily = owner["settings"]["payouts"]["schedule"]["interval"] == "daily"
    if daily and owner["payouts_enabled"]:
        for payer, currency, available in sorted(world.funds):
            if payer == account and available and world.funds[payer, currency, available] > 0:
                _pay_all(world, account, currency)
    world.plan(world.now + DAY, partial(_daily, world, account))


def _pay_all(world: World, account: str, currency: str) -> None:
    amount = balance.available_minor(world, account, currency)
    payout = _send(world, account, amount, currency, {}, automatic=True)
    world.payout_contents[payout["id"]] = frozenset(world.unpaid.pop((account, currency)))


def retrieve(call: Call) -> Object:
    """GET /v1/payouts/{id}"""
    return call.find("payout")


def update(call: Call) -> Object:
    """POST /v1/payouts/{id}"""
    payout = call.find("payout")
    previous = change(payout, call.args)
    call.emit("payout.updated", payout, previous)
    return payout


def cancel(call: Call) -> Object:
    """POST /v1/payouts/{id}/cancel"""
    payout = call.find("payout")
    if payout["status"] != "pending" or payout["automatic"]:
        raise InvalidRequest(
            "Payouts can only be canceled while pending, and not automatic ones.", code="payouts_not_allowed"
        )
    balance.post(call.world, call.account, "payout_cancel", payout["amount"], payout["currency"], payout["id"])
    payout["status"] = "canceled"
    call.emit("payout.canceled", payout)
    return payout


def list_all(call: Call) -> Object:
    """GET /v1/payouts"""
    return lists.page(call, "payout")
