"""Names of row keys, events and presets for reading, the vendors' own words beside ours. What is not listed is shown as
it is.
"""

from coalition.locale.messages import N_

_LABELS = {
    "purchase": N_("purchase"),
    "sell": N_("sell"),
    "inject": N_("inject"),
    "day": N_("day"),
    "join": N_("join"),
    "member": N_("member"),
    "shop": N_("shop"),
    "others": N_("others"),
    "task": N_("task"),
    "buy": N_("buy"),
    "release": N_("release"),
    "spend_packet": N_("spend red packets"),
    "convert": N_("convert"),
    "fees": N_("fees"),
    "deposit": N_("deposit"),
    "dividend": N_("dividend"),
    "collect": N_("collect a parcel"),
    "give": N_("give"),
    "mall": N_("mall order"),
    "minted": N_("minted"),
    "pool": N_("pool"),
    "circulation": N_("in circulation"),
    "price": N_("price"),
    "points": N_("points"),
    "value": N_("value"),
    "cash": N_("cash"),
    "exited": N_("forced out (出局)"),
    "share_value": N_("share value (共享值)"),
    "share_points": N_("share points (共享积分)"),
    "got": N_("got"),
    "used": N_("used"),
    "debited": N_("debited"),
    "balance": N_("balance"),
    "open": N_("takes orders"),
    "refused": N_("refused"),
    "issued": N_("issued"),
    "sold": N_("sold"),
    "fee": N_("fee"),
    "role": N_("role"),
    "upline": N_("upline"),
    "frozen": N_("frozen"),
    "dividends": N_("dividend pool"),
    "power": N_("power (消费力)"),
    "share_coupons": N_("share coupons (共享券)"),
    "red_packets": N_("red packets (红包)"),
    "contribution": N_("contribution (贡献值)"),
    "vouchers": N_("vouchers (消费券)"),
    "fee_rate": N_("fee rate"),
    "unpaid": N_("unpaid"),
    "paid_with": N_("paid with"),
    "points_paid": N_("paid in points"),
    "cash_paid": N_("paid in cash"),
    "mall_points": N_("mall points (双倍积分)"),
    "agent": N_("agent (代理)"),
    "boss": N_("boss (老板)"),
    "money": N_("money"),
    "platform": N_("platform"),
    "subsidy": N_("subsidy"),
    "market": N_("market"),
    "earned": N_("earned"),
    "spent": N_("spent"),
    "outstanding": N_("outstanding"),
    "to_come": N_("packages still to be returned"),
    "due": N_("due"),
    "shops": N_("shops"),
    "members": N_("members"),
    "agents": N_("agents"),
    "investor": N_("investor"),
    "investors": N_("investors"),
    "old_balance": N_("old balance"),
    "old_balances": N_("old balances"),
    "released": N_("released"),
    "clear": N_("stock clearance"),
    "shop_points": N_("shop's points"),
    "round": N_("round"),
    "invested": N_("invested"),
    "reassign": N_("moved by a finding"),
    "shareholder": N_("shareholder"),
    "shares": N_("shares"),
    "upgrade": N_("bigger package"),
    "rank": N_("rank"),
    "point": N_("service point"),
    "goods": N_("goods"),
    "uncollected": N_("parcels not collected"),
    "swapped": N_("lines swapped"),
    "region": N_("region"),
    "worth": N_("worth"),
    "spend": N_("spend"),
    "verify": N_("verified"),
    "score": N_("score"),
    "provider": N_("city provider"),
}

_PRESETS = {
    "local-life": N_("local life (本地生活)"),
    "local-life-2": N_("local life, exit at 2 (本地生活)"),
    "mall": N_("mall (商城)"),
    "mall-2": N_("mall, exit at 2 (商城)"),
    "three-years": N_("three years (共享购)"),
    "two-plus-one": N_("as sold (链动)"),
    "two-plus-one-swap": N_("2+1 with swap (链动)"),
    "two-plus-one-slide": N_("2+1 with three-three slide (链动)"),
    "consumption-packages": N_("consumption packages (消费套餐)"),
    "power-at-20": N_("consumption packages, power at 20 (消费套餐)"),
    "two-percent": N_("2 %"),
    "five-percent": N_("5 %"),
}

ASSETS = {"points": N_("points (绿色积分)")}
"""Assets that are called otherwise where they are owed."""

_PARTIES = {
    "platform": N_("platform"),
    "subsidy": N_("subsidy"),
    "mall": N_("the mall"),
    "goods": N_("supplier of the goods"),
}
"""Participants that a scheme itself brings along."""


def label(key: str) -> str:
    """The name of a key, an event or a state."""
    return _LABELS.get(key, key)


def preset_label(preset: str) -> str:
    """The name of a preset."""
    return _PRESETS.get(preset, preset)


def asset_label(asset: str) -> str:
    """The name of what is owed."""
    return ASSETS.get(asset) or label(asset)


def party_label(name: str) -> str:
    """The name of a participant that a scheme brings along; empty for everybody else, who has a name of their own."""
    return _PARTIES.get(name, "")
