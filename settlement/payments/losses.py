"""Defaults as they are stored: how the loss of each was allocated, and what came back since."""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from settlement.amounts import Minor
from settlement.clearing.default import DefaultPlan, Draw, LossSource, Repayment, allocate_recovery, remaining_plan
from settlement.clearing.money_book import loss_account
from settlement.ledger.accounts import AccountName
from settlement.ledger.book import Book
from settlement.ledger.config import Config
from settlement.ledger.session import Session


class DefaultRecord(NamedTuple):
    """A default, in the order of the table's columns; `plan` and `repaid` are JSON."""

    alliance_id: int
    number: int
    participant: str
    window_id: int
    at: int
    plan: str
    repaid: str
    open_minor: int

    @property
    def waterfall(self) -> DefaultPlan:
        """How the loss was allocated at first."""
        stored = json.loads(self.plan)
        draws, cuts = (tuple(_draw(row) for row in stored[part]) for part in ("draws", "cuts"))
        return DefaultPlan(stored["shortfall"], draws, cuts, stored["uncovered"])

    @property
    def repayments(self) -> list[Repayment]:
        """What was paid back of it."""
        return [
            Repayment(LossSource(source), participant, Minor(minor))
            for source, participant, minor in json.loads(self.repaid)
        ]


def plan_text(plan: DefaultPlan) -> str:
    """A waterfall as it is stored."""
    return json.dumps(
        {
            "shortfall": plan.shortfall_minor,
            "draws": [(draw.source.value, draw.participant, draw.minor) for draw in plan.draws],
            "cuts": [(draw.source.value, draw.participant, draw.minor) for draw in plan.cuts],
            "uncovered": plan.uncovered_minor,
        }
    )


def defaults_of(book: Book, session: Session, *, only_open: bool = False) -> list[DefaultRecord]:
    """Defaults, oldest first."""
    condition = " AND open_minor > 0" if only_open else ""
    columns = ", ".join(DefaultRecord._fields)
    sql = f"SELECT {columns} FROM payment_defaults WHERE alliance_id = ?{condition} ORDER BY number"
    return [DefaultRecord(*row) for row in session.rows(sql, book.alliance_id)]


def repay_defaults(
    config: Config,
    records: Iterable[DefaultRecord],
    participant: str,
    minor: int,
    pay: Callable[[AccountName, int], None],
) -> list[tuple[DefaultRecord, int]]:
    """Give up to `minor` units of a participant's money to those who bore its defaults, in the order of these records;
    each default as it is then, and how much of it that was. `pay` moves a part of it to an account.
    """
    left, repaid = minor, []
    for record in records:
        part = min(left, record.open_minor) if record.participant == participant else 0
        if part > 0:
            repaid.append((_repay(config, record, part, pay), part))
            left -= part
    return repaid


def _repay(config: Config, record: DefaultRecord, minor: int, pay: Callable[[AccountName, int], None]) -> DefaultRecord:
    back = allocate_recovery(remaining_plan(record.waterfall, record.repayments), Minor(minor))
    for repayment in back:
        pay(loss_account(config, repayment.source, repayment.participant), repayment.minor)
    repaid = [
        (repayment.source.value, repayment.participant, repayment.minor) for repayment in (*record.repayments, *back)
    ]
    return record._replace(repaid=json.dumps(repaid), open_minor=record.open_minor - minor)


def _draw(row: Sequence[str | int]) -> Draw:
    source, participant, minor = row
    return Draw(LossSource(str(source)), str(participant), Minor(int(minor)))
