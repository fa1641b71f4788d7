"""Tables of the commands for bank files."""

from collections.abc import Sequence

from rich.table import Table

from coalition.cli.options import new_table
from coalition.cli.payment_words import FILE_KINDS
from coalition.locale.formats import Lang, moment_text, money_text
from coalition.locale.messages import N_, translate
from settlement import date_text
from settlement.ledger import BookSettings
from settlement.rails.bank import BankFile, BankImport, BankReport, MissingStatement, StatementSpan, WaitingLine
from settlement.rails.bank import BankLine as BankLine
from settlement.rails.bank import BankMatch as BankMatch

TEXT_CHARS = 60


def files_table(settings: BookSettings, files: Sequence[BankFile], lang: Lang) -> Table:
    """Bank files, exported and not."""
    table = new_table(settings.name, lang, [N_("File"), N_("Kind")], [N_("Payments")])
    table.add_column(settings.currency, justify="right")
    table.add_column(translate("Exported", lang))
    table.add_column(translate("Message", lang), no_wrap=True)
    for file in files:
        exported = (
            translate("not yet", lang)
            if file.exported_at is None
            else moment_text(file.exported_at, settings.timezone, lang)
        )
        money = money_text(file.minor, settings.minor_digits, lang)
        kind = translate(FILE_KINDS[file.kind.value], lang)
        table.add_row(str(file.id), kind, str(file.payments), money, exported, file.message_id or "")
    return table


def imports_table(settings: BookSettings, files: Sequence[BankImport], lang: Lang) -> Table:
    """What each imported file brought."""
    figures = [N_("New"), N_("Known"), N_("Matched"), N_("Refused"), N_("Unknown")]
    table = new_table(settings.name, lang, [N_("File"), N_("Kind")], figures)
    for file in files:
        counts = (file.lines_new, file.lines_known, file.matched, file.rejected, file.unknown)
        table.add_row(file.name, file.kind, *map(str, counts))
    return table


def reported_table(settings: BookSettings, report: BankReport, lang: Lang) -> Table:
    """What a file says: its movements, or the payments that the bank refused."""
    table = new_table(report.kind, lang, [N_("Booked")])
    table.add_column(settings.currency, justify="right")
    table.add_column(translate("Fee", lang), justify="right")
    for title in (N_("Reference"), N_("Other side"), N_("Text")):
        table.add_column(translate(title, lang), overflow="fold")
    for entry in report.entries:
        for part in entry.parts:
            minor, fee = (money_text(each, settings.minor_digits, lang) for each in (part.minor, part.fee_minor))
            cells = (part.end_to_end, part.counterparty, part.text[:TEXT_CHARS])
            table.add_row(date_text(entry.booked_on), minor, fee if part.fee_minor else "", *cells)
    for refused in report.rejected:
        table.add_row("", "", "", refused.reference or refused.batch, refused.code, refused.why)
    return table


def spans_table(settings: BookSettings, spans: Sequence[StatementSpan], lang: Lang) -> Table:
    """What statements opened and closed with."""
    table = new_table(settings.currency, lang, [N_("From")], [N_("Opening balance")])
    table.add_column(translate("To", lang))
    table.add_column(translate("Closing balance", lang), justify="right")
    for span in spans:
        opening, closing = (
            money_text(minor, settings.minor_digits, lang) for minor in (span.opening_minor, span.closing_minor)
        )
        table.add_row(date_text(span.opened_on), opening, date_text(span.closed_on), closing)
    return table


def missing_table(settings: BookSettings, missing: Sequence[MissingStatement], lang: Lang) -> Table:
    """Statements that are missing between those that were imported."""
    table = new_table(translate("Missing statements", lang), lang, [N_("After"), N_("Before")])
    table.add_column(settings.currency, justify="right")
    for gap in missing:
        change = money_text(gap.change_minor, settings.minor_digits, lang)
        table.add_row(date_text(gap.closed_on), date_text(gap.opened_on), change)
    return table


def known_note(settings: BookSettings, file: BankImport, lang: Lang) -> str:
    """That a file was imported before, and when."""
    before = "" if file.known_since is None else moment_text(file.known_since, settings.timezone, lang)
    return translate("{file}: imported before, {at}; nothing changed", lang, file=file.name, at=before)


def queue_table(settings: BookSettings, waiting: Sequence[WaitingLine], lang: Lang) -> Table:
    """Lines that wait for somebody, with the payments that each could be."""
    table = _lines_table(settings, lang)
    table.add_column(translate("Could be", lang), overflow="fold")
    fits = translate("it fits", lang)
    for line, candidates in waiting:
        could_be = "\n".join(
            f"{candidate.key} ({candidate.participant} {money_text(candidate.minor, settings.minor_digits, lang)}): "
            f"{candidate.misfit or fits}"
            for candidate in candidates
        )
        table.add_row(*_line(settings, line, lang), could_be)
    return table


def lines_table(settings: BookSettings, lines: Sequence[tuple[BankLine, BankMatch | None]], lang: Lang) -> Table:
    """Lines with what they were."""
    table = _lines_table(settings, lang)
    table.add_column(translate("Was", lang), overflow="fold")
    for line, match in lines:
        table.add_row(*_line(settings, line, lang), _was(match, lang))
    return table


def _lines_table(settings: BookSettings, lang: Lang) -> Table:
    table = new_table(settings.name, lang, [N_("Booked")], ids=[N_("Line")])
    table.add_column(settings.currency, justify="right")
    table.add_column(translate("Text", lang), overflow="fold")
    return table


def _was(match: BankMatch | None, lang: Lang) -> str:
    if match is None:
        return translate("waits", lang)
    if match.how.value == "split":
        return translate("split", lang)
    if match.key:
        return match.key
    none_of_ours = translate("none of ours", lang)
    return f"{none_of_ours}: {match.note} ({match.actor})"


def _line(settings: BookSettings, line: BankLine, lang: Lang) -> tuple[str, str, str, str]:
    text = f"{line.counterparty} {line.text}".strip()
    if len(text) > TEXT_CHARS:
        text = f"{text[:TEXT_CHARS]}…"
    return line.id, date_text(line.booked_on), money_text(line.minor, settings.minor_digits, lang), text
