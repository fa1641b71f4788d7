"""What rails collect in any seven days at the most: what is more waits its turn, and says until when."""

import json
from collections import defaultdict
from typing import NamedTuple

from settlement.payments.context import PaymentContext
from settlement.payments.states import ON_ITS_WAY, PaymentRoute, PaymentState
from settlement.payments.store import PaymentRecord, payments_where, rail_account
from settlement.payments.unit_of_work import UnitOfWork
from settlement.rails.port import LimitedRail, RailAccount, WeekLimit
from settlement.sentences import N_, Phrase

WEEK = 7 * 24 * 60 * 60 * 1_000_000
"""Seven days, in microseconds."""
LIMITED = "week_limit"
CHOSEN = "way_to_pay"
"""The code of the step in which it became known how an owner paid on a page of the rail's."""
_MOVED_NOTHING = (PaymentState.PLANNED, PaymentState.FAILED, PaymentState.CANCELLED)


class LimitTurn(NamedTuple):
    """When a collection has its turn under a limit, in microseconds since 1970 UTC."""

    at: int
    limit: WeekLimit


class WeekLimits:
    """The turns of collections at rails with a limit, first come, first served.

    An attempt that has failed takes nothing of the limit. What an owner pays on a page of the rail's counts from when
    it is known that it was paid, and by which method.
    """

    def __init__(self, context: PaymentContext) -> None:
        self._context = context
        # By rail and limit: when what was sent, and when what waits is sent.
        self._turns: dict[tuple[str, str], list[tuple[int, int]]] = {}

    def take_turn(self, rail: str, account: RailAccount, minor: int) -> LimitTurn | None:
        """The turn of a collection from an account, behind those that took theirs; None where there is no limit."""
        limit = self._limit(rail, account)
        if limit is None:
            return None
        turns = self._turns_of(rail, limit.name)
        at = _first_turn(turns, self._context.book.clock(), limit.minor - minor)
        turns.append((at, minor))
        return LimitTurn(at, limit)

    def keeps_back(self, unit: UnitOfWork, payment: PaymentRecord) -> bool:
        """Whether a limit keeps a planned payment back now, which is then noted; otherwise it has its turn now."""
        if payment.route != PaymentRoute.COLLECT:
            return False
        account = rail_account(self._context.book, self._context.session, payment.participant, payment.rail)
        turn = self.take_turn(payment.rail, account, payment.minor)
        if turn is None or turn.at <= unit.now:
            return False
        why = why_it_waits(payment.rail, turn)
        if (payment.waiting_for, payment.decided_by) != (why, turn.at):
            unit.note(payment._replace(waiting_for=why, decided_by=turn.at), why, LIMITED)
        return True

    def _limit(self, rail: str, account: RailAccount) -> WeekLimit | None:
        plugged_in = self._context.rails.get(rail)
        return plugged_in.week_limit(account) if isinstance(plugged_in, LimitedRail) else None

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
        condition = "rail = ? AND route = ? AND (changed_at > ? OR state = ANY(?))"
        on_its_way = sorted(state.value for state in ON_ITS_WAY)
        payments = {
            payment.key: payment
            for payment in payments_where(book, session, condition, rail, PaymentRoute.COLLECT.value, since, on_its_way)
            if payment.state not in _MOVED_NOTHING
        }
        rows = session.rows(
            "SELECT payment_id, attempt, at FROM payment_events "
            "WHERE alliance_id = ? AND payment_id = ANY(?) AND (state = ? OR code = ?) AND at > ? ORDER BY at",
            book.alliance_id,
            sorted({payment.id for payment in payments.values()}),
            PaymentState.RESERVED.value,
            CHOSEN,
            since,
        )
        sent_at = {f"{id_}-{attempt}": at for id_, attempt, at in rows}
        sent: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for key in sent_at.keys() & payments.keys():
            payment = payments[key]
            limit = self._limit(rail, RailAccount(payment.participant, json.loads(payment.details)))
            if limit is not None:
                sent[limit.name].append((sent_at[key], payment.minor))
        return sent


def why_it_waits(rail: str, turn: LimitTurn, *, is_rest: bool = False) -> Phrase:
    """Why a collection waits for its turn, or only the rest of what is collected."""
    rest = N_(
        "{rail} collects at most {most:money} in seven days by {method:code}; what is more is sent from {at:moment} on"
    )
    whole = N_("{rail} collects at most {most:money} in seven days by {method:code}; it is sent from {at:moment} on")
    return Phrase(rest if is_rest else whole, rail=rail, most=turn.limit.minor, method=turn.limit.name, at=turn.at)


def _first_turn(turns: list[tuple[int, int]], now: int, room_minor: int) -> int:
    """When no more than `room_minor` was sent in the seven days before, at the earliest: not before those who wait."""
    start = max((at for at, _ in turns), default=now)
    instants = sorted({max(now, start), *(at + WEEK for at, _ in turns if at + WEEK > max(now, start))})
    return next(
        (instant for instant in instants if sum(minor for at, minor in turns if at > instant - WEEK) <= room_minor),
        instants[-1],
    )
