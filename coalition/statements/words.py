"""Every word of a statement, in each language. A shop, the operator and the pool each read their own side of it."""

from dataclasses import dataclass
from enum import StrEnum

from coalition.locale.formats import Lang
from settlement.clearing import LineKind
from settlement.ledger import OPERATOR, POOL


class Side(StrEnum):
    """From whose side a statement is told."""

    SHOP = "shop"
    OPERATOR = "operator"
    POOL = "pool"


@dataclass(frozen=True, slots=True)
class Title:
    """What a section is called, what its amount means, and what it means when points moved and nothing is owed."""

    name: str
    note: str
    nothing_owed: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. `receive`, `pay` and `page` have places for figures."""

    statement: str
    opens: str
    closes: str
    timezone: str
    currency: str
    receive: str
    pay: str
    settled: str
    signs: str
    adds_up: str
    summary: str
    by_counterpart: str
    moves_heading: str
    item: str
    counterpart: str
    moves: str
    points: str
    posting: str
    occurred_at: str
    key: str
    total: str
    net: str
    carried_over: str
    kept_in_deposit: str
    balance: str
    no_business: str
    own_points: str
    page: str
    joined: str
    operator: str
    pool: str
    titles: dict[Side, dict[LineKind, Title]]


_EN = Words(
    statement="Settlement statement",
    opens="From",
    closes="Until (not included)",
    timezone="Time zone",
    currency="Currency",
    receive="You receive {amount} {currency}",
    pay="You pay {amount} {currency}",
    settled="Nothing to pay or receive",
    signs="A minus means that you pay; all other amounts you receive.",
    adds_up="Value is rounded once, on the net; every level below it adds up to it exactly.",
    summary="Summary",
    by_counterpart="By counterpart",
    moves_heading="Each move",
    item="Item",
    counterpart="Counterpart",
    moves="Moves",
    points="Points",
    posting="Posting",
    occurred_at="Time",
    key="Reference",
    total="Total",
    net="Net of this window",
    carried_over="Carried over from earlier windows",
    kept_in_deposit="Kept in deposit",
    balance="Balance",
    no_business="No business in this window",
    own_points="{name} (own points)",
    page="Page {page} of {pages}",
    joined="{section}: {counterpart}",
    operator="Operator",
    pool="Pool",
    titles={
        Side.SHOP: {
            LineKind.REDEEMED_HERE: Title("Points redeemed here", "You receive their value."),
            LineKind.OWN_ELSEWHERE: Title(
                "Own points redeemed at other shops", "You pay their value.", "The pool pays for them."
            ),
            LineKind.OWN_HERE: Title("Own points redeemed here", "", "Nothing is owed."),
            LineKind.ISSUED: Title(
                "Points issued", "You pay their value into the pool.", "You pay when other shops redeem them."
            ),
            LineKind.EXPIRED: Title("Own points expired", "Their value comes back to you.", "Nothing is owed."),
            LineKind.ADJUSTMENTS: Title(
                "Adjustments between shops", "Commissions, and points that repaid a debt to another shop."
            ),
            LineKind.REDEEM_FEE: Title("Fee on points redeemed", "To the operator."),
            LineKind.ISSUE_FEE: Title("Fee on points issued", "To the operator."),
        },
        Side.OPERATOR: {
            LineKind.EXPIRED: Title("Points expired", "The pool passes their value on to you."),
            LineKind.REDEEM_FEE: Title("Fee on points redeemed", "From the redeeming shops."),
            LineKind.ISSUE_FEE: Title("Fee on points issued", "From the issuing shops."),
        },
        Side.POOL: {
            LineKind.REDEEMED_HERE: Title("Points redeemed", "Paid out to the redeeming shops."),
            LineKind.ISSUED: Title("Points issued", "Paid in by the issuing shops."),
            LineKind.EXPIRED: Title("Points expired", "Paid out of the pool."),
        },
    },
)

_ZH = Words(
    statement="结算单",
    opens="起始时间",
    closes="截止时间（不含）",
    timezone="时区",
    currency="币种",
    receive="应收 {amount} {currency}",
    pay="应付 {amount} {currency}",
    settled="无需收付",
    signs="带负号的金额为应付，其余为应收。",
    adds_up="金额仅在净额上取整一次，各级明细逐级相加，与净额完全一致。",
    summary="汇总",
    by_counterpart="按对方明细",
    moves_heading="逐笔明细",
    item="项目",
    counterpart="对方",
    moves="笔数",
    points="积分",
    posting="流水号",
    occurred_at="时间",
    key="业务编号",
    total="合计",
    net="本期净额",
    carried_over="前期结转",
    kept_in_deposit="转入保证金",
    balance="应结余额",
    no_business="本期无业务",
    own_points="{name}（本店积分）",
    page="第 {page} 页，共 {pages} 页",
    joined="{section}：{counterpart}",
    operator="运营方",
    pool="资金池",
    titles={
        Side.SHOP: {
            LineKind.REDEEMED_HERE: Title("在本店兑付的积分", "您收取其价值。"),
            LineKind.OWN_ELSEWHERE: Title("本店积分在其他商户兑付", "您支付其价值。", "由资金池支付。"),
            LineKind.OWN_HERE: Title("本店积分在本店兑付", "", "无需收付。"),
            LineKind.ISSUED: Title("发行的积分", "您将其价值付入资金池。", "在其他商户兑付时由您支付。"),
            LineKind.EXPIRED: Title("本店过期积分", "其价值退还给您。", "无需收付。"),
            LineKind.ADJUSTMENTS: Title("商户间调整", "佣金，以及会员偿还其他商户欠分的积分。"),
            LineKind.REDEEM_FEE: Title("积分兑付手续费", "付给运营方。"),
            LineKind.ISSUE_FEE: Title("积分发行手续费", "付给运营方。"),
        },
        Side.OPERATOR: {
            LineKind.EXPIRED: Title("过期积分", "其价值由资金池转给您。"),
            LineKind.REDEEM_FEE: Title("积分兑付手续费", "由兑付商户支付。"),
            LineKind.ISSUE_FEE: Title("积分发行手续费", "由发行商户支付。"),
        },
        Side.POOL: {
            LineKind.REDEEMED_HERE: Title("兑付的积分", "付给兑付商户。"),
            LineKind.ISSUED: Title("发行的积分", "由发行商户付入。"),
            LineKind.EXPIRED: Title("过期积分", "由资金池付出。"),
        },
    },
)

WORDS: dict[Lang, Words] = {"en": _EN, "zh": _ZH}


def side_of(participant: str) -> Side:
    """From whose side this participant's statement is told."""
    return {OPERATOR: Side.OPERATOR, POOL: Side.POOL}.get(participant, Side.SHOP)


def name_of(participant: str, lang: Lang) -> str:
    """A participant as it is called in a language: a shop's own name, or the word for operator or pool."""
    words = WORDS[lang]
    return {OPERATOR: words.operator, POOL: words.pool}.get(participant, participant)
