"""Payouts: money from a Stripe balance to its owner's bank, by hand or every day by themselves."""

from functools import partial

from coalition.fake_stripe import balance
from coalition.fake_stripe.calendar import DAY, business_days_after, midnight_after
from coalition.fake_stripe.currencies import check_amount, currency_of
from coalition.fake_stripe.errors import InvalidRequest
from coalition.fake_stripe.world import Call, Object, World

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
    return _send(call.world, call.account, amount, currency, automatic=False)


def _send(world: World, account: str, amount_minor: int, currency: str, *, automatic: bool) -> Object:
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
            "description": "STRIPE PAYOUT",
            "destination": banks[0]["id"] if banks else None,
            "failure_balance_transaction": None,
            "failure_code": None,
            "failure_message": None,
            "livemode": False,
            "metadata": {},
            "method": "standard",
            "original_payout": None,
            "payout_method": None,
            "reconciliation_status": "completed" if automatic else "not_applicable",
            "reversed_by": None,
            "source_type": "card",
            "statement_descriptor": None,
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


def fail_newest(world: World, account: str) -> None:
    """The bank sends the newest payout back, if there is one: its money is on the balance again."""
    payout = next((each for each in world.all(account, "payout") if each["status"] != "failed"), None)
    if payout is None:
        return
    back = balance.post(world, account, "payout_failure", payout["amount"], payout["currency"], payout["id"])
    failure = {"failure_balance_transaction": back["id"], "failure_code": "account_closed"}
    payout |= failure | {"failure_message": "The bank account has been closed", "status": "failed"}
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
                _send(world, account, balance.available_minor(world, account, currency), currency, automatic=True)
    world.plan(world.now + DAY, partial(_daily, world, account))
