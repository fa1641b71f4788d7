"""Facts of the bank rail in the database. Whoever writes holds the book's lock; rows are only ever added."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Table

from settlement.ledger.book import Book
from settlement.ledger.session import Row, Session
from settlement.rails.bank import tables
from settlement.rails.bank.errors import BankFileNotFound
from settlement.rails.bank.facts import (
    BankFileItem,
    BankLine,
    BankMatch,
    BankPayee,
    BankPayment,
    BankStanding,
    BankVerdict,
    MatchMethod,
)
from settlement.rails.bank.reported import StatementSpan
from settlement.rails.bank.settings import FileKind
from settlement.rails.port import Direction
from settlement.sentences import restored, stored

ITEM_COLUMNS = (
    "i.key, i.file_id, f.kind, i.reference, i.payment_id, i.direction, i.participant, i.account, i.minor, "
    "i.group_name, i.text, i.due_on, i.taken_at, e.exported_at"
)
FROM_ITEMS = (
    "FROM bank_file_items AS i JOIN bank_files AS f ON f.alliance_id = i.alliance_id AND f.id = i.file_id "
    "LEFT JOIN bank_exports AS e ON e.alliance_id = i.alliance_id AND e.file_id = i.file_id"
)
OF_RAIL = "WHERE i.alliance_id = ? AND f.rail = ?"
ITEMS = f"SELECT {ITEM_COLUMNS} {FROM_ITEMS} {OF_RAIL}"
LINE_COLUMNS = (
    "l.id, l.entry, l.source, l.at, l.booked_on, l.minor, l.fee_minor, l.end_to_end, l.batch, l.returned, l.code, "
    "l.counterparty, l.text"
)
MATCHED = "LEFT JOIN bank_matches AS m ON m.alliance_id = l.alliance_id AND m.line_id = l.id"


class BankFile(NamedTuple):
    """A bank file as it is listed; the last four are None while it is open."""

    id: int
    kind: FileKind
    opened_at: int
    payments: int
    minor: int
    exported_at: int | None
    message_id: str | None
    sha256: str | None
    content: bytes | None


class BankStore:
    """Facts of one rail of one alliance, through one connection."""

    def __init__(self, book: Book, rail: str, session: Session) -> None:
        self.alliance_id = book.alliance_id
        self.rail = rail
        self.session = session

    # -- files ------------------------------------------------------------------------------------------------

    def files(self) -> list[BankFile]:
        """All files of the rail in order."""
        return self._files("f.rail = ?", self.rail)

    def file(self, file_id: int) -> BankFile:
        """One file. Raises BankFileNotFound."""
        files = self._files("f.rail = ? AND f.id = ?", self.rail, file_id)
        if not files:
            raise BankFileNotFound(file_id)
        return files[0]

    def open_file(self, kind: FileKind, now: int) -> int:
        """The open file of a kind; a new one where there is none."""
        rows = self.session.rows(
            "SELECT MAX(f.id) FROM bank_files AS f LEFT JOIN bank_exports AS e ON e.alliance_id = f.alliance_id "
            "AND e.file_id = f.id WHERE f.alliance_id = ? AND f.rail = ? AND f.kind = ? AND e.file_id IS NULL",
            self.alliance_id,
            self.rail,
            kind.value,
        )
        if rows[0][0] is not None:
            return int(rows[0][0])
        last = self.session.rows("SELECT COALESCE(MAX(id), 0) FROM bank_files WHERE alliance_id = ?", self.alliance_id)
        file_id = int(last[0][0]) + 1
        self._insert(tables.bank_files, [(self.alliance_id, file_id, self.rail, kind.value, now)])
        return file_id

    def add_export(self, file_id: int, exported_at: int, message_id: str, sha256: str, content: bytes) -> None:
        """Freeze a file."""
        row = (self.alliance_id, file_id, exported_at, message_id, sha256, content)
        self._insert(tables.bank_exports, [row])

    def file_of_message(self, message_id: str) -> BankFile | None:
        """The file that was exported under this message id."""
        files = self._files("f.rail = ? AND e.message_id = ?", self.rail, message_id)
        return files[0] if files else None

    def _files(self, where: str, *params: object) -> list[BankFile]:
        rows = self.session.rows(
            "SELECT f.id, f.kind, f.opened_at, COUNT(i.key), CAST(COALESCE(SUM(i.minor), 0) AS BIGINT), "
            "e.exported_at, e.message_id, e.sha256, e.content FROM bank_files AS f "
            "LEFT JOIN bank_file_items AS i ON i.alliance_id = f.alliance_id AND i.file_id = f.id "
            "LEFT JOIN bank_exports AS e ON e.alliance_id = f.alliance_id AND e.file_id = f.id "
            f"WHERE f.alliance_id = ? AND {where} "
            "GROUP BY f.id, f.kind, f.opened_at, e.exported_at, e.message_id, e.sha256, e.content ORDER BY f.id",
            self.alliance_id,
            *params,
        )
        return [BankFile(id_, FileKind(kind), *rest) for id_, kind, *rest in rows]

    # -- payments ---------------------------------------------------------------------------------------------

    def known(self, keys: Iterable[str]) -> dict[str, BankPayment]:
        """All facts of the payments under these keys, those that are in no file left out."""
        return self._known("i.key = ANY(?)", sorted(set(keys)))

    def known_by_reference(self, references: Iterable[str]) -> dict[str, BankPayment]:
        """The same by reference, which is also what they are named by in the answer."""
        payments = self._known("i.reference = ANY(?)", sorted(set(references)))
        return {known.item.reference: known for known in payments.values()}

    def known_by_beginning(self, beginning: str) -> dict[str, BankPayment]:
        """The one payment whose reference begins so, by its reference; none where several do."""
        known = self._known("SUBSTR(i.reference, 1, ?) = ?", len(beginning), beginning)
        return {payment.item.reference: payment for payment in known.values()} if len(known) == 1 else {}

    def announced_returns(self, since: int) -> list[BankPayment]:
        """Paid payments of which the bank has said since an instant that they come back."""
        known = self._known(
            "EXISTS (SELECT 1 FROM bank_verdicts AS v WHERE v.alliance_id = i.alliance_id AND v.key = i.key "
            "AND v.at >= ?)",
            since,
        )
        return [payment for payment in known.values() if payment.standing is BankStanding.PAID]

    def known_of_file(self, file_id: int) -> list[BankPayment]:
        """Payments of a file in the order in which they were taken in."""
        return list(self._known("i.file_id = ?", file_id).values())

    def known_of_amount(self, minor: int) -> list[BankPayment]:
        """Payments of so many minor units, whichever way they went."""
        return list(self._known("i.minor = ?", minor).values())

    def lines_beside(self, days: Iterable[int], source: str) -> list[BankLine]:
        """Lines booked on these days (yyyymmdd) that came from another kind of file."""
        lines: list[BankLine] = []
        for day in sorted(set(days)):
            matched = self._matched("l.rail = ? AND l.booked_on = ? AND l.source <> ?", self.rail, day, source)
            lines += [line for line, match in matched if match is None or match.how is not MatchMethod.SPLIT]
        return lines

    def mandates_used(self, participants: Iterable[str]) -> set[tuple[str, str]]:
        """These participants with the mandates that a debit was made under, refused ones apart."""
        known = self._known(
            "f.kind = ? AND i.participant = ANY(?)", FileKind.DIRECT_DEBIT.value, sorted(set(participants))
        )
        return {
            (payment.item.participant, payment.item.details.get("mandate_id", ""))
            for payment in known.values()
            if payment.verdict is None and payment.item.exported_at is not None
        }

    def add_items(self, items: Sequence[BankFileItem]) -> None:
        """Put payments into their files."""
        self._insert(
            tables.bank_file_items,
            [
                (
                    self.alliance_id,
                    item.key,
                    item.file_id,
                    item.reference,
                    item.payment_id,
                    item.direction.value,
                    item.participant,
                    json.dumps(dict(item.details), sort_keys=True, ensure_ascii=False),
                    item.minor,
                    item.group,
                    item.text,
                    item.due_on,
                    item.taken_at,
                )
                for item in items
            ],
        )

    def verdicts(self, keys: Iterable[str]) -> dict[str, BankVerdict]:
        """Verdicts by key."""
        rows = self.session.rows(
            "SELECT key, at, code, why FROM bank_verdicts WHERE alliance_id = ? AND key = ANY(?)",
            self.alliance_id,
            sorted(set(keys)),
        )
        return {key: BankVerdict(key, at, code, restored(why)) for key, at, code, why in rows}

    def add_verdicts(self, verdicts: Sequence[BankVerdict]) -> None:
        """Say that these have failed."""
        rows = [(self.alliance_id, *verdict._replace(why=stored(verdict.why))) for verdict in verdicts]
        self._insert(tables.bank_verdicts, rows)

    def add_payees(self, payees: Iterable[BankPayee]) -> None:
        """Keep what banks said of payees, each answer once."""
        new = {(payee.key, payee.code): payee for payee in payees}
        rows = self.session.rows(
            "SELECT key, code FROM bank_payees WHERE alliance_id = ? AND key = ANY(?)",
            self.alliance_id,
            sorted({key for key, _ in new}),
        )
        kept = {(key, code) for key, code in rows}
        self._insert(
            tables.bank_payees, [(self.alliance_id, *payee) for name, payee in new.items() if name not in kept]
        )

    def payees(self, keys: Iterable[str] | None = None) -> list[tuple[BankFileItem, BankPayee]]:
        """What banks said of the payees of these payments, or of all, oldest first."""
        wanted, params = ("", ()) if keys is None else (" AND i.key = ANY(?)", (sorted(set(keys)),))
        columns = ", ".join(f"p.{column}" for column in BankPayee._fields)
        rows = self.session.rows(
            f"SELECT {columns}, {ITEM_COLUMNS} {FROM_ITEMS} JOIN bank_payees AS p ON p.alliance_id = i.alliance_id "
            f"AND p.key = i.key {OF_RAIL}{wanted} ORDER BY p.at, p.key, p.code",
            self.alliance_id,
            self.rail,
            *params,
        )
        return [(_item(row[4:]), BankPayee(*row[:4])) for row in rows]

    def _known(self, where: str, *params: object) -> dict[str, BankPayment]:
        ordered = f"{ITEMS} AND {where} ORDER BY i.taken_at, i.key"
        rows = self.session.rows(ordered, self.alliance_id, self.rail, *params)
        items = [_item(row) for row in rows]
        verdicts = self.verdicts(item.key for item in items)
        lines = self._lines_of([item.key for item in items])
        return {item.key: BankPayment(item, verdicts.get(item.key), tuple(lines[item.key])) for item in items}

    def _lines_of(self, keys: Sequence[str]) -> dict[str, list[BankLine]]:
        rows = self.session.rows(
            f"SELECT m.key, {LINE_COLUMNS} FROM bank_matches AS m "
            "JOIN bank_lines AS l ON l.alliance_id = m.alliance_id AND l.id = m.line_id "
            "WHERE m.alliance_id = ? AND m.key = ANY(?) ORDER BY l.at, l.id",
            self.alliance_id,
            list(keys),
        )
        lines_by_key: dict[str, list[BankLine]] = defaultdict(list)
        for key, *line in rows:
            lines_by_key[key].append(_line(line))
        return lines_by_key

    def learned_since(self, since: int) -> dict[str, int]:
        """By key, when something was learned last of what became of a payment, since an instant."""
        rows = self.session.rows(
            "SELECT n.key, MAX(n.at) FROM (SELECT alliance_id, key, at FROM bank_matches UNION ALL "
            "SELECT alliance_id, key, at FROM bank_verdicts) AS n JOIN bank_file_items AS i "
            "ON i.alliance_id = n.alliance_id AND i.key = n.key JOIN bank_files AS f "
            "ON f.alliance_id = i.alliance_id AND f.id = i.file_id "
            "WHERE n.alliance_id = ? AND f.rail = ? AND n.at >= ? GROUP BY n.key",
            self.alliance_id,
            self.rail,
            since,
        )
        return dict(rows)

    # -- lines ------------------------------------------------------------------------------------------------

    def add_lines(self, lines: Sequence[BankLine], now: int) -> None:
        """Add what the bank reported."""
        rows = [
            (self.alliance_id, line.id, self.rail, *line[1:9], int(line.returned), *line[10:], now) for line in lines
        ]
        self._insert(tables.bank_lines, rows)

    def add_matches(self, matches: Sequence[BankMatch]) -> None:
        """Say what lines were."""
        rows = [
            (self.alliance_id, match.line_id, match.key, match.how.value, match.actor, match.note, match.at)
            for match in matches
        ]
        self._insert(tables.bank_matches, rows)

    def settled_lines(self, since: int, until: int) -> list[tuple[BankLine, BankMatch]]:
        """Lines of which it was settled in this time what they were, oldest first; the split ones left out."""
        matched = self._matched("l.rail = ? AND m.at >= ? AND m.at < ?", self.rail, since, until)
        settled = [(line, match) for line, match in matched if match is not None and match.how is not MatchMethod.SPLIT]
        return sorted(settled, key=lambda pair: (pair[1].at, pair[0].at, pair[0].id))

    def booked_lines(self, first: int, last: int) -> list[tuple[BankLine, BankMatch | None]]:
        """Lines booked from a day to another (yyyymmdd), oldest first, with what they were; the split ones too."""
        return self._matched("l.rail = ? AND l.booked_on >= ? AND l.booked_on <= ?", self.rail, first, last)

    def line(self, line_id: str) -> tuple[BankLine, BankMatch | None] | None:
        """One line."""
        matched = self._matched("l.rail = ? AND l.id = ?", self.rail, line_id)
        return matched[0] if matched else None

    def queue(self) -> list[BankLine]:
        """Lines that nobody and nothing has said of what they were, oldest first."""
        return [line for line, _ in self._matched("l.rail = ? AND m.line_id IS NULL", self.rail)]

    def count_queue(self) -> int:
        """How many lines nobody and nothing has said of what they were."""
        rows = self.session.rows(
            f"SELECT COUNT(*) FROM bank_lines AS l {MATCHED} "
            "WHERE l.alliance_id = ? AND l.rail = ? AND m.line_id IS NULL",
            self.alliance_id,
            self.rail,
        )
        return int(rows[0][0])

    def lines_of_entries(self, entries: Iterable[str]) -> dict[str, list[tuple[BankLine, BankMatch | None]]]:
        """Lines of these entries, as they were imported before, by entry."""
        lines_by_entry: dict[str, list[tuple[BankLine, BankMatch | None]]] = defaultdict(list)
        for line, match in self._matched("l.rail = ? AND l.entry = ANY(?)", self.rail, sorted(set(entries))):
            lines_by_entry[line.entry].append((line, match))
        return dict(lines_by_entry)

    def _matched(self, where: str, *params: object) -> list[tuple[BankLine, BankMatch | None]]:
        rows = self.session.rows(
            f"SELECT {LINE_COLUMNS}, m.line_id, m.key, m.how, m.actor, m.note, m.at FROM bank_lines AS l {MATCHED} "
            f"WHERE l.alliance_id = ? AND {where} ORDER BY l.at, l.id",
            self.alliance_id,
            *params,
        )
        return [(_line(row[:13]), _match(row[13:])) for row in rows]

    # -- imports ----------------------------------------------------------------------------------------------

    def imported_at(self, sha256: str) -> int | None:
        """When a file of these very bytes was imported."""
        rows = self.session.rows(
            "SELECT imported_at FROM bank_imports WHERE alliance_id = ? AND rail = ? AND sha256 = ?",
            self.alliance_id,
            self.rail,
            sha256,
        )
        return rows[0][0] if rows else None

    def add_import(self, sha256: str, name: str, kind: str, now: int, lines: int) -> None:
        """Remember that a file was imported."""
        self._insert(tables.bank_imports, [(self.alliance_id, self.rail, sha256, name, kind, now, lines)])

    # -- balances ---------------------------------------------------------------------------------------------

    def spans(self) -> list[StatementSpan]:
        """What all statements opened and closed with, by their last days."""
        rows = self.session.rows(
            "SELECT opened_on, opening_minor, closed_on, closing_minor FROM bank_spans "
            "WHERE alliance_id = ? AND rail = ? ORDER BY closed_on, opened_on, opening_minor, closing_minor",
            self.alliance_id,
            self.rail,
        )
        return [StatementSpan(*row) for row in rows]

    def add_spans(self, spans: Iterable[StatementSpan]) -> None:
        """Remember what statements opened and closed with."""
        new = {*spans} - {*self.spans()}
        rows = [
            (self.alliance_id, self.rail, span.closed_on, span.closing_minor, span.opened_on, span.opening_minor)
            for span in sorted(new)
        ]
        self._insert(tables.bank_spans, rows)

    def _insert(self, table: Table, rows: Sequence[Row]) -> None:
        if rows:
            self.session.insert(table, rows)


def _item(row: Row) -> BankFileItem:
    key, file_id, kind, reference, payment_id, direction, participant, account, *rest = row
    return BankFileItem(
        key,
        file_id,
        FileKind(kind),
        reference,
        payment_id,
        Direction(direction),
        participant,
        json.loads(account),
        *rest,
    )


def _line(row: Sequence[object]) -> BankLine:
    line = BankLine(*row)  # type: ignore[arg-type]
    return line._replace(returned=bool(line.returned))


def _match(row: Row) -> BankMatch | None:
    return None if row[0] is None else BankMatch(row[0], row[1], MatchMethod(row[2]), *row[3:])
