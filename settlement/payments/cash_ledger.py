"""What each step of a payment moves in the money book. Pure: balances in, legs out.

A payment out takes the receivable into TRANSIT when its attempt is reserved, so neither it nor the cash behind it
can be paid out twice, and leaves CASH when the money has gone. A payment in moves nothing before it has arrived. What
comes back is a new debt or a new receivable. What moves is what has moved, however much was asked: the rest stays in
the participant's account, and so does what was too much.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from settlement.amounts import Minor
from settlement.ledger.accounts import AccountKind, AccountName
from settlement.ledger.moves import Transfer
from settlement.payments.states import ON_ITS_WAY, PaymentRoute, PaymentState


def cash_at(rail: str) -> AccountName:
    """What the alliance has at a rail: cash:<rail>."""
    return AccountName(AccountKind.CASH, rail)


def transit_at(rail: str) -> AccountName:
    """What is on its way out over a rail."""
    return AccountName(AccountKind.TRANSIT, rail)


def overdraft_at(rail: str) -> AccountName:
    """What a rail laid out for the alliance."""
    return AccountName(AccountKind.OVERDRAFT, rail)


def fees_of(rail: str) -> AccountName:
    """What a rail has cost."""
    return AccountName(AccountKind.FEES, rail)


class CashLedger:
    """Money accounts as a transaction goes on, and the legs that have been made of them.

    Balances are credits less debits, as the book keeps them: cash that is there stands below zero.
    """

    def __init__(self, balances: Mapping[AccountName, int]) -> None:
        self._balances = defaultdict(int, balances)
        self._legs: list[Transfer] = []

    def balance(self, name: AccountName) -> int:
        """Credits less debits, in minor units."""
        return self._balances[name]

    def cash(self, rail: str) -> Minor:
        """What is at a rail, below zero where it is overdrawn."""
        return Minor(-self._balances[cash_at(rail)] - self._balances[overdraft_at(rail)])

    def free(self, rail: str) -> Minor:
        """What is at a rail and not on its way out."""
        return Minor(self.cash(rail) - self._balances[transit_at(rail)])

    def move(self, debit: AccountName, credit: AccountName, minor: int) -> None:
        """One leg; nothing where the amount is zero, or an account would pay itself."""
        if minor and debit != credit:
            self._balances[debit] -= minor
            self._balances[credit] += minor
            self._legs.append(Transfer(debit, credit, minor))

    def cash_in(self, rail: str, to: AccountName, minor: int) -> None:
        """Money came in at a rail; what the rail had laid out it keeps first."""
        back = min(minor, self._balances[overdraft_at(rail)])
        self.move(overdraft_at(rail), to, back)
        self.move(cash_at(rail), to, minor - back)

    def cash_out(self, rail: str, out_of: AccountName, minor: int) -> None:
        """Money left a rail, whether or not there was enough."""
        covered = min(minor, -self._balances[cash_at(rail)])
        self.move(out_of, cash_at(rail), covered)
        self.move(out_of, overdraft_at(rail), minor - covered)

    def fee(self, rail: str, minor: int) -> None:
        """What a rail kept for itself, or gave back where it is below zero."""
        if minor > 0:
            self.cash_out(rail, fees_of(rail), minor)
        else:
            self.cash_in(rail, fees_of(rail), -minor)

    def take_legs(self) -> list[Transfer]:
        """The legs made since the last call."""
        legs, self._legs = self._legs, []
        return legs


class MoneyStep(NamedTuple):
    """One step of a payment with the clearing house: its states, and how much of it has moved before and after."""

    before: PaymentState
    after: PaymentState
    asked_minor: int
    moved_before: int
    moved_after: int


def move_money(
    cash_ledger: CashLedger,
    route: PaymentRoute,
    rail: str,
    account: AccountName,
    settlement: AccountName,
    step: MoneyStep,
) -> None:
    """The legs of one step of a payment with the clearing house.

    `account` is the participant's that the payment is for, `settlement` the one that bears what a deposit no longer
    holds: money that comes back out of a deposit that was drawn meanwhile is a debt.
    """
    more = step.moved_after - step.moved_before
    if route is PaymentRoute.PAY:
        was_on_its_way, is_on_its_way = step.before in ON_ITS_WAY, step.after in ON_ITS_WAY
        if is_on_its_way and not was_on_its_way:
            cash_ledger.move(account, transit_at(rail), step.asked_minor)
        elif was_on_its_way and not is_on_its_way:
            gone = max(0, min(more, step.asked_minor))
            cash_ledger.cash_out(rail, transit_at(rail), gone)
            cash_ledger.move(transit_at(rail), account, step.asked_minor - gone)
            more -= gone
        more = -more
    if more > 0:
        cash_ledger.cash_in(rail, account, more)
    elif more < 0:
        covered = -more if account == settlement else max(0, min(-more, cash_ledger.balance(account)))
        cash_ledger.cash_out(rail, account, covered)
        cash_ledger.cash_out(rail, settlement, -more - covered)
