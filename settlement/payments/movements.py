"""What people say of movements beyond a match: one stands for several payments, is a deposit, or cash changed its box.

A movement that is split has lines of its own in its place. What came at one rail for a payment at another is booked at
the payment's rail and moved from there, so that each rail's cash stays the sum of its lines. A rail that people work by
hand reports nothing by itself: cash that is carried from or to it is a line that is made here.
"""

from collections.abc import Sequence

from settlement.amounts import Minor
from settlement.errors import MoneyShort, PaymentRefused
from settlement.ledger.accounts import AccountKind, AccountName
from settlement.payments.context import PaymentContext
from settlement.payments.reconcile import SPLIT, keep_line, match_in_unit, place_line, unmatched_line
from settlement.payments.states import PaymentRoute
from settlement.payments.store import PaymentRecord, payment_by_id, planned_payment
from settlement.payments.unit_of_work import open_unit_of_work
from settlement.rails.actor import check_actor
from settlement.rails.by_hand import NAME as BY_HAND
from settlement.rails.port import CashLine
from settlement.sentences import N_, Phrase

IN_TRANSIT = "cash in transit"
"""The name under which cash stands that has left one box and not reached the other."""


def split_line(
    context: PaymentContext, rail: str, line_id: str, shares: Sequence[tuple[str, int]]
) -> list[PaymentRecord]:
    """Say that a movement stands for several payments: ids, and how much of it each is, in minor units above zero.

    What they leave over waits as a line of its own. Raises ActorMissing, LineNotFound, PaymentNotFound, and
    PaymentRefused where they come to more than the movement, or one is named twice.
    """
    check_actor(context.actor)
    with open_unit_of_work(context) as unit:
        line = unmatched_line(context, rail, line_id)
        sign, total = (1 if line.minor > 0 else -1), sum(minor for _, minor in shares)
        if min(minor for _, minor in shares) <= 0 or total > abs(line.minor):
            raise PaymentRefused(
                line_id,
                Phrase(
                    "the shares come to {total:money}, and the movement to {line:money}", total=total, line=line.minor
                ),
            )
        if len({id_ for id_, _ in shares}) < len(shares):
            raise PaymentRefused(line_id, Phrase("a payment is named twice"))
        place_line(unit, rail, line, booked_as=SPLIT, why=_written(shares))
        payments = []
        for number, (id_, minor) in enumerate(shares, start=1):
            part = _part(line, number, sign * minor)
            keep_line(unit, rail, part)
            payments.append(match_in_unit(unit, rail, part, payment_by_id(context.book, context.session, id_)))
        left = line.minor - sign * total
        if left:
            keep_line(unit, rail, _part(line, len(shares) + 1, left))
        return payments


def is_split_into(context: PaymentContext, rail: str, line_id: str, shares: Sequence[tuple[str, int]]) -> bool:
    """Whether a movement was split into these very shares before."""
    sql = "SELECT why FROM line_matches WHERE alliance_id = ? AND rail = ? AND line = ? AND booked_as = ?"
    rows = context.session.rows(sql, context.book.alliance_id, rail, line_id, SPLIT)
    return [why for (why,) in rows] == [_written(shares)]


def _written(shares: Sequence[tuple[str, int]]) -> str:
    return " ".join(f"{id_}={minor}" for id_, minor in shares)


def part_id(line_id: str, number: int) -> str:
    """The id of a part of a movement that was split, counted from 1."""
    return f"{line_id}#{number}"


def _part(line: CashLine, number: int, minor: int) -> CashLine:
    """A part of a movement; the first one has its charges."""
    fee_minor = line.fee_minor if number == 1 else 0
    return CashLine(part_id(line.id, number), line.at, minor, fee_minor, "", line.text)


def book_to_deposit(
    context: PaymentContext, rail: str, line_id: str, participant: str, account: AccountKind
) -> PaymentRecord:
    """Say that a movement is money that a participant pays into its DEPOSIT, its share of the FUND, or the CAPITAL.

    Raises ActorMissing, LineNotFound, ParticipantUnknown, and PaymentRefused where it went out.
    """
    check_actor(context.actor)
    with open_unit_of_work(context) as unit:
        line = unmatched_line(context, rail, line_id)
        unit.account(participant, account)
        if line.minor <= 0:
            raise PaymentRefused(line_id, Phrase("it went out; money is paid back by a withdrawal"))
        payment = planned_payment(
            context.book, context.new_id(unit.now), 0, PaymentRoute.COLLECT, rail, participant, line.minor,
            purpose=account,
        )  # fmt: skip
        return match_in_unit(unit, rail, line, unit.add(payment))


def move_cash(context: PaymentContext, out_of: str, to: str, minor: int, why: str, asked_as: str) -> bool:
    """Record that cash was carried between the box by hand and another rail; whether this was new.

    The other rail's own movement is booked under the name IN_TRANSIT when it reports it. The same `asked_as` moves
    once. Raises ActorMissing, RailUnknown, MoneyShort, and PaymentRefused where neither or both sides go by hand.
    """
    check_actor(context.actor)
    for rail in (out_of, to):
        context.rail(rail)
    if (out_of == BY_HAND) == (to == BY_HAND):
        problem = Phrase("both rails report it by themselves; book each movement under {name:name}", name=IN_TRANSIT)
        raise PaymentRefused(asked_as, problem)
    signed = minor if to == BY_HAND else -minor
    with open_unit_of_work(context) as unit:
        line = CashLine(f"cash:{asked_as}"[:200], unit.now, signed, 0, "", why)
        sql = "SELECT 1 FROM cash_lines WHERE alliance_id = ? AND rail = ? AND id = ?"
        if context.session.rows(sql, context.book.alliance_id, BY_HAND, line.id):
            return False
        free = unit.cash_ledger.free(BY_HAND)
        if signed < 0 and free < minor:
            raise MoneyShort(Phrase(_BOX), Minor(free), minor)
        transit = AccountName(AccountKind.OTHER, IN_TRANSIT)
        if signed > 0:
            unit.cash_ledger.cash_in(BY_HAND, transit, minor)
        else:
            unit.cash_ledger.cash_out(BY_HAND, transit, minor)
        keep_line(unit, BY_HAND, line)
        place_line(unit, BY_HAND, line, booked_as=IN_TRANSIT, why=why)
        content: dict[str, str | int] = {"from": out_of, "to": to, "minor": minor, "why": why}
        unit.post(f"line:{BY_HAND}:{line.id}"[:200], content, unit.cash_ledger.take_legs())
        return True


_BOX = N_("the cash that is held by hand")
