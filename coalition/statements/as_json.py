"""A statement as JSON for machines. This shape is stable: fields may be added, none changes its meaning.

{
  "alliance": str, "participant": str, "participant_name": str, "language": "en" | "zh",
  "window": {"opens_at": moment, "closes_at": moment, "timezone": IANA name},
  "currency": {"code": ISO 4217, "minor_digits": int},
  "headline": str,                                   the balance in words, in the reader's language
  "sections": [{
    "kind": LineKind, "title": str, "points": int, "moves": int, "money": money,
    "lines": [{
      "counterpart": str, "counterpart_name": str, "points": int, "moves": int, "money": money,
      "drill_down": [{                               only where the caller gave the moves behind the line
        "posting": int, "line": int, "occurred_at": moment, "key": str, "receipt": str | null,
        "points": int, "money": money
      }]
    }]
  }],
  "net": money, "carried_over": money, "kept_in_deposit": money, "balance": money,
  "payments": [{                                     planned for this window
    "due_on": date, "rail": str, "money": money, "reference": str | null,
    "pay_to": {"holder": str, "account": str, "bic": str | null} | null      where the shop transfers it itself
  }]
}

moment = ISO 8601 with the offset of the alliance's time zone. money = {"minor": int, "amount": decimal as text,
"exact": minor units before rounding, an integer or a fraction such as "7/3", on sections and below}; positive is
received. Moves add up to their line, lines to their section, sections to the net;
balance = net + carried_over - kept_in_deposit.
"""

import json
from fractions import Fraction

from coalition.locale.formats import Lang, local_time
from coalition.locale.messages import translate
from coalition.statements.check import Drill
from coalition.statements.details import StatementDetails, StatementPayment
from coalition.statements.sheet import headline, receipt_of
from coalition.statements.titles import title_of
from settlement import date_text, decimal_text
from settlement.clearing import Statement, StatementLine, StatementMove, StatementSection

Json = dict[str, object]


def as_json(statement: Statement, moves: Drill, details: StatementDetails, lang: Lang) -> bytes:
    """Write the object above in UTF-8, names as they are."""
    document: Json = {
        "alliance": statement.alliance,
        "participant": statement.participant,
        "participant_name": details.name_of(statement.participant),
        "language": lang,
        "window": {
            "opens_at": _moment(statement, statement.opens_at),
            "closes_at": _moment(statement, statement.closes_at),
            "timezone": statement.timezone,
        },
        "currency": {"code": statement.currency, "minor_digits": statement.minor_digits},
        "headline": headline(statement, lang),
        "sections": [_section(statement, section, moves, details, lang) for section in statement.sections],
        "net": _money(statement, statement.net),
        "carried_over": _money(statement, statement.carried_over),
        "kept_in_deposit": _money(statement, statement.kept_in_deposit),
        "balance": _money(statement, statement.balance),
        "payments": [_payment(statement, payment) for payment in details.payments],
    }
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _section(
    statement: Statement, section: StatementSection, moves: Drill, details: StatementDetails, lang: Lang
) -> Json:
    return {
        "kind": section.kind,
        "title": translate(title_of(statement.participant, section.kind).name, lang),
        "points": section.points,
        "moves": sum(line.moves for line in section.lines),
        "money": _money(statement, section.minor, section.exact),
        "lines": [_line(statement, line, moves, details) for line in section.lines],
    }


def _line(statement: Statement, line: StatementLine, moves: Drill, details: StatementDetails) -> Json:
    document: Json = {
        "counterpart": line.counterpart,
        "counterpart_name": details.name_of(line.counterpart),
        "points": line.points,
        "moves": line.moves,
        "money": _money(statement, line.minor, line.exact),
    }
    if line in moves:
        document["drill_down"] = [_move(statement, move) for move in moves[line]]
    return document


def _move(statement: Statement, move: StatementMove) -> Json:
    return {
        "posting": move.posting_id,
        "line": move.line,
        "occurred_at": _moment(statement, move.occurred_at),
        "key": move.key,
        "receipt": receipt_of(move) or None,
        "points": move.points,
        "money": _money(statement, move.minor, move.exact),
    }


def _payment(statement: Statement, payment: StatementPayment) -> Json:
    pay_to: Json = {"holder": payment.holder, "account": payment.account, "bic": payment.bic or None}
    return {
        "due_on": date_text(payment.due_on),
        "rail": payment.rail,
        "money": _money(statement, payment.minor),
        "reference": payment.reference or None,
        "pay_to": pay_to if payment.account else None,
    }


def _money(statement: Statement, minor: int, exact: Fraction | None = None) -> Json:
    money: Json = {"minor": minor, "amount": decimal_text(minor, statement.minor_digits)}
    return money if exact is None else money | {"exact": str(exact)}


def _moment(statement: Statement, instant: int) -> str:
    return local_time(instant, statement.timezone).isoformat()
