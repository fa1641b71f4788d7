"""Rows that change, and that the hash chain seals all the same: each change is logged, and sealed as a batch.

What an alliance agreed on (its settings, terms, participants and their limits) and its payments are rows that say how
things stand now. Every version of such a row is kept in `sealed_rows`, so that an audit can compare the last one with
the row itself, and the chain says that no version was changed, added or removed.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Table

from settlement.ledger import tables
from settlement.ledger.chain import BatchLines, seal, sealed_row_lines
from settlement.ledger.config import BookSettings, Participant, cutoff_text
from settlement.ledger.header import Header, write_header
from settlement.ledger.loaded import ExposureLimit
from settlement.ledger.session import Session
from settlement.terms import Terms

NO_LIMIT = ExposureLimit(0)
BOOK_COLUMNS = ("name", "currency", "minor_digits", "timezone", "cutoff", "version", "config_version")
"""What is sealed of the book's own row; the header's other figures follow from the rows that they count."""


class SealedRow(NamedTuple):
    """One version of a row: its table, and its sealed columns as JSON."""

    table_name: str
    content: str


def sealed_columns(table: Table) -> list[str]:
    """The columns of a table that are sealed: all that are not marked as UNSEALED."""
    return [column.name for column in table.columns if column.name != "alliance_id" and "unsealed" not in column.info]


def sealed_row(table: Table, row: Sequence[Any]) -> SealedRow:
    """A row of all columns in order, as it is sealed."""
    values = dict(zip((column.name for column in table.columns), row, strict=True))
    return SealedRow(str(table.name), encode_row({name: values[name] for name in sealed_columns(table)}))


def encode_row(values: Mapping[str, Any]) -> str:
    """Values by column, as they are kept and sealed."""
    return orjson.dumps({str(name): value for name, value in values.items()}).decode()


def write_sealed_rows(session: Session, alliance_id: int, header: Header, rows: Sequence[SealedRow]) -> Header:
    """Log and seal new versions of rows in a batch of their own, under the book's lock; returns the next header."""
    if not rows:
        return header
    return _write(session, alliance_id, header, header._replace(version=header.version + 1), rows)


def _write(session: Session, alliance_id: int, header: Header, after: Header, rows: Sequence[SealedRow]) -> Header:
    numbered = list(enumerate(rows))
    lines = BatchLines(b"", b"", sealed_row_lines((line, *row) for line, row in numbered))
    after = after._replace(next_batch=header.next_batch + 1, chain=seal(header.chain, lines))
    write_header(session, alliance_id, header, after)
    session.insert(tables.sealed_rows, [(alliance_id, header.next_batch, line, *row) for line, row in numbered])
    return after


class ConfigChange:
    """One change of what an alliance agreed on: rows of its eras, terms and participants, in one transaction."""

    def __init__(self, session: Session, alliance_id: int) -> None:
        self.session = session
        self._alliance_id = alliance_id
        self._rows: list[SealedRow] = []

    def add_terms(self, terms: Terms) -> None:
        """Add terms; their `id` is given here."""
        row = self.session.rows("SELECT COUNT(*) FROM terms WHERE alliance_id = ?", self._alliance_id)[0]
        self._insert(
            tables.terms,
            (
                self._alliance_id,
                row[0] + 1,
                terms.effective_at,
                str(terms.points_per_unit),
                terms.funding.value,
                terms.redeem_fee_bps,
                terms.issue_fee_bps,
                terms.breakage_to.value,
            ),
        )

    def add_era(self, settings: BookSettings) -> None:
        """Add an era, which begins at `settings.since`."""
        cutoff = cutoff_text(settings.cutoff)
        self._insert(tables.eras, (self._alliance_id, settings.since, settings.name, settings.timezone, cutoff))

    def set_participants(self, participants: Iterable[Participant]) -> None:
        """Add participants (their `id` is given here) or change what those of the same `ref` may do."""
        columns = ", ".join(column.name for column in tables.participants.columns)
        stored = {
            row[2]: tuple(row)
            for row in self.session.rows(f"SELECT {columns} FROM participants WHERE alliance_id = ?", self._alliance_id)
        }
        ids = {ref: row[1] for ref, row in stored.items()}
        changed = {}
        for participant in participants:
            row = _participant_row(self._alliance_id, ids.setdefault(participant.ref, len(ids) + 1), participant)
            if row != stored.get(participant.ref):
                changed[participant.ref] = row
        if changed:
            self.session.upsert(tables.participants, list(changed.values()), add=False)
            self._rows += [sealed_row(tables.participants, row) for row in changed.values()]

    def write(self, header: Header) -> None:
        """Log and seal what changed, under the book's lock; nothing where nothing did."""
        if not self._rows:
            return
        after = header._replace(version=header.version + 1, config_version=header.config_version + 1)
        names = BOOK_COLUMNS[:-2]
        (settings,) = self.session.rows(
            f"SELECT {', '.join(names)} FROM books WHERE alliance_id = ?", self._alliance_id
        )
        values = dict(zip(BOOK_COLUMNS, (*settings, after.version, after.config_version), strict=True))
        book_row = SealedRow(tables.books.name, encode_row(values))
        _write(self.session, self._alliance_id, header, after, [book_row, *self._rows])

    def _insert(self, table: Table, row: Sequence[Any]) -> None:
        self.session.insert(table, [tuple(row)])
        self._rows.append(sealed_row(table, row))


def _participant_row(alliance_id: int, id_: int, participant: Participant) -> tuple[Any, ...]:
    limit = participant.limit
    return (
        alliance_id,
        id_,
        participant.ref,
        participant.may_issue,
        participant.may_redeem,
        None if limit is None else limit.credit_minor,
        NO_LIMIT.alert_bps if limit is None else limit.alert_bps,
        NO_LIMIT.reserve_bps if limit is None else limit.reserve_bps,
        participant.issued_until,
        participant.redeemed_until,
    )
