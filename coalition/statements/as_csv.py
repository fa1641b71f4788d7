"""A statement as one tidy table for spreadsheets and scripts.

Columns, the same in every language:

level           section, line, move; then net, carried_over, kept_in_deposit, balance
section         the kind of business (LineKind)
counterpart     the other shop, "operator", "pool" or empty
title           what the row is about, in the reader's language
posting         id of the move's posting
occurred_at     ISO 8601 with the offset of the alliance's time zone
key             idempotency key of the move's posting
points          in the line's own direction
moves           how many moves the row stands for
minor           minor units, positive is received; each level adds up: moves, lines, sections, net
amount          the same as a decimal
exact           minor units before rounding, an integer or a fraction such as 7/3
currency        ISO 4217
participant, alliance, opens_at, closes_at    the same in every row, so that statements can be stacked

balance = net + carried_over - kept_in_deposit.
"""

import csv
from collections.abc import Iterable
from fractions import Fraction
from io import StringIO

from coalition.locale.formats import Lang, local_time
from coalition.statements.check import Drill
from coalition.statements.words import WORDS, side_of
from settlement import decimal_text, guard_cell
from settlement.clearing import Statement, StatementLine, StatementSection

COLUMNS = (
    "level",
    "section",
    "counterpart",
    "title",
    "posting",
    "occurred_at",
    "key",
    "points",
    "moves",
    "minor",
    "amount",
    "exact",
    "currency",
    "participant",
    "alliance",
    "opens_at",
    "closes_at",
)

Cells = dict[str, str | int]


def as_csv(shown: Statement, moves: Drill, lang: Lang) -> bytes:
    """Write the table in UTF-8 with a byte order mark, without which Excel misreads Chinese."""
    file = StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="")
    writer.writeheader()
    always: Cells = {
        "currency": shown.currency,
        "participant": guard_cell(shown.participant),
        "alliance": guard_cell(shown.alliance),
        "opens_at": _moment(shown, shown.opens_at),
        "closes_at": _moment(shown, shown.closes_at),
    }
    for row in (*_rows(shown, moves, lang), *_results(shown, lang)):
        writer.writerow(row | always)
    return file.getvalue().encode("utf-8-sig")


def _rows(shown: Statement, moves: Drill, lang: Lang) -> Iterable[Cells]:
    titles = WORDS[lang].titles[side_of(shown.participant)]
    for section in shown.sections:
        about: Cells = {"section": section.kind, "title": titles[section.kind].name}
        count = sum(line.moves for line in section.lines)
        yield about | {"level": "section", "moves": count} | _values(shown, section)
        for line in section.lines:
            about["counterpart"] = guard_cell(line.counterpart)
            yield about | {"level": "line", "moves": line.moves} | _values(shown, line)
            for move in moves.get(line, ()):
                yield about | {
                    "level": "move",
                    "posting": move.posting_id,
                    "occurred_at": _moment(shown, move.occurred_at),
                    "key": guard_cell(move.key),
                    "points": move.points,
                    "moves": 1,
                    **_money(shown, move.minor, move.exact),
                }


def _results(shown: Statement, lang: Lang) -> Iterable[Cells]:
    words = WORDS[lang]
    exact = sum((section.exact for section in shown.sections), Fraction(0))
    yield {"level": "net", "title": words.net, **_money(shown, shown.net, exact)}
    yield {"level": "carried_over", "title": words.carried_over, **_money(shown, shown.carried_over)}
    yield {"level": "kept_in_deposit", "title": words.kept_in_deposit, **_money(shown, shown.kept_in_deposit)}
    yield {"level": "balance", "title": words.balance, **_money(shown, shown.balance)}


def _values(shown: Statement, counted: StatementSection | StatementLine) -> Cells:
    return {"points": counted.points, **_money(shown, counted.minor, counted.exact)}


def _money(shown: Statement, minor: int, exact: Fraction | None = None) -> Cells:
    amount = decimal_text(minor, shown.minor_digits)
    return {"minor": minor, "amount": amount, "exact": "" if exact is None else str(exact)}


def _moment(shown: Statement, instant: int) -> str:
    return local_time(instant, shown.timezone).isoformat()
