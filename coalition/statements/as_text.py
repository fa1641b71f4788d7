"""A statement as plain text in aligned columns, 80 cells wide or as wide as its figures need."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from unicodedata import category, east_asian_width

from coalition.locale.formats import Lang
from coalition.statements.check import Drill
from coalition.statements.details import StatementDetails
from coalition.statements.sheet import Row, Sheet, Table, sheet
from settlement.clearing import Statement

PAGE_CELLS = 80
WIDE_CELLS_MIN = 20
GAP = "  "


def as_text(statement: Statement, moves: Drill, details: StatementDetails, lang: Lang) -> bytes:
    """Lay a statement out for a terminal, a mail or a printer with fixed-width letters."""
    content = sheet(statement, moves, details, lang)
    blocks = [_head(content), *_payments(content), _summary(content), *(_table(table) for table in content.tables)]
    lines = [line.rstrip() for block in blocks for line in (*block, "")] + [*content.remarks]
    return ("\n".join(lines) + "\n").encode()


def cells(text: str) -> int:
    """Cells that a text takes on a terminal: two for each wide character, none for a mark over another."""
    return sum(2 if east_asian_width(char) in "WF" else 0 if category(char) in ("Mn", "Me") else 1 for char in text)


def _head(content: Sheet) -> Iterable[str]:
    yield from (content.alliance, content.title, content.participant, "")
    label_cells = max(cells(label) for label, _ in content.facts)
    for label, value in content.facts:
        yield f"{_left(label, label_cells)}{GAP}{value}"
    yield from ("", content.headline, "=" * cells(content.headline))


def _payments(content: Sheet) -> Iterable[Iterable[str]]:
    for title, rows in content.payments:
        label_cells = max(cells(label) for label, _ in rows)
        yield (title, *(f"{GAP}{_left(label, label_cells)}{GAP}{value}" for label, value in rows))


def _summary(content: Sheet) -> Iterable[str]:
    sections = [(name, *figures) for name, _, *figures in content.sections]
    results = [(label, "", "", amount) for label, amount in content.results]
    columns = _Columns([content.head, *sections, *results], figures=3, wide=0)
    yield from columns.lines(content.head)
    yield columns.rule("-")
    for (_, note, *_), row in zip(content.sections, sections, strict=True):
        yield from columns.lines(row)
        yield from (GAP + part for part in _wrapped(note, columns.widths[0] - len(GAP)) if part)
    if not sections:
        yield content.no_business
    yield columns.rule("-")
    for row in results[:-1]:
        yield from columns.lines(row)
    yield columns.rule("=")
    yield from columns.lines(results[-1])


def _table(table: Table) -> Iterable[str]:
    rows = [row for group in table.groups for row in (*group.rows, group.total)]
    columns = _Columns([table.head, *rows], table.figures, table.wide)
    yield table.title
    for group in table.groups:
        yield from ("", *_wrapped(group.title, columns.cells))
        yield columns.rule("-")
        yield from columns.lines(table.head)
        yield columns.rule("-")
        for row in group.rows:
            yield from columns.lines(row)
        yield columns.rule("-")
        yield from columns.lines(group.total)


class _Columns:
    """Columns as wide as what stands in them, but the wide one no wider than the page has room for."""

    def __init__(self, rows: Sequence[Row], figures: int, wide: int) -> None:
        self.widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
        self.first_figure = len(self.widths) - figures
        others = sum(self.widths) - self.widths[wide] + len(GAP) * (len(self.widths) - 1)
        self.widths[wide] = max(WIDE_CELLS_MIN, PAGE_CELLS - others)
        self.cells = others + self.widths[wide]

    def rule(self, char: str) -> str:
        return char * self.cells

    def lines(self, row: Row) -> Iterable[str]:
        """A row on as many lines as its longest cell needs: text to the left, figures to the right."""
        wrapped = [_wrapped(text, width) for text, width in zip(row, self.widths, strict=True)]
        for parts in zip_longest(*wrapped, fillvalue=""):
            yield GAP.join(
                _left(part, width) if at < self.first_figure else " " * (width - cells(part)) + part
                for at, (part, width) in enumerate(zip(parts, self.widths, strict=True))
            )


def _left(text: str, width: int) -> str:
    return text + " " * (width - cells(text))


def _wrapped(text: str, width: int) -> list[str]:
    """Break a text into lines of at most `width` cells, after a space where there is one."""
    lines = []
    while cells(text) > width:
        end = next(at for at in range(len(text), 0, -1) if cells(text[:at]) <= width)
        space = text.rfind(" ", 1, end + 1)
        cut = space if space > 0 and text[:space].strip() else end
        lines.append(text[:cut])
        text = text[cut:].lstrip()
    return [*lines, text]
