"""What happened in an entry, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass

from coalition.locale.formats import Lang, local_time
from settlement.clearing import JournalEntry, JournalLine, LineKind
from settlement.ledger import Kind

CLOSE = "close:"


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one language."""

    opening: str
    closing: str
    close: str
    parts: Mapping[str, str]
    kinds: Mapping[Kind, str]


WORDS: Mapping[Lang, Words] = {
    "en": Words(
        opening="Opening balance",
        closing="Closing balance",
        close="Close of the window from {date}",
        parts={
            LineKind.REDEEM_FEE: "fee on points redeemed",
            LineKind.ISSUE_FEE: "fee on points issued",
            LineKind.EXPIRED: "points expired",
        },
        kinds={
            Kind.SETTLEMENT: "settlement of {owner}",
            Kind.DEPOSIT: "deposit of {owner}",
            Kind.FUND: "share of {owner} in the guarantee fund",
            Kind.CAPITAL: "risk capital of {owner}",
            Kind.CASH: "cash at {owner}",
            Kind.LOSS: "loss",
            Kind.TRANSIT: "on its way over {owner}",
            Kind.OVERDRAFT: "laid out by {owner}",
            Kind.FEES: "fees of {owner}",
            Kind.OTHER: "{owner}",
        },
    ),
    "zh": Words(
        opening="期初余额",
        closing="期末余额",
        close="{date} 起结算期关账",
        parts={
            LineKind.REDEEM_FEE: "积分兑付手续费",
            LineKind.ISSUE_FEE: "积分发行手续费",
            LineKind.EXPIRED: "过期积分",
        },
        kinds={
            Kind.SETTLEMENT: "{owner} 结算款",
            Kind.DEPOSIT: "{owner} 保证金",
            Kind.FUND: "{owner} 担保基金份额",
            Kind.CAPITAL: "{owner} 风险准备",
            Kind.CASH: "{owner} 存款",
            Kind.LOSS: "损失",
            Kind.TRANSIT: "{owner} 在途",
            Kind.OVERDRAFT: "{owner} 垫款",
            Kind.FEES: "{owner} 手续费",
            Kind.OTHER: "{owner}",
        },
    ),
}


def happened(entry: JournalEntry, line: JournalLine, timezone: str, lang: Lang) -> str:
    """What a line of an entry is about."""
    words = WORDS[lang]
    own = words.kinds[line.account.kind].format(owner=line.account.owner)
    if entry.key.startswith(CLOSE):
        opened = local_time(int(entry.key.removeprefix(CLOSE)), timezone).date().isoformat()
        said = f"{words.close.format(date=opened)}: {own}"
        part = words.parts.get(line.of, "")
        return f"{said}, {part}" if part else said
    return own
