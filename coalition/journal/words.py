"""What happened in an entry, in the reader's language."""

from collections.abc import Mapping
from dataclasses import dataclass

from coalition.locale.formats import Lang, local_time
from settlement.clearing import JournalEntry, JournalLine, LineKind
from settlement.ledger import AccountKind

CLOSE = "close:"


@dataclass(frozen=True, slots=True)
class Words:
    """Words of one language."""

    opening: str
    closing: str
    close: str
    parts: Mapping[str, str]
    kinds: Mapping[AccountKind, str]


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
            AccountKind.SETTLEMENT: "settlement of {owner}",
            AccountKind.DEPOSIT: "deposit of {owner}",
            AccountKind.FUND: "share of {owner} in the guarantee fund",
            AccountKind.CAPITAL: "risk capital of {owner}",
            AccountKind.CASH: "cash at {owner}",
            AccountKind.LOSS: "loss",
            AccountKind.TRANSIT: "on its way over {owner}",
            AccountKind.OVERDRAFT: "laid out by {owner}",
            AccountKind.FEES: "fees of {owner}",
            AccountKind.OTHER: "{owner}",
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
            AccountKind.SETTLEMENT: "{owner} 结算款",
            AccountKind.DEPOSIT: "{owner} 保证金",
            AccountKind.FUND: "{owner} 担保基金份额",
            AccountKind.CAPITAL: "{owner} 风险准备",
            AccountKind.CASH: "{owner} 存款",
            AccountKind.LOSS: "损失",
            AccountKind.TRANSIT: "{owner} 在途",
            AccountKind.OVERDRAFT: "{owner} 垫款",
            AccountKind.FEES: "{owner} 手续费",
            AccountKind.OTHER: "{owner}",
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
