"""What a letter says, in both languages. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from coalition.locale.formats import Lang, date_text, local_time, money_text
from settlement.ledger import BookSettings
from settlement.payments import Notice, NoticeKind

Words = Mapping[Lang, str]

SUBJECTS: Mapping[str, Words] = {
    NoticeKind.DUE: {"en": "{alliance}: payment due, {amount}", "zh": "{alliance}：待付款 {amount}"},
    NoticeKind.PAID: {"en": "{alliance}: payment made, {amount}", "zh": "{alliance}：付款完成 {amount}"},
    NoticeKind.FAILED: {"en": "{alliance}: a payment failed, {amount}", "zh": "{alliance}：付款失败 {amount}"},
    NoticeKind.RETURNED: {"en": "{alliance}: a payment came back, {amount}", "zh": "{alliance}：付款被退回 {amount}"},
    NoticeKind.DISPUTED: {"en": "{alliance}: a payment is disputed, {amount}", "zh": "{alliance}：付款有争议 {amount}"},
    NoticeKind.REMINDER: {"en": "{alliance}: payment overdue, {amount}", "zh": "{alliance}：付款逾期 {amount}"},
    NoticeKind.DEFAULT: {"en": "{alliance}: {shop} is in default", "zh": "{alliance}：{shop} 违约"},
    NoticeKind.RECOVERED: {"en": "{alliance}: {shop} paid after its default", "zh": "{alliance}：{shop} 违约后已付款"},
    NoticeKind.DEPOSIT_SHORT: {"en": "{alliance}: a deposit is short", "zh": "{alliance}：保证金不足"},
    NoticeKind.MANDATE_ENDED: {"en": "{alliance}: a mandate has ended", "zh": "{alliance}：扣款授权已失效"},
    NoticeKind.SETTLED: {"en": "{alliance}: the window is settled", "zh": "{alliance}：结算窗口已结清"},
}
TEXTS: Mapping[str, Words] = {
    "collect": {"en": "{amount} from {shop} to the alliance", "zh": "{shop} 付给联盟 {amount}"},
    "pay": {"en": "{amount} from the alliance to {shop}", "zh": "联盟付给 {shop} {amount}"},
    "direct": {"en": "{amount} from {shop} to {counterparty}", "zh": "{shop} 付给 {counterparty} {amount}"},
    NoticeKind.DUE: {"en": "To be paid: {way}, on {due}.", "zh": "待付：{way}，到期日 {due}。"},
    NoticeKind.PAID: {"en": "Paid: {way}.", "zh": "已付：{way}。"},
    NoticeKind.FAILED: {
        "en": "Not paid: {way}. It will be tried again as the alliance's rules say.",
        "zh": "未付：{way}。将按联盟规则重试。",
    },
    NoticeKind.RETURNED: {
        "en": "Paid and sent back: {way}. The amount is open again.",
        "zh": "已付后被退回：{way}。该金额重新待付。",
    },
    NoticeKind.DISPUTED: {
        "en": "One side says that something is wrong: {way}. It is open until both confirm.",
        "zh": "一方提出异议：{way}。双方确认前保持未结。",
    },
    NoticeKind.REMINDER: {
        "en": "Past its day, {due}: {way}. Pay it, or say that you did.",
        "zh": "已过到期日 {due}：{way}。请付款或确认已付。",
    },
    NoticeKind.DEFAULT: {
        "en": "{shop} did not pay {amount} in time; others bear it now. What {shop} pays from here goes to them first.",
        "zh": "{shop} 未按时支付 {amount}，暂由其他方承担。{shop} 此后的付款将首先归还承担方。",
    },
    NoticeKind.RECOVERED: {
        "en": "{shop} paid {amount} after its default; those who bore it have it back. Still open: {open}.",
        "zh": "{shop} 违约后支付了 {amount}，已归还承担方。未追回：{open}。",
    },
    NoticeKind.DEPOSIT_SHORT: {
        "en": "The deposit of {shop} does not cover what it owes. Missing: {amount}.",
        "zh": "{shop} 的保证金不足以支付欠款，尚缺 {amount}。",
    },
    NoticeKind.MANDATE_ENDED: {
        "en": "{shop} can't be collected from any more: its mandate has ended. Its owner can save a new one.",
        "zh": "{shop} 的扣款授权已失效，无法收款。商户可重新授权。",
    },
    NoticeKind.SETTLED: {
        "en": "Nothing of the window that began on {window} is open any more. Paid to shops: {amount}.",
        "zh": "{window} 开始的结算窗口已全部结清。已付给商户：{amount}。",
    },
    "why": {"en": "Reason: {why}", "zh": "原因：{why}"},
    "window": {"en": "Window: from {window}", "zh": "结算窗口：自 {window}"},
    "payment": {"en": "Payment: {payment}", "zh": "付款编号：{payment}"},
}


@dataclass(frozen=True, slots=True)
class Town:
    """What is to be known of the alliance: its money, its time zone, and what its shops are called."""

    settings: BookSettings
    name_of: Callable[[str], str]


def compose(notice: Notice, town: Town, lang: Lang) -> tuple[str, str]:
    """Subject and text of a notice for one reader."""
    values = _values(notice, town, lang)
    values["way"] = TEXTS.get(str(notice.facts.get("route")), TEXTS["collect"])[lang].format(**values)
    lines = [TEXTS[notice.kind][lang]]
    facts = {"why": notice.facts.get("why"), "window": notice.facts.get("window"), "payment": notice.payment_id}
    lines += [TEXTS[name][lang] for name, value in facts.items() if value]
    return SUBJECTS[notice.kind][lang].format(**values), "\n".join(line.format(**values) for line in lines) + "\n"


def _values(notice: Notice, town: Town, lang: Lang) -> dict[str, str]:
    facts, settings = notice.facts, town.settings

    def money(name: str) -> str:
        return f"{money_text(int(facts.get(name, 0)), settings.minor_digits, lang)} {settings.currency}"

    due_on = int(facts.get("due_on", 0))
    return {
        "alliance": settings.name,
        "shop": town.name_of(str(facts.get("payer") or notice.participant)),
        "counterparty": town.name_of(str(facts.get("counterparty", ""))),
        "amount": money("minor"),
        "open": money("open_minor"),
        "due": date_text(date(due_on // 10_000, due_on // 100 % 100, due_on % 100), lang) if due_on else "",
        "window": date_text(local_time(int(facts.get("window", 0)), settings.timezone), lang),
        "payment": notice.payment_id,
        "why": str(facts.get("why", "")),
    }
