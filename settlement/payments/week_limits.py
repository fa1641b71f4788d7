"""What rails collect in any seven days at the most: what is more waits its turn, and says until when."""

import json
from collections import defaultdict

from settlement.payments.context import PaymentContext
from settlement.payments.states import PaymentRoute, PaymentState
from settlement.payments.store import PaymentRecord, payments_where, rail_account
from settlement.payments.unit_of_work import UnitOfWork
from settlement.rails.port import LimitedRail, RailAccount, WeekLimit
from settlement.sentences import Phrase

WEEK = 7 * 24 * 60 * 60 * 1_000_000
"""Seven days, in microseconds."""
LIMITED = "week_limit"
_MOVED_NOTHING = (PaymentState.PLANNED, PaymentState.FAILED, PaymentState.CANCELLED)


class WeekLimits:
    """The turns of collections at rails with a limit, first come, first served.

    An attempt that has failed takes nothing of the limit, and what an owner pays on a page is not foreseen.
    """

    def __init__(self, context: PaymentContext) -> None:
        self._context = context
        # By rail and limit: when what was sent, and when what waits is sent.
        self._turns: dict[tuple[str, str], list[tuple[int, int]]] = {}

    def keeps_back(self, unit: UnitOfWork, payment: PaymentRecord) -> bool:
        """Whether a limit keeps a planned payment back now, which is then noted; otherwise it has its turn now."""
        account = rail_account(self._context.book, self._context.session, payment.participant, payment.rail)
        limit = self._limit(payment, account)
        if limit is None:
            return False
        turns = self._turns_of(payment.rail, limit.name)
        at = _first_turn(turns, unit.now, limit.minor - payment.minor)
        turns.append((at, payment.minor))
        if at <= unit.now:
            return False
        why = Phrase(
            "{rail} collects at most {most:money} in seven days by {method:code}; it is sent from {at:moment} on",
            rail=payment.rail,
            most=limit.minor,
            method=limit.name,
            at=at,
        )
        if (payment.waiting_for, payment.decided_by) != (why, at):
            unit.note(payment._replace(waiting_for=why, decided_by=at), why, LIMITED)
        return True

    def _limit(self, payment: PaymentRecord, account: RailAccount) -> WeekLimit | None:
        rail = self._context.rails.get(payment.rail) if payment.route == PaymentRoute.COLLECT else None
        return rail.week_limit(account) if isinstance(rail, LimitedRail) else None

    def _turns_of(self, rail: str, name: str) -> list[tuple[int, int]]:
        if (rail, name) not in self._turns:
            sent = self._sent(rail)
            for limit in {name, *sent}:
                self._turns.setdefault((rail, limit), sent[limit])
        return self._turns[rail, name]

    def _sent(self, rail: str) -> dict[str, list[tuple[int, int]]]:
        """When what was sent over a rail in the last seven days, by the limit that it counts for."""
        book, session = self._context.book, self._context.session
        since = book.clock() - WEEK
        condition = "rail = ? AND route = ? AND changed_at > ?"
        payments = {
            payment.key: payment
            for payment in payments_where(book, session, condition, rail, PaymentRoute.COLLECT.value, since)
            if payment.state not in _MOVED_NOTHING
        }
        rows = session.rows(
            "SELECT payment_id, attempt, at FROM payment_events "
            "WHERE alliance_id = ? AND payment_id = ANY(?) AND state = ? AND at > ?",
            book.alliance_id,
            sorted({payment.id for payment in payments.values()}),
            PaymentState.RESERVED.value,
            since,
        )
        sent_at = {f"{id_}-{attempt}": at for id_, attempt, at in rows}
        sent: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for key in sent_at.keys() & payments.keys():
            payment = payments[key]
            limit = self._limit(payment, RailAccount(payment.participant, json.loads(payment.details)))
            if limit is not None:
                sent[limit.name].append((sent_at[key], payment.minor))
        return sent


def _first_turn(turns: list[tuple[int, int]], now: int, room_minor: int) -> int:
    """When no more than `room_minor` was sent in the seven days before, at the earliest: not before those who wait."""
    start = max((at for at, _ in turns), default=now)
    instants = sorted({max(now, start), *(at + WEEK for at, _ in turns if at + WEEK > max(now, start))})
    return next(
        (instant for instant in instants if sum(minor for at, minor in turns if at > instant - WEEK) <= room_minor),
        instants[-1],
    )
