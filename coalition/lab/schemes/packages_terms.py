"""The parameters of consumption packages, and the events that a scenario of theirs may have."""

from coalition.lab.params import Param
from coalition.lab.scheme import EventKind
from coalition.lab.schemes.packages_people import THRESHOLDS, TITLES
from coalition.locale.messages import N_

SPECS = (
    Param("starter_power", "12", "amount", N_("power that the free starter package brings over 30 days")),
    Param("package_return", "1.32", "amount", N_("times its price that a bought package returns over 30 days")),
    Param("advanced_return", "1.32", "amount", N_("times its price that an advanced package returns")),
    Param("expert_return", "1.32", "amount", N_("times its price that an expert package returns")),
    Param(
        "repurchase_days",
        "1",
        "count",
        N_("days longer that a package runs for each one of its tier before, 6 at most"),
    ),
    Param("power_price", "1", "positive", N_("the price of power at the start, in money; vendors name 20")),
    *(
        Param(f"{title}_present", "0", "amount", N_("price of the package that a rank gives as a present"))
        for title in TITLES
    ),
    Param("provider_rate", "0", "share", N_("of the fees of a city's members, to its provider every day")),
    Param(
        "referral_coupon",
        "0.1",
        "amount",
        N_("share coupons a day for a referral, six days, until a day is missed"),
    ),
    Param(
        "package_commission",
        "0.06",
        "share",
        N_("of a recruit's package, up to the same of one's own largest"),
    ),
    Param("voucher_fee_low", "0.4", "share", N_("to turn power into vouchers, or sell it, with a score under 3")),
    Param("voucher_fee", "0.25", "share", N_("the same with a score of 3 or more")),
    Param("voucher_fee_supervisor", "0.2", "share", N_("the same as a supervisor, or with an advanced package")),
    Param("voucher_fee_manager", "0.15", "share", N_("the same as a manager, or with an expert package")),
    Param("direct_contribution", "0.6", "share", N_("of red packets spent, contribution of the direct referrer")),
    Param("indirect_contribution", "0.25", "share", N_("of red packets spent, contribution of the indirect referrer")),
    Param("shop_contribution", "1", "share", N_("of red packets spent, contribution of the shop")),
)

KINDS = (
    EventKind(
        "member",
        ("who",),
        ("referrer", "score", "rating", "rank", "city", *THRESHOLDS, "power", "share_coupons"),
        N_("joins with the free starter package, or declares what they bring"),
    ),
    EventKind("task", ("who",), ("day",), N_("does the day's task")),
    EventKind("verify", ("who",), (), N_("is verified, which adds one to the referrer's score")),
    EventKind(
        "buy",
        ("who", "amount|price"),
        ("pay", "tier"),
        N_("buys a package at that price; pay: power or money; tier: basic, advanced or expert"),
    ),
    EventKind("price", ("amount|price",), (), N_("sets the market's price of power, in money")),
    EventKind("sell", ("who", "to", "amount"), (), N_("sells power at the market's price, less the fee")),
    EventKind("release", (), ("who", "rating", "rate"), N_("a day's release of share coupons, of all or of one")),
    EventKind("spend_packet", ("who", "amount"), ("shop",), N_("spends red packets at a shop")),
    EventKind("give", ("who", "to", "amount"), (), N_("gives red packets by phone number")),
    EventKind("convert", ("who", "amount"), ("to",), N_("turns power into vouchers (or to = red_packets)")),
    EventKind("fees", (), ("amount",), N_("shares out the trade fees, and amount of fees from elsewhere")),
    EventKind("day", (), (), N_("everybody's task and release")),
    EventKind(
        "provider", ("who", "city"), ("amount", "to", "share"), N_("serves a city, and may pay a joining fee for it")
    ),
    EventKind("reassign", ("who", "referrer"), (), N_("a finding moves a member to another referrer, from now on")),
    EventKind("shop", ("shop",), (), N_("declares a shop")),
)
