"""A statement as one tidy table for spreadsheets and scripts.

Columns, the same in every language:

level           section, line, move; then net, carried_over, kept_in_deposit, balance; then payments
section         the kind of business (LineKind)
counterpart     the other shop, "operator", "pool" or empty
counterpart_name    what that shop is called
title           what the row is about, in the reader's language
posting         id of the move's posting
occurred_at     ISO 8601 with the offset of the alliance's time zone
key             idempotency key of the move's posting
receipt         the till's own number of the purchase
points          in the line's own direction
moves           how many moves the row stands for
minor           minor units, positive is received; each level adds up: moves, lines, sections, net
amount          the same as a decimal
exact           minor units before rounding, an integer or a fraction such as 7/3
currency        ISO 4217
due_on, pay_to, account, bic, reference    of a payment: when, and to whom the shop transfers it under which reference
participant, participant_name, alliance, opens_at, closes_at    the same in every row, so that statements can be stacked

balance = net + carried_over - kept_in_deposit.
"""

import csv
from collections.abc import Iterable
from fractions import Fraction
from io import StringIO
from itertools import chain

from coalition.locale.formats import Lang, local_time
from coalition.locale.messages import translate
from coalition.statements.check import Drill
from coalition.statements.details import StatementDetails
from coalition.statements.sheet import receipt_of
from coalition.statements.titles import title_of
from settlement import date_text, decimal_text, guard_cell
from settlement.clearing import Statement, StatementLine, StatementSection

COLUMNS = (
    "level",
    "section",
    "counterpart",
    "counterpart_name",
    "title",
    "posting",
    "occurred_at",
    "key",
    "receipt",
    "points",
    "moves",
    "minor",
    "amount",
    "exact",
    "currency",
    "due_on",
    "pay_to",
    "account",
    "bic",
    "reference",
    "participant",
    "participant_name",
    "alliance",
    "opens_at",
    "closes_at",
)

Cells = dict[str, str | int]


def as_csv(statement: Statement, moves: Drill, details: StatementDetails, lang: Lang) -> bytes:
    """Write the table in UTF-8 with a byte order mark, without which Excel misreads Chinese."""
    file = StringIO()
    writer = csv.DictWriter(file, COLUMNS, restval="")
    writer.writeheader()
    always: Cells = {
        "currency": statement.currency,
        "participant": guard_cell(statement.participant),
        "participant_name": guard_cell(details.name_of(statement.participant)),
        "alliance": guard_cell(statement.alliance),
        "opens_at": _moment(statement, statement.opens_at),
        "closes_at": _moment(statement, statement.closes_at),
    }
    parts = (_rows(statement, moves, details, lang), _results(statement, lang), _payments(statement, details, lang))
    for row in chain.from_iterable(parts):
        writer.writerow(row | always)
    return file.getvalue().encode("utf-8-sig")


def _rows(statement: Statement, moves: Drill, details: StatementDetails, lang: Lang) -> Iterable[Cells]:
    for section in statement.sections:
        title = translate(title_of(statement.participant, section.kind).name, lang)
        about: Cells = {"section": section.kind, "title": title}
        count = sum(line.moves for line in section.lines)
        yield about | {"level": "section", "moves": count} | _values(statement, section)
        for line in section.lines:
            about["counterpart"] = guard_cell(line.counterpart)
            about["counterpart_name"] = guard_cell(details.name_of(line.counterpart))
            yield about | {"level": "line", "moves": line.moves} | _values(statement, line)
            for move in moves.get(line, ()):
                yield about | {
                    "level": "move",
                    "posting": move.posting_id,
                    "occurred_at": _moment(statement, move.occurred_at),
                    "key": guard_cell(move.key),
                    "receipt": guard_cell(receipt_of(move)),
                    "points": move.points,
                    "moves": 1,
                    **_money(statement, move.minor, move.exact),
                }


def _results(statement: Statement, lang: Lang) -> Iterable[Cells]:
    exact = sum((section.exact for section in statement.sections), Fraction(0))
    results = (
        ("net", translate("Net of this window", lang), _money(statement, statement.net, exact)),
        (
            "carried_over",
            translate("Carried over from earlier windows", lang),
            _money(statement, statement.carried_over),
        ),
        ("kept_in_deposit", translate("Kept in deposit", lang), _money(statement, statement.kept_in_deposit)),
        ("balance", translate("Balance to settle", lang), _money(statement, statement.balance)),
    )
    for level, title, money in results:
        yield {"level": level, "title": title, **money}


def _payments(statement: Statement, details: StatementDetails, lang: Lang) -> Iterable[Cells]:
    for payment in details.payments:
        yield {
            "level": "payment",
            "title": translate("Payment", lang),
            "due_on": date_text(payment.due_on),
            "pay_to": guard_cell(payment.holder),
            "account": payment.account,
            "bic": payment.bic,
            "reference": payment.reference,
            **_money(statement, payment.minor),
        }


def _values(statement: Statement, counted: StatementSection | StatementLine) -> Cells:
    return {"points": counted.points, **_money(statement, counted.minor, counted.exact)}


def _money(statement: Statement, minor: int, exact: Fraction | None = None) -> Cells:
    amount = decimal_text(minor, statement.minor_digits)
    return {"minor": minor, "amount": amount, "exact": "" if exact is None else str(exact)}


def _moment(statement: Statement, instant: int) -> str:
    return local_time(instant, statement.timezone).isoformat()
