"""How old debts are: what a participant pays counts for the oldest of what it owes first."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from settlement.amounts import Minor
from settlement.clearing.windows import closed_window, money_balances
from settlement.ledger.accounts import POOL, AccountKind
from settlement.ledger.book import Book
from settlement.ledger.session import Session
from settlement.payments.losses import defaults_of


class UnpaidWindow(NamedTuple):
    """A closed window by the instant at which it opens, and what is unpaid of its net, in minor units above zero."""

    opens_at: int
    minor: int


def oldest_unpaid(book: Book, session: Session, owed: Mapping[str, int]) -> dict[str, int]:
    """The oldest window of which something is unpaid, by the instant at which it opens, of each participant that owes
    so much (in minor units, above zero).
    """
    unpaid = unpaid_windows(book, session, owed)
    return {participant: windows[-1].opens_at for participant, windows in unpaid.items()}


def unpaid_windows(book: Book, session: Session, owed: Mapping[str, int]) -> dict[str, list[UnpaidWindow]]:
    """The windows of which something is unpaid, the newest first, of each participant that owes so much (in minor
    units, above zero): the newest debts that add up to it are the ones that are open.
    """
    left, unpaid = dict(owed), dict[str, list[UnpaidWindow]]()
    for opens_at, nets in _nets(book, session):
        for participant in [each for each in left if nets.get(each, 0) < 0]:
            minor = min(left[participant], -nets[participant])
            unpaid.setdefault(participant, []).append(UnpaidWindow(opens_at, minor))
            left[participant] -= minor
            if left[participant] <= 0:
                del left[participant]
        if not left:
            break
    return unpaid


def _nets(book: Book, session: Session) -> Iterator[tuple[int, Mapping[str, int]]]:
    """The nets of closed windows, the newest first, read as far as somebody asks for them."""
    ids = session.rows("SELECT id FROM windows WHERE alliance_id = ? ORDER BY id DESC", book.alliance_id)
    for (opens_at,) in ids:
        yield opens_at, closed_window(book, session, opens_at).nets


def unpaid_minor(book: Book, session: Session) -> dict[str, int]:
    """How much each participant owes of closed windows or is in default of, in minor units above zero, less what it is
    owed: that is set off against a default.
    """
    balances = money_balances(book, session, book.config(session), AccountKind.SETTLEMENT)
    defaulted = Counter[str]()
    for record in defaults_of(book, session, only_open=True):
        defaulted[record.participant] += record.open_minor
    owed = {
        participant: max(0, -balance) + max(0, defaulted[participant] - max(0, balance))
        for participant, balance in ({name: Minor(0) for name in defaulted} | balances).items()
    }
    return {participant: minor for participant, minor in owed.items() if minor and participant != POOL}
