"""The kinds of account, who owns them, in which unit they count and which sign they may have.

An account is named by (kind, owner, issuer, expires_on, terms). Its balance is credits less debits, so the
balances of a book always sum to zero: what shops have issued stands below zero, what members hold above.
"""

from enum import IntEnum
from typing import NamedTuple

NEVER = 9999_12_31
"""The expiry date of what does not expire (dates in accounts are integers, yyyymmdd)."""

NOBODY = 0
"""The participant of an account that belongs to the clearing house itself."""

OPERATOR = "operator"
METERED = "metered"
"""The owner of the account that all meters are counted against."""
POOL = "pool"


class AccountKind(IntEnum):
    """Kinds of account. Below 20 they count points (meters: whatever is counted), from 20 on minor units of money."""

    ISSUE = 1
    """issue:A, what shop A has issued and not taken back; never above zero."""
    REDEEM = 2
    """redeem:B, what shop B has taken in payment; never below zero."""
    EXPIRED = 3
    """(M, A, E): points of a lot that expired, less those of sales that were refunded since; never below zero."""
    LOT = 4
    """(M, A, E): points of member M, issued by shop A, good until the end of day E; never below zero."""
    HELD = 5
    """(M, A, E): points of a lot that a hold has locked; never below zero."""
    DEBT = 6
    """(M, A): points that M spent although the purchase at A was refunded, under its terms; never above zero."""
    TOKEN = 7
    """A name that can be taken once: the account is opened by whoever takes it, and stays at zero."""
    POT = 8
    """(name, A): points that shop A has set aside under a name, to be issued out of it; never below zero."""
    METER = 9
    """(owner, A, until, number): a count of the owner's at shop A, or wherever, good until the end of a day; never
    below zero. The number says what is counted, and stands where other accounts have their terms."""
    METERED = 10
    """The counterparty of all meters, whose counts are neither points nor money; never above zero."""

    CLEARING = 20
    """The clearing house's counterparty to every net; zero outside a posting."""
    SETTLEMENT = 21
    """What a participant is owed (above zero) or owes (below) from closed windows."""
    DEPOSIT = 22
    """A shop's deposit; never below zero."""
    FUND = 23
    """A shop's share of the guarantee fund; never below zero."""
    CAPITAL = 24
    """The operator's slice, which stands between a default and the mutual fund; never below zero."""
    CASH = 25
    """Money at the bank or the payment provider. It is an asset, so it is never above zero."""
    LOSS = 26
    """What a default left uncovered."""
    TRANSIT = 27
    """Money on its way out over a rail: instructed, and not yet gone from CASH; never below zero."""
    OVERDRAFT = 28
    """What a rail laid out where a late return took more than the CASH there; never below zero."""
    FEES = 29
    """What a rail has cost. It is an expense, so it stands below zero but for refunds."""
    OTHER = 30
    """Movements at a rail that belong to no payment, by the name that they were booked under."""


NEVER_NEGATIVE = frozenset(
    {
        *(
            AccountKind.REDEEM,
            AccountKind.EXPIRED,
            AccountKind.LOT,
            AccountKind.HELD,
            AccountKind.POT,
            AccountKind.METER,
            AccountKind.DEPOSIT,
            AccountKind.FUND,
            AccountKind.CAPITAL,
        ),
        *(AccountKind.TRANSIT, AccountKind.OVERDRAFT),
    },
)
NEVER_POSITIVE = frozenset({AccountKind.ISSUE, AccountKind.DEBT, AccountKind.METERED, AccountKind.CASH})
BALANCE_MAX = 10**17
"""Most points or minor units in one account, above or below zero: sums of ninety such accounts still fit 64 bits."""
MONEY = frozenset(kind for kind in AccountKind if kind >= AccountKind.CLEARING)
OF_PARTICIPANTS = frozenset({AccountKind.SETTLEMENT, AccountKind.DEPOSIT, AccountKind.FUND, AccountKind.CAPITAL})
"""Kinds of money account that a participant owns; the others belong to the clearing house itself."""
_NAMES = {int(kind): kind.name.lower() for kind in AccountKind}


class LoadedAccount:
    """One account as it is loaded: its name, and its balance (credits less debits) as the batch goes on.

    The balance stays between `floor` and `ceiling`, which follow from the kind.
    """

    __slots__ = (
        "balance",
        "ceiling",
        "expires_on",
        "floor",
        "id",
        "issuer",
        "kind",
        "owner",
        "terms_id",
    )

    def __init__(
        self,
        id: int,  # noqa: A002 - the column's name
        kind: int,
        owner: str,
        issuer: int,
        expires_on: int = NEVER,
        terms_id: int = 0,
        balance: int = 0,
    ) -> None:
        self.id = id
        self.kind = kind
        self.owner = owner
        self.issuer = issuer
        self.expires_on = expires_on
        self.terms_id = terms_id
        self.balance = balance
        self.floor = 0 if kind in NEVER_NEGATIVE else -BALANCE_MAX
        self.ceiling = 0 if kind in NEVER_POSITIVE else BALANCE_MAX

    @property
    def name(self) -> "AccountName":
        """What makes this account the one it is; unique within a book."""
        return AccountName(self.kind, self.owner, self.issuer, self.expires_on, self.terms_id)


class AccountName(NamedTuple):
    """The unique name of an account within its book."""

    kind: int
    owner: str
    issuer: int = NOBODY
    expires_on: int = NEVER
    terms_id: int = 0


def describe_account(name: AccountName) -> str:
    """An account as an error shows it: deposit:A, lot:M; a kind that there is not by its number."""
    return f"{_NAMES.get(name.kind, name.kind)}:{name.owner}"
