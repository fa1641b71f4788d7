"""Rows that may change are what their last sealed version says."""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, select

from settlement.audit.auditor import Auditor, CheckResult
from settlement.ledger import tables
from settlement.ledger.sealed_rows import BOOK_COLUMNS, sealed_columns
from settlement.payments import tables as payment_tables

POSITION = 32

Versions = Mapping[str, Mapping[tuple[Any, ...], Mapping[str, Any]]]
"""The last sealed version of each row, by table and by what its primary key is beside the alliance."""


def check_agreement(auditor: Auditor) -> CheckResult:
    """The book's settings, its eras, terms and participants are as they were last agreed on; versions count changes."""
    last, batch_of_book = last_versions(auditor)
    examined, differences = compare_rows(auditor, last, (tables.eras, tables.terms, tables.participants))
    row = _book_row(auditor)
    sealed = dict(last["books"].get((), {}))
    # Each batch since then has added one to the version.
    last_batch = auditor.rows("SELECT COALESCE(MAX(id), 0) FROM batches WHERE alliance_id = :alliance_id")[0][0]
    sealed["version"] = sealed.get("version", 0) + last_batch - batch_of_book
    differences += [
        f"the book's {name} is {row[name]}, sealed was {sealed.get(name)}"
        for name in BOOK_COLUMNS
        if row[name] != sealed.get(name)
    ]
    return examined + 1, differences


def check_payment_rows(auditor: Auditor) -> CheckResult:
    """Payments, their histories, the accounts that they go to and the movements of cash are as they were written."""
    return compare_rows(auditor, last_versions(auditor)[0], payment_tables.SEALED)


CHECKS = {"agreement": check_agreement, "payment_rows": check_payment_rows}


def last_versions(auditor: Auditor) -> tuple[Versions, int]:
    """The last sealed version of each row, and the batch in which the book's own row was sealed last."""
    by_name = tables.metadata.tables
    last: dict[str, dict[tuple[Any, ...], Mapping[str, Any]]] = defaultdict(dict)
    batch_of_book = 0
    sql = (
        "SELECT batch_id, table_name, content FROM sealed_rows WHERE alliance_id = :alliance_id ORDER BY batch_id, line"
    )
    for batch_id, table_name, content in auditor.stream(sql):
        version = json.loads(str(content))
        last[str(table_name)][tuple(version.get(name) for name in key_of(by_name[str(table_name)]))] = version
        if str(table_name) == "books":
            batch_of_book = batch_id
    return last, batch_of_book


def compare_rows(auditor: Auditor, last: Versions, compared: tuple[Table, ...]) -> CheckResult:
    """Compare each row of these tables with its last sealed version."""
    examined, differences = 0, []
    for table in compared:
        mine = select(table).where(table.c.alliance_id == auditor.book.alliance_id)
        names, keys = sealed_columns(table), key_of(table)
        rows = {
            tuple(row[name] for name in keys): {name: row[name] for name in names}
            for row in auditor.connection.execute(mine).mappings()
        }
        # A column that is younger than the version is not in it.
        sealed = {
            key: {name: version.get(name, rows.get(key, {}).get(name)) for name in names}
            for key, version in last.get(table.name, {}).items()
        }
        examined += len(rows)
        differences += [
            f"{table.name} {', '.join(map(str, key))}: the row is not what was sealed last"
            for key in sorted({*rows, *sealed}, key=str)
            if rows.get(key) != sealed.get(key)
        ]
    return examined, differences


def key_of(table: Table) -> list[str]:
    """The columns of a table's primary key beside the alliance."""
    return [column.name for column in table.primary_key if column.name != "alliance_id"]


def _book_row(auditor: Auditor) -> Mapping[str, Any]:
    query = select(tables.books).where(tables.books.c.alliance_id == auditor.book.alliance_id)
    return dict(auditor.connection.execute(query).mappings().one())
