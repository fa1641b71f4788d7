"""Balances and the balance transactions that they are made of: every cent that moves leaves one."""

from functools import partial

from coalition.fake_stripe import lists
from coalition.fake_stripe.errors import BalanceInsufficient
from coalition.fake_stripe.world import Call, Object, World

REPORTING_CATEGORY = {
    "charge": "charge",
    "payment": "charge",
    "payment_failure_refund": "charge_failure",
    "refund": "refund",
    "payment_refund": "refund",
    "refund_failure": "refund_failure",
    "transfer": "transfer",
    "transfer_refund": "transfer_reversal",
    "payout": "payout",
    "payout_failure": "payout_reversal",
    "topup": "topup",
}
"""By type; adjustments name their own. Source: docs.stripe.com/reports/reporting-categories."""


def post(
    world: World,
    account: str,
    kind: str,
    amount_minor: int,
    currency: str,
    source: str | None,
    *,
    fee_minor: int = 0,
    available_on: int | None = None,
    category: str | None = None,
    description: str | None = None,
    held: bool = False,
) -> Object:
    """Move money on an account and record why. `amount_minor` is signed; the net is the amount less the fee.

    The net is pending until `available_on` (at once if that is None or past); if it is `held`, until `release`.
    """
    available_on = max(available_on or world.now, world.now)
    fee_details = []
    if fee_minor:
        fee_details.append(
            {
                "amount": fee_minor,
                "application": None,
                "currency": currency,
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        )
    posted: Object = {
        "id": world.new_id("balance_transaction"),
        "object": "balance_transaction",
        "amount": amount_minor,
        "available_on": available_on,
        "balance_type": "payments",
        "created": world.now,
        "currency": currency,
        "description": description,
        "exchange_rate": None,
        "fee": fee_minor,
        "fee_details": fee_details,
        "net": amount_minor - fee_minor,
        "reporting_category": category or REPORTING_CATEGORY[kind],
        "source": source,
        "status": "pending",
        "type": kind,
    }
    _add(world, account, currency, posted["net"], available=False)
    if not held:
        release(world, account, posted, available_on)
    return world.keep(account, posted)


def release(world: World, account: str, posted: Object, available_on: int) -> None:
    """Let a transaction's net become available at an instant, at once if that is past."""
    posted["available_on"] = max(available_on, world.now)
    if available_on > world.now:
        world.plan(available_on, partial(_come_due, world, account, posted))
    else:
        _make_available(world, account, posted)


def _make_available(world: World, account: str, posted: Object) -> None:
    posted["status"] = "available"
    _add(world, account, posted["currency"], -posted["net"], available=False)
    _add(world, account, posted["currency"], posted["net"], available=True)


def _come_due(world: World, account: str, posted: Object) -> None:
    _make_available(world, account, posted)
    if world.balance_events.get(account) != world.now:
        world.balance_events[account] = world.now
        world.plan(world.now, lambda: world.emit(account, "balance.available", of_account(world, account)))


def _add(world: World, account: str, currency: str, net_minor: int, *, available: bool) -> None:
    key = (account, currency, available)
    world.funds[key] = world.funds.get(key, 0) + net_minor


def available_minor(world: World, account: str, currency: str) -> int:
    """What an account could pay out or transfer now, in minor units; it may be negative."""
    return world.funds.get((account, currency, True), 0)


def need(world: World, account: str, amount_minor: int, currency: str) -> None:
    """Raises BalanceInsufficient if less than that is available."""
    available = available_minor(world, account, currency)
    if available < amount_minor:
        raise BalanceInsufficient(amount_minor, available, currency)


def of_account(world: World, account: str) -> Object:
    """The balance object of an account."""
    currencies = sorted({currency for owner, currency, _ in world.funds if owner == account})
    currencies = currencies or [world.objects[account]["default_currency"]]

    def amounts(*, available: bool) -> list[Object]:
        minor = {currency: world.funds.get((account, currency, available), 0) for currency in currencies}
        return [{"amount": m, "currency": each, "source_types": {"card": m}} for each, m in minor.items()]

    return {
        "object": "balance",
        "available": amounts(available=True),
        "connect_reserved": [{"amount": 0, "currency": each} for each in currencies],
        "livemode": False,
        "pending": amounts(available=False),
    }


def retrieve(call: Call) -> Object:
    """GET /v1/balance"""
    return of_account(call.world, call.account)


def list_transactions(call: Call) -> Object:
    """GET /v1/balance_transactions"""
    return lists.page(call, "balance_transaction")
