"""Tables of the commands for bank files."""

from collections.abc import Mapping, Sequence
from functools import partial

from rich.table import Table

from coalition.cli.options import new_table
from coalition.locale.formats import Lang, moment_text, money_text, word_of
from settlement import date_text
from settlement.ledger import BookSettings
from settlement.rails.bank import BankFile, Imported, Waiting
from settlement.rails.bank import Line as BankLine
from settlement.rails.bank import Match as BankMatch

ZH: Mapping[str, str] = {
    "File": "文件",
    "Kind": "类型",
    "Payments": "笔数",
    "Exported": "导出时间",
    "open": "未导出",
    "Message": "报文编号",
    "credit_transfer": "SEPA 付款",
    "direct_debit": "SEPA 直接扣款",
    "payments_csv": "付款表",
    "requests_csv": "收款通知表",
    "New": "新增",
    "Known": "已有",
    "Matched": "已匹配",
    "Refused": "被拒",
    "Unknown": "无对应",
    "Line": "流水",
    "Booked": "记账日",
    "Text": "摘要",
    "Could be": "可能对应",
    "Was": "对应",
    "it fits": "金额相符",
    "waits": "待处理",
    "none of ours": "非本方付款",
    "split": "已拆分",
}
"""What stands in the tables, in Chinese; in English it is as written here."""

word = partial(word_of, ZH)
"""A word of these tables in a language."""

_table = partial(new_table, word)

TEXT_CHARS = 60


def files_table(settings: BookSettings, files: Sequence[BankFile], lang: Lang) -> Table:
    """Bank files, open and exported."""
    table = _table(settings.name, lang, ("File", "Kind"))
    table.add_column(word("Payments", lang), justify="right")
    table.add_column(settings.currency, justify="right")
    table.add_column(word("Exported", lang))
    table.add_column(word("Message", lang))
    for file in files:
        exported = (
            word("open", lang) if file.exported_at is None else moment_text(file.exported_at, settings.timezone, lang)
        )
        money = money_text(file.minor, settings.minor_digits, lang)
        kind = word(file.kind.value, lang)
        table.add_row(str(file.id), kind, str(file.payments), money, exported, file.message_id or "")
    return table


def imports_table(settings: BookSettings, done: Sequence[Imported], lang: Lang) -> Table:
    """What each imported file brought."""
    table = _table(settings.name, lang, ("File", "Kind"))
    for column in ("New", "Known", "Matched", "Refused", "Unknown"):
        table.add_column(word(column, lang), justify="right")
    for one in done:
        figures = (one.lines_new, one.lines_known, one.matched, one.rejected, one.unknown)
        table.add_row(one.name, one.kind, *map(str, figures))
    return table


def known_note(settings: BookSettings, one: Imported, lang: Lang) -> str:
    """That a file was imported before, and when."""
    before = "" if one.known_since is None else moment_text(one.known_since, settings.timezone, lang)
    return f"{one.name}：{before} 已导入，无变化" if lang == "zh" else f"{one.name}: imported before, {before}"


def queue_table(settings: BookSettings, waiting: Sequence[Waiting], lang: Lang) -> Table:
    """Lines that wait for somebody, with the payments that each could be."""
    table = _table(settings.name, lang, ("Line", "Booked"))
    table.add_column(settings.currency, justify="right")
    table.add_column(word("Text", lang))
    table.add_column(word("Could be", lang))
    for line, candidates in waiting:
        could_be = "\n".join(
            f"{one.key} ({one.participant} {money_text(one.minor, settings.minor_digits, lang)}): "
            f"{one.misfit or word('it fits', lang)}"
            for one in candidates
        )
        table.add_row(*_line(settings, line, lang), could_be)
    return table


def lines_table(settings: BookSettings, lines: Sequence[tuple[BankLine, BankMatch | None]], lang: Lang) -> Table:
    """Lines with what they were."""
    table = _table(settings.name, lang, ("Line", "Booked"))
    table.add_column(settings.currency, justify="right")
    table.add_column(word("Text", lang))
    table.add_column(word("Was", lang))
    for line, match in lines:
        table.add_row(*_line(settings, line, lang), _was(match, lang))
    return table


def _was(match: BankMatch | None, lang: Lang) -> str:
    if match is None:
        return word("waits", lang)
    if match.how.value == "split":
        return word("split", lang)
    if match.key:
        return match.key
    return f"{word('none of ours', lang)}: {match.note} ({match.who})"


def _line(settings: BookSettings, line: BankLine, lang: Lang) -> tuple[str, str, str, str]:
    said = f"{line.counterparty} {line.text}".strip()
    shown = said if len(said) <= TEXT_CHARS else f"{said[:TEXT_CHARS]}…"
    return line.id, date_text(line.booked_on), money_text(line.minor, settings.minor_digits, lang), shown
