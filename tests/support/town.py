"""A small town's files as `coalition replay` reads them: three purchases under plain rules."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

import psycopg
from sqlalchemy import make_url

HEADER = "at,member,merchant,amount,spend"
ROWS = (
    "2024-05-13T10:00,ann,bakery,10.00,",
    "2024-05-13T11:00,ann,cafe,5.00,all",
    "2024-05-21T11:00,ann,bakery,5.00,3",
)
RULES: Mapping[str, str] = {
    "name": '"Old Town"',
    "currency": '"EUR"',
    "timezone": '"Europe/Berlin"',
    "points_per_unit": "100",
    "earn_points_per_unit": "2",
    "expiry_months": "12",
    "settlement": '"weekly"',
    "funding": '"on_redemption"',
    "redeem_fee_bps": "0",
    "issue_fee_bps": "0",
    "breakage_to": '"issuer"',
    "spend_by_id_up_to_minor": "1000000000000",
}


def purchases_csv(*rows: str, header: str = HEADER) -> str:
    """A PURCHASES.csv of these rows; the town's own where there are none."""
    return "\n".join([header, *(rows or ROWS), ""])


def alliance_toml(**changes: str | None) -> str:
    """An ALLIANCE.toml of the town's rules with these changes, as TOML; None leaves a key out."""
    return "".join(f"{key} = {value}\n" for key, value in {**RULES, **changes}.items() if value is not None)


def write_town(folder: Path, purchases: str | bytes | None = None, alliance: str | bytes | None = None) -> list[str]:
    """Write both files and return the arguments that replay them into out.json."""
    for name, content in (
        ("purchases.csv", purchases_csv() if purchases is None else purchases),
        ("alliance.toml", alliance_toml() if alliance is None else alliance),
    ):
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return ["replay", "purchases.csv", "--alliance", "alliance.toml", "--json", "out.json"]


def posted(url: str) -> int:
    """How many postings a database has, as the books' headers count them; 0 as long as it has no books."""
    sql = "SELECT COALESCE(SUM(next_posting - 1), 0) FROM books"
    with suppress(sqlite3.Error, psycopg.Error):
        if url.startswith("sqlite"):
            with closing(sqlite3.connect(f"file:{make_url(url).database}?mode=ro", uri=True)) as connection:
                return int(connection.execute(sql).fetchone()[0])
        with psycopg.connect(url) as session:
            return int(session.execute(sql.encode()).fetchall()[0][0])
    return 0


def count_rows(url: str, table: str) -> int:
    """How many rows a table has, read past all of our own code."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(parsed.database))) as connection:
            return int(connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0])
    with psycopg.connect(url) as session:
        row = session.execute(f"SELECT COUNT(*) FROM {table}".encode()).fetchone()
        return int(row[0]) if row else 0
