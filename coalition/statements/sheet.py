"""A statement as people read it: all words chosen, all figures written, not yet laid out on lines or pages."""

from collections.abc import Iterable
from dataclasses import dataclass

from coalition.locale.formats import Lang, moment_text, money_text, points_text
from coalition.statements.check import Drill
from coalition.statements.words import WORDS, Words, name_of, side_of
from settlement.clearing import Statement, StatementLine, StatementMove, StatementSection

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of a table under a title of their own, and what they add up to."""

    title: str
    rows: tuple[Row, ...]
    total: Row


@dataclass(frozen=True, slots=True)
class Table:
    """Groups of rows under one head. The last `figures` columns are numbers, column `wide` takes what room is left."""

    title: str
    head: Row
    figures: int
    wide: int
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The parts of a statement in reading order.

    `facts` are (label, value). `sections` are (title, note, moves, points, amount); `results` are (label, amount):
    net, carried over, kept in deposit, and the balance that they add up to.
    """

    words: Words
    alliance: str
    participant: str
    facts: tuple[Row, ...]
    headline: str
    currency: str
    sections: tuple[Row, ...]
    results: tuple[Row, ...]
    tables: tuple[Table, ...]


def sheet(shown: Statement, moves: Drill, lang: Lang) -> Sheet:
    """Choose the words and write the figures of a statement and of the moves behind its lines."""
    return _Scribe(shown, lang).sheet(moves)


def headline(shown: Statement, lang: Lang) -> str:
    """The balance in plain words: "You pay 12.34 EUR"."""
    words, balance = WORDS[lang], shown.balance
    if balance == 0:
        return words.settled
    sentence = words.receive if balance > 0 else words.pay
    return sentence.format(amount=money_text(abs(balance), shown.minor_digits, lang), currency=shown.currency)


def visible(text: str) -> str:
    """Text from outside with what a page can't show made visible: it can't break a line, hide or run backwards."""
    return "".join(
        char if char.isprintable() else " " if char.isspace() else "\N{REPLACEMENT CHARACTER}" for char in text
    )


class _Scribe:
    """Writes one statement in one language."""

    def __init__(self, shown: Statement, lang: Lang) -> None:
        self.shown, self.lang, self.words = shown, lang, WORDS[lang]
        self.titles = self.words.titles[side_of(shown.participant)]

    def sheet(self, moves: Drill) -> Sheet:
        shown, words = self.shown, self.words
        tables = (self._by_counterpart(), self._by_move(moves))
        return Sheet(
            words=words,
            alliance=visible(shown.alliance),
            participant=visible(name_of(shown.participant, self.lang)),
            facts=(
                (words.opens, self._moment(shown.opens_at)),
                (words.closes, self._moment(shown.closes_at)),
                (words.timezone, shown.timezone),
                (words.currency, shown.currency),
            ),
            headline=headline(shown, self.lang),
            currency=shown.currency,
            sections=tuple(self._section(section) for section in shown.sections),
            results=(
                (words.net, self._money(shown.net)),
                (words.carried_over, self._money(shown.carried_over)),
                (words.kept_in_deposit, self._money(-shown.kept_in_deposit)),
                (words.balance, self._money(shown.balance)),
            ),
            tables=tuple(table for table in tables if table.groups),
        )

    def _section(self, section: StatementSection) -> Row:
        title = self.titles[section.kind]
        free = section.points != 0 and all(line.exact == 0 for line in section.lines)
        note = title.nothing_owed if free and title.nothing_owed else title.note
        return title.name, note, *self._figures(section)

    def _by_counterpart(self) -> Table:
        """The lines of each section that has counterparts; of the others the summary has said all."""
        groups = (
            Group(
                title=self.titles[section.kind].name,
                rows=tuple((self._counterpart(line), *self._figures(line)) for line in section.lines),
                total=(self.words.total, *self._figures(section)),
            )
            for section in self.shown.sections
            if any(line.counterpart for line in section.lines)
        )
        words = self.words
        head = (words.counterpart, words.moves, words.points, self.shown.currency)
        return Table(words.by_counterpart, head, figures=3, wide=0, groups=tuple(groups))

    def _by_move(self, moves: Drill) -> Table:
        words = self.words
        groups = (
            Group(
                title=self._line_title(line),
                rows=tuple(self._move(move) for move in moves[line]),
                total=(words.total, "", "", points_text(line.points, self.lang), self._money(line.minor)),
            )
            for line in self._lines()
            if moves.get(line)
        )
        head = (words.posting, words.occurred_at, words.key, words.points, self.shown.currency)
        return Table(words.moves_heading, head, figures=2, wide=2, groups=tuple(groups))

    def _move(self, move: StatementMove) -> Row:
        points = points_text(move.points, self.lang)
        when = self._moment(move.occurred_at)
        return str(move.posting_id), when, visible(move.key), points, self._money(move.minor)

    def _lines(self) -> Iterable[StatementLine]:
        return (line for section in self.shown.sections for line in section.lines)

    def _line_title(self, line: StatementLine) -> str:
        section = self.titles[line.kind].name
        if not line.counterpart:
            return section
        return self.words.joined.format(section=section, counterpart=self._counterpart(line))

    def _counterpart(self, line: StatementLine) -> str:
        name = visible(name_of(line.counterpart, self.lang))
        return self.words.own_points.format(name=name) if line.counterpart == self.shown.participant else name

    def _figures(self, counted: StatementSection | StatementLine) -> Row:
        count = counted.moves if isinstance(counted, StatementLine) else sum(line.moves for line in counted.lines)
        return points_text(count, self.lang), points_text(counted.points, self.lang), self._money(counted.minor)

    def _money(self, minor: int) -> str:
        return money_text(minor, self.shown.minor_digits, self.lang)

    def _moment(self, instant: int) -> str:
        return moment_text(instant, self.shown.timezone, self.lang)
