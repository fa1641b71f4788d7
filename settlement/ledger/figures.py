"""What the moves of a posting come to, in the points that a member sees. Pure."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from settlement.ledger.moves import EXPIRE, ISSUE, OWE, REDEEM, REPAY, WAIVE


class CountedMove(Protocol):
    """What figures need of a move."""

    @property
    def kind(self) -> int: ...
    @property
    def debit(self) -> int: ...
    @property
    def credit(self) -> int: ...
    @property
    def amount(self) -> int: ...


class RefundFigures(NamedTuple):
    """What a refund did. All are points.

    `returned` came back to lots that are still good, `expired` to lots that are over. `settled` of what came back paid
    what the member owed before. `taken_back` is what the member lost: out of lots, or as a new debt, which is `owed`.
    `waived` had expired before it could be taken. `earn_taken_back` is all that counts as taken back of the earn, in
    the points that it issued: where the rate has changed since, points of other lots stand for them.
    """

    returned: int
    expired: int
    settled: int
    taken_back: int
    owed: int
    waived: int
    earn_taken_back: int


def refund_figures(moves: Iterable[CountedMove]) -> RefundFigures:
    """The figures of a posting that refunds a spend, an earn or both, in this order."""
    sums = dict.fromkeys((-REDEEM, -ISSUE, WAIVE, OWE, -OWE), 0)
    settled = repaid = expired = came_to = 0
    for move in moves:
        if move.kind == -REDEEM:
            came_to = move.credit
        elif move.kind == EXPIRE and move.debit == came_to:
            # Any other lot was met by the refund of the earn, over and not swept yet.
            expired += move.amount
            came_to = 0
        if move.kind == REPAY and sums[OWE]:
            repaid += move.amount
        elif move.kind == REPAY:
            settled += move.amount
        elif move.kind in sums and (move.kind != -OWE or sums[OWE]):
            # A debt that is paid before a new one is made was there before.
            sums[move.kind] += move.amount
    owed = max(0, sums[OWE] - sums[-OWE])
    return RefundFigures(
        returned=sums[-REDEEM] - expired,
        expired=expired,
        settled=settled,
        taken_back=sums[-ISSUE] + repaid + owed,
        owed=owed,
        waived=sums[WAIVE],
        earn_taken_back=sums[-ISSUE] + sums[OWE] + sums[WAIVE],
    )
