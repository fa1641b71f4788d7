"""The parameters of the chain, and the events that a scenario of it may have."""

from coalition.lab.params import Param
from coalition.lab.scheme import EventKind, Preset
from coalition.lab.schemes.chain_ranks import NAMED, RANK_EVENT
from coalition.lab.schemes.dividends import DIVIDEND_EVENT, SHAREHOLDER_EVENT
from coalition.lab.schemes.joining_fees import AGENT_EVENT, ALL_REGIONS
from coalition.lab.schemes.levels import PEER_PARAM
from coalition.lab.schemes.old_balances import OLD_BALANCE_EVENT, RELEASE_PARAMS
from coalition.lab.schemes.points_pool import INJECT_EVENT, POOL_PARAMS, SELL_EVENT
from coalition.lab.schemes.referrals import REASSIGN_EVENT
from coalition.locale.messages import N_
from settlement import Phrase

PARTS = ("chain", "dividend", "appreciation", "cost", "platform", "service", "region", "team")


def _pool_params() -> tuple[Param, ...]:
    """The pool's parameters, with the mall's exit at 3."""
    return tuple(Param(p.name, "3" if p.name == "exit_multiple" else p.default, p.kind, p.note) for p in POOL_PARAMS)


SPECS = (
    Param("package", "1000", "positive", N_("price of the package; the eight parts add up to it")),
    Param("chain_part", "330", "amount", N_("of a package, for direct sales and bosses")),
    Param("dividend_part", "40", "amount", N_("of a package, for dividends")),
    Param("appreciation_part", "300", "amount", N_("of a package, for the points pool")),
    Param("cost_part", "200", "amount", N_("of a package, for the goods")),
    Param("platform_part", "70", "amount", N_("of a package, for the platform")),
    Param("service_part", "20", "amount", N_("of a package, for the service point, when the parcel is collected")),
    Param("region_part", "10", "amount", N_("of a package, for regional agents")),
    Param("team_part", "30", "amount", N_("of a package, for ranks")),
    Param("agent_pay", "100", "amount", N_("to an agent for a direct sale")),
    Param("boss_pay", "300", "amount", N_("to a boss for a direct sale")),
    Param("below_pay", "200", "amount", N_("to the boss for a sale of an agent below, at any depth")),
    Param("third_sale", "boss", "choice", N_("paid as a boss's sale or an agent's"), ("boss", "agent")),
    Param("boss_referrer_rate", "0.1", "share", N_("of a boss's earnings, to their referrer who is a boss")),
    Param("frozen_share", "0.2", "share", N_("of each payout to a member, frozen")),
    Param("release_sales", "20", "count", N_("both left recruits need more sales than this below them")),
    Param("dead_lines", "none", "choice", N_("option against dead lines"), ("none", "swap", "slide")),
    Param("swap_every", "month", "choice", N_("with swap: the date of swaps"), ("week", "month")),
    Param("swap_seed", "1", "count", N_("with swap: start of the chance that picks the line which comes back")),
    Param("district_pay", "3", "amount", N_("region by difference: district")),
    Param("city_pay", "5", "amount", N_("region by difference: city")),
    Param("province_pay", "8", "amount", N_("region by difference: province")),
    Param("greater_region_pay", "10", "amount", N_("region by difference: greater region")),
    Param("partner_pay", "10", "amount", N_("team by difference: partner")),
    Param("co-founder_pay", "20", "amount", N_("team by difference: co-founder")),
    Param("director_pay", "30", "amount", N_("team by difference: director")),
    PEER_PARAM,
    Param("shareholder_share", "0", "share", N_("of the dividends, to shareholders by shares held; the rest to ranks")),
    Param("point_fee", "9800", "amount", N_("joining fee of a service point, with goods")),
    Param("point_goods", "9800", "amount", N_("goods that a service point gets for its fee, at the packages' price")),
    *_pool_params(),
    *RELEASE_PARAMS,
)

KINDS = (
    EventKind(
        "join",
        ("who",),
        ("referrer", "shop", "amount", "rank", *ALL_REGIONS),
        N_("buys the package, or a bigger one of that amount, which may bring a rank; regions name agents"),
    ),
    EventKind(
        "upgrade",
        ("who", "rank", "amount"),
        ("shop", *ALL_REGIONS),
        N_("buys a rank with a bigger package"),
    ),
    EventKind("collect", ("who",), ("shop",), N_("collects the parcel at a service point")),
    EventKind("day", (), (), N_("a day passes; on the 7th, or the 30th, lines are swapped")),
    DIVIDEND_EVENT,
    SHAREHOLDER_EVENT,
    SELL_EVENT,
    INJECT_EVENT,
    OLD_BALANCE_EVENT,
    EventKind(
        "member",
        ("who",),
        ("referrer", "rank"),
        Phrase(N_("declares a referrer, or a rank: {ranks}"), ranks=", ".join(NAMED)),
    ),
    RANK_EVENT,
    REASSIGN_EVENT,
    AGENT_EVENT,
    EventKind("point", ("shop",), ("amount", "to", "share"), N_("pays the joining fee of a service point, with goods")),
    EventKind("shop", ("shop",), ("introducer", *ALL_REGIONS), N_("declares a service point and its agents")),
)

PRESETS = (
    Preset("two-plus-one", N_("the chain as sold, without options")),
    Preset("two-plus-one-swap", N_("with the periodic swap"), {"dead_lines": "swap"}),
    Preset("two-plus-one-slide", N_("with the three-three slide"), {"dead_lines": "slide"}),
)
