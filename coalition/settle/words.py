"""What the settling commands say, in Chinese; in English it is as written there."""

from collections.abc import Mapping

from coalition.i18n import Lang

ZH: Mapping[str, str] = {
    "Shop": "商户",
    "Net": "净额",
    "On its way": "在途",
    "Rail": "通道",
    "Next": "下一步",
    "collect": "收款",
    "draw": "从保证金扣除",
    "pay": "付款",
    "on_its_way": "在途",
    "carry": "结转下期",
    "hold": "暂停付款",
    "wait": "等待",
    "direct": "商户直付",
    "Payment": "付款编号",
    "Way": "方向",
    "Amount": "金额",
    "State": "状态",
    "Changed": "更新时间",
    "Note": "备注",
    "planned": "已计划",
    "reserved": "已预留",
    "sent": "已发送",
    "paid": "已付",
    "failed": "失败",
    "ambiguous": "待核实",
    "returned": "已退回",
    "cancelled": "已取消",
    "disputed": "有争议",
    "Default": "违约",
    "Owed": "欠款",
    "Still open": "未追回",
    "Borne by": "承担方",
    "Rails": "资金通道",
    "In the book": "账面",
    "Told by the rail": "通道",
    "On its way out": "付出在途",
    "Unmatched": "未匹配",
    "Line": "流水",
    "Text": "摘要",
    "Difference": "差异",
    "Book": "账面",
    "Lines": "流水合计",
    "Looking": "查询中",
    "Collecting": "收款中",
    "Paying": "付款中",
    "Nothing is open.": "没有未结款项。",
    "Every movement is matched; book and rails agree to the cent.": "所有流水均已匹配，账面与通道分文不差。",
    "The book and the rails differ; see below.": "账面与通道不一致，见下。",
    "Payments": "付款",
    "Outlook": "结算计划",
    "deposit": "保证金",
    "own_fund": "自有互助金份额",
    "operator": "运营方",
    "mutual_fund": "互助金",
    "creditor_cut": "债权人分摊",
    "uncovered": "未覆盖",
}


def word(text: str, lang: Lang) -> str:
    """A word or sentence in the reader's language."""
    return text if lang == "en" else ZH.get(text, text)
