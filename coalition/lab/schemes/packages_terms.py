"""The parameters of consumption packages, and the events that a scenario of theirs may have."""

from coalition.lab.params import Param
from coalition.lab.scheme import EventKind
from coalition.lab.schemes.packages_people import THRESHOLDS
from coalition.locale.messages import N_

SPECS = (
    Param("starter_power", "12", "amount", N_("power that the free starter package brings over 30 days")),
    Param("package_return", "1.32", "amount", N_("times its price that a bought package returns over 30 days")),
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
    Param("voucher_fee_low", "0.4", "share", N_("to turn power into vouchers with a score under 3")),
    Param("voucher_fee", "0.25", "share", N_("to turn power into vouchers with a score of 3 or more")),
    Param("voucher_fee_supervisor", "0.2", "share", N_("to turn power into vouchers as a supervisor")),
    Param("voucher_fee_manager", "0.15", "share", N_("to turn power into vouchers as a manager")),
    Param("direct_contribution", "0.6", "share", N_("of red packets spent, contribution of the direct referrer")),
    Param("indirect_contribution", "0.25", "share", N_("of red packets spent, contribution of the indirect referrer")),
    Param("shop_contribution", "1", "share", N_("of red packets spent, contribution of the shop")),
)

KINDS = (
    EventKind(
        "member",
        ("who",),
        ("referrer", "score", "rating", "rank", *THRESHOLDS, "power", "share_coupons"),
        N_("joins with the free starter package, or declares what they bring"),
    ),
    EventKind("task", ("who",), ("day",), N_("does the day's task")),
    EventKind("buy", ("who", "amount|price"), ("pay",), N_("buys a package at that price; pay: power or money")),
    EventKind("release", (), ("who", "rating", "rate"), N_("a day's release of share coupons, of all or of one")),
    EventKind("spend_packet", ("who", "amount"), ("shop",), N_("spends red packets at a shop")),
    EventKind("give", ("who", "to", "amount"), (), N_("gives red packets by phone number")),
    EventKind("convert", ("who", "amount"), ("to",), N_("turns power into vouchers (or to = red_packets)")),
    EventKind("fees", (), ("amount",), N_("shares out the trade fees, and amount of fees from elsewhere")),
    EventKind("day", (), (), N_("everybody's task and release")),
    EventKind("shop", ("shop",), (), N_("declares a shop")),
)
