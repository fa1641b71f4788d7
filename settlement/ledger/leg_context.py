"""What a leg is decided with: the batch as the rules see it, and the checks that several of them make."""

from typing import Protocol

from settlement.ledger.accounts import NEVER, AccountKind, LoadedAccount
from settlement.ledger.loaded import LegRefused, LoadedBook, LoadedShop, OriginalPosting
from settlement.ledger.moves import LEG_MAX, Move
from settlement.ledger.refusals import Refusal
from settlement.terms import Terms

# Plain integers, like the kinds of moves: reading a member of an enumeration takes twice as long as a look-up.
ISSUES, REDEEMS, EXPIRES, LOT, HELD, DEBT, POT, METER, METERED = (
    int(AccountKind.ISSUE),
    int(AccountKind.REDEEM),
    int(AccountKind.EXPIRED),
    int(AccountKind.LOT),
    int(AccountKind.HELD),
    int(AccountKind.DEBT),
    int(AccountKind.POT),
    int(AccountKind.METER),
    int(AccountKind.METERED),
)


class LegContext(Protocol):
    """What a leg needs of the batch that it is decided in: `settlement.ledger.decide.Batch` is it."""

    book: LoadedBook
    posting_id: int
    occurred_at: int
    recorded_at: int
    today: int
    terms: Terms
    holds_opened: list[tuple[int, int]]
    holds_resolved: list[tuple[int, int]]
    moves: list[Move]
    omitted: Refusal | None

    def undo_moves(self, first_line: int, first_account: int) -> None: ...

    def move(
        self, kind: int, terms_id: int, issuer: int, shop: int, debit: LoadedAccount, credit: LoadedAccount, amount: int
    ) -> None: ...

    def move_pot(
        self, kind: int, terms_id: int, issuer: int, shop: int, debit: LoadedAccount, credit: LoadedAccount, amount: int
    ) -> None: ...

    def account(
        self, kind: int, owner: str, issuer: int, expires_on: int = NEVER, terms_id: int = 0
    ) -> LoadedAccount: ...

    def refer(self, of: int) -> OriginalPosting | None: ...

    def shop(self, ref: str) -> LoadedShop: ...

    def shop_account(self, shop: LoadedShop, kind: int) -> LoadedAccount: ...


def check_amount(amount: int) -> None:
    """Refuses `amount_not_positive` and `amount_too_large`."""
    if amount <= 0:
        raise LegRefused("amount_not_positive", amount=amount)
    if amount > LEG_MAX:
        raise LegRefused("amount_too_large", amount=amount, most=LEG_MAX)
