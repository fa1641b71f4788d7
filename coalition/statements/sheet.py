"""A statement as people read it: all words chosen, all figures written, not yet laid out on lines or pages."""

from collections.abc import Mapping
from dataclasses import dataclass

from coalition.locale.formats import Lang, date_text, moment_text, money_text, points_text
from coalition.locale.messages import N_, translate
from coalition.statements.check import Drill
from coalition.statements.details import StatementDetails, StatementPayment
from coalition.statements.titles import OF_ANOTHER, name_of, title_of
from settlement import date_of, visible
from settlement.clearing import LineKind, Statement, StatementLine, StatementMove, StatementSection

Row = tuple[str, ...]
WAYS = {
    "by_hand": N_("By hand"),
    "bank": N_("Through the bank"),
    "stripe": N_("Through Stripe"),
    "deposit": N_("From the deposit"),
}
"""How money moves over each rail."""


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

    `facts` are (label, value), and so are those of each of the `payments`, under its title. `head` is above
    `sections`, which are (title, note, moves, points, amount); where there are none, `no_business` says so. `results`
    are (label, amount): net, carried over, kept in deposit, and the balance that they add up to. `remarks` are
    sentences that say how to read the amounts.
    """

    title: str
    alliance: str
    participant: str
    facts: tuple[Row, ...]
    headline: str
    payments: tuple[tuple[str, tuple[Row, ...]], ...]
    head: Row
    sections: tuple[Row, ...]
    no_business: str
    results: tuple[Row, ...]
    remarks: tuple[str, ...]
    tables: tuple[Table, ...]


def sheet(
    statement: Statement, moves: Drill, details: StatementDetails, lang: Lang, *, to_itself: bool = True
) -> Sheet:
    """Choose the words and write the figures of a statement and of the moves behind its lines. `to_itself` is whether
    whoever reads it is whose statement it is, "you"; somebody else reads the name.
    """
    return _Scribe(statement, details, lang, to_itself=to_itself).sheet(moves)


def headline(statement: Statement, lang: Lang) -> str:
    """The balance in plain words: "You pay 12.34 EUR"."""
    balance, currency = statement.balance, statement.currency
    amount = money_text(abs(balance), statement.minor_digits, lang)
    if balance > 0:
        return translate("You receive {amount} {currency}", lang, amount=amount, currency=currency)
    if balance < 0:
        return translate("You pay {amount} {currency}", lang, amount=amount, currency=currency)
    return translate("Nothing to pay or receive", lang)


def payment_words(
    payment: StatementPayment, money: Mapping[str, str], lang: Lang, name: str = ""
) -> tuple[str, tuple[Row, ...]]:
    """How a payment is made: its title, and (label, value). `money` is its `amount` and `currency` as they are read,
    `name` whose payment it is, empty where that is whoever reads it, "you".
    """
    asks, places = payment.account != "", {**money, "name": name} if name else money
    if asks and not name:
        title = translate("Please transfer {amount} {currency}", lang, **places)
    elif asks:
        title = translate("{name} is asked to transfer {amount} {currency}", lang, **places)
    elif payment.minor < 0 and not name:
        title = translate("{amount} {currency} will be collected from you", lang, **places)
    elif payment.minor < 0:
        title = translate("{amount} {currency} will be collected from {name}", lang, **places)
    elif not name:
        title = translate("{amount} {currency} will be paid to you", lang, **places)
    else:
        title = translate("{amount} {currency} will be paid to {name}", lang, **places)
    rows = (
        (translate("Due", lang), date_text(date_of(payment.due_on), lang)),
        (translate("Pay to", lang), payment.holder),
        (translate("Account (IBAN)", lang), _grouped(payment.account)),
        (translate("BIC", lang), payment.bic),
        (translate("Payment reference", lang), _grouped(payment.reference)),
        (translate("Way of payment", lang), "" if asks else translate(WAYS.get(payment.rail, payment.rail), lang)),
    )
    return title, tuple((label, visible(value)) for label, value in rows if value)


def receipt_of(move: StatementMove) -> str:
    """The till's own number of a purchase, which the book keeps behind the shop's name; empty where there is none."""
    shop, _, number = (move.reference or "").partition(":")
    return "" if shop == "refund" else number


def _grouped(text: str) -> str:
    """An account or a reference in groups of four, as people compare them."""
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


class _Scribe:
    """Writes one statement in one language."""

    def __init__(self, statement: Statement, details: StatementDetails, lang: Lang, *, to_itself: bool) -> None:
        self.statement, self.details, self.lang, self.to_itself = statement, details, lang, to_itself

    def sheet(self, moves: Drill) -> Sheet:
        statement, lang = self.statement, self.lang
        tables = (self._by_counterpart(), self._by_move(moves))
        return Sheet(
            title=translate("Settlement statement", lang),
            alliance=visible(statement.alliance),
            participant=self._participant(statement.participant),
            facts=(
                (translate("Window opens", lang), self._moment(statement.opens_at)),
                (translate("Window closes (not included)", lang), self._moment(statement.closes_at)),
                (translate("Time zone", lang), statement.timezone),
                (translate("Currency", lang), statement.currency),
            ),
            headline=headline(statement, lang),
            payments=tuple(self._payment(payment) for payment in self.details.payments),
            head=self._head(translate("Item", lang)),
            sections=tuple(self._section(section) for section in statement.sections),
            no_business=translate("No business in this window", lang),
            results=(
                (translate("Net of this window", lang), self._money(statement.net)),
                (translate("Carried over from earlier windows", lang), self._money(statement.carried_over)),
                (translate("Kept in deposit", lang), self._money(-statement.kept_in_deposit)),
                (translate("Balance to settle", lang), self._money(statement.balance)),
            ),
            remarks=(
                translate("A minus means that you pay; all other amounts you receive.", lang),
                translate("Value is rounded once, on the net; every level below it adds up to it exactly.", lang),
            ),
            tables=tuple(table for table in tables if table.groups),
        )

    def _head(self, first: str) -> Row:
        return first, translate("Moves", self.lang), translate("Points", self.lang), self.statement.currency

    def _section(self, section: StatementSection) -> Row:
        title = title_of(self.statement.participant, section.kind)
        free = section.points != 0 and all(line.exact == 0 for line in section.lines)
        note = title.nothing_owed if free and title.nothing_owed else title.note
        note = note if self.to_itself else OF_ANOTHER.get(note, note)
        return self._name(section.kind), translate(note, self.lang) if note else "", *self._figures(section)

    def _by_counterpart(self) -> Table:
        """The lines of each section that has counterparts; of the others the summary shows all."""
        groups = (
            Group(
                title=self._name(section.kind),
                rows=tuple((self._counterpart(line), *self._figures(line)) for line in section.lines),
                total=(translate("Total", self.lang), *self._figures(section)),
            )
            for section in self.statement.sections
            if any(line.counterpart for line in section.lines)
        )
        head = self._head(translate("Counterpart", self.lang))
        return Table(translate("By counterpart", self.lang), head, figures=3, wide=0, groups=tuple(groups))

    def _by_move(self, moves: Drill) -> Table:
        lang = self.lang
        groups = (
            Group(
                title=self._line_title(line),
                rows=tuple(self._move(move) for move in moves[line]),
                total=(translate("Total", lang), "", "", points_text(line.points, lang), self._money(line.minor)),
            )
            for section in self.statement.sections
            for line in section.lines
            if moves.get(line)
        )
        columns = (translate("Posting", lang), translate("Time", lang), translate("Receipt", lang))
        head = (*columns, translate("Points", lang), self.statement.currency)
        return Table(translate("Each move", lang), head, figures=2, wide=2, groups=tuple(groups))

    def _move(self, move: StatementMove) -> Row:
        points = points_text(move.points, self.lang)
        when = self._moment(move.occurred_at)
        return str(move.posting_id), when, visible(receipt_of(move)), points, self._money(move.minor)

    def _line_title(self, line: StatementLine) -> str:
        name = self._name(line.kind)
        if not line.counterpart:
            return name
        return translate("{section}: {counterpart}", self.lang, section=name, counterpart=self._counterpart(line))

    def _name(self, kind: LineKind) -> str:
        return translate(title_of(self.statement.participant, kind).name, self.lang)

    def _counterpart(self, line: StatementLine) -> str:
        name = self._participant(line.counterpart)
        own = line.counterpart == self.statement.participant
        return translate("{name} (own points)", self.lang, name=name) if own else name

    def _participant(self, ref: str) -> str:
        """A participant by name, and its ref where that is another."""
        name = visible(self.details.name_of(name_of(ref, self.lang)))
        return name if self.details.name_of(ref) == ref else f"{name} ({ref})"

    def _payment(self, payment: StatementPayment) -> tuple[str, tuple[Row, ...]]:
        name = "" if self.to_itself else visible(self.details.name_of(self.statement.participant))
        money = {"amount": self._money(abs(payment.minor)), "currency": self.statement.currency}
        return payment_words(payment, money, self.lang, name)

    def _figures(self, counted: StatementSection | StatementLine) -> Row:
        count = counted.moves if isinstance(counted, StatementLine) else sum(line.moves for line in counted.lines)
        return points_text(count, self.lang), points_text(counted.points, self.lang), self._money(counted.minor)

    def _money(self, minor: int) -> str:
        return money_text(minor, self.statement.minor_digits, self.lang)

    def _moment(self, instant: int) -> str:
        return moment_text(instant, self.statement.timezone, self.lang)
