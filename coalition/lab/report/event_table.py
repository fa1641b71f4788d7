"""The events of a run: the first and the last, and those at which something was paid out, refused or left unpaid."""

from collections.abc import Sequence
from html import escape

from coalition.lab.numbers import Exact, places
from coalition.lab.report.charts import both
from coalition.lab.report.labels import label
from coalition.lab.report.ledger_tables import participant_text
from coalition.lab.report.page import section, table
from coalition.lab.runner import Result
from coalition.lab.scheme import Row
from coalition.locale.messages import N_
from settlement import Phrase

FIRST, LAST = 25, 15
TELLING = 40
"""Events of note that are listed besides, at most."""
HOLDERS = 4


def event_section(result: Result) -> str:
    """The events as a table; what each holder has and who was paid has a column of its own."""
    rows = chosen(result.rows)
    # What the holders' column says of everybody needs no columns of its own.
    holder_keys = {key for row in rows for held in _holders(row).values() for key in held}
    keys = list(dict.fromkeys(key for row in rows for key, value in row.items() if _plain(key, value)))
    keys = [key for key in keys if key not in holder_keys]
    head = [N_("#"), N_("event"), N_("who"), *(label(key) for key in keys)]
    details = any(row.get("holders") or row["paid"] or row.get("exits") for row in rows)
    if details:
        head.append(N_("holders; paid"))
    lines = []
    for row in rows:
        cells = [str(row["event"]), both(label(str(row["do"]))), escape(str(row.get("who", "")))]
        cells += [_text(row[key]) if key in row else "" for key in keys]
        lines.append([*cells, f'<td class="wide">{_details(row)}</td>'] if details else cells)
    note: str | None = None
    if len(rows) < result.events:
        note = Phrase(
            N_(
                "{rows} of {events} events: the first, the last, and those at which somebody was paid out, refused or "
                "left unpaid."
            ),
            rows=len(rows),
            events=f"{result.events:,}",
        )
    return section(N_("Event by event"), table(head, lines, "rows details" if details else "rows"), "long", note)


def chosen(rows: Sequence[Row]) -> list[Row]:
    """The rows to show, in their order."""
    if len(rows) <= FIRST + LAST + TELLING:
        return list(rows)
    middle = [row for row in rows[FIRST:-LAST] if _telling(row)]
    # Of many, the first half and the last: what happened first, and what at the end of the money.
    if len(middle) > TELLING:
        middle = [*middle[: TELLING // 2], *middle[-TELLING // 2 :]]
    return [*rows[:FIRST], *middle, *rows[-LAST:]]


def _telling(row: Row) -> bool:
    return any(row.get(key) for key in ("exits", "refused", "unpaid", "swapped", "sold"))


def _plain(key: str, value: object) -> bool:
    return key not in ("event", "do", "who") and isinstance(value, Exact | bool | str)


def _text(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return both(N_("yes")) if value else both(N_("no"))
    return places(value) if isinstance(value, Exact) else both(label(str(value)))


def _holders(row: Row) -> dict[str, dict[str, object]]:
    holders = row.get("holders")
    return holders if isinstance(holders, dict) else {}


def _details(row: Row) -> str:
    exits = row.get("exits")
    lines = [_exit(gone) for gone in exits] if isinstance(exits, list) else []
    holders = _holders(row)
    for participant, held in list(holders.items())[:HOLDERS]:
        figures = ", ".join(f"{both(label(key))} {_text(value)}" for key, value in held.items() if value)
        lines.append(f"{escape(participant)}: {figures or '–'}")
    if len(holders) > HOLDERS:
        lines.append("…")
    paid = row["paid"]
    if isinstance(paid, dict) and paid:
        payments = (f"{participant_text(participant)} {places(amount)}" for participant, amount in paid.items())
        lines.append("→ " + ", ".join(payments))
    return "<br>".join(lines)


def _exit(gone: Row) -> str:
    cash = gone["cash"]
    paid = places(cash) if isinstance(cash, Exact) else ""
    return both(Phrase(N_("{member} is forced out with {cash}"), member=gone["who"], cash=paid))
