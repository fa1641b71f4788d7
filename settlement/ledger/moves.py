"""What the book is asked to do, and what it answers.

A caller sends a Posting: a key, a time, what the key stands for, and legs. A leg is one thing that happens in
the shops' words (earn, spend, gift, hold …); `settlement.ledger.decide` turns it into moves. All legs of a posting
stand or fall together. Where the legs depend on what the member has, a posting carries a Plan instead: a pure
function that is called with the loaded balances, inside the batch.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum
from typing import NamedTuple, Protocol

from settlement.ledger.accounts import AccountName
from settlement.ledger.meters import Count, CountBack, MeterRef, PassCounts
from settlement.ledger.refusals import Refusal
from settlement.terms import Terms
from settlement.text import is_text


class MoveKind(IntEnum):
    """Why value moved. In a stored move a negative kind is the same kind taken back: -REDEEM is a refund.

    The kind, the issuer and the shop stand in the move itself so that a window closes by reading moves alone.
    """

    ISSUE = 1
    """issue:A or pot(name, A) → lot(M, A, E)"""
    REDEEM = 2
    """lot(M, A, E) or held → redeem:B"""
    EXPIRE = 3
    """lot(M, A, E) → expired(M, A, E)"""
    GIVE = 4
    """lot(M, A, E) → lot(N, A, E)"""
    HOLD = 5
    """lot(M, A, E) → held(M, A, E)"""
    OWE = 6
    """debt(M, A) → issue:A or pot(name, A), the part of a refunded earn that was already spent; taken back when it is
    paid"""
    COMPENSATE = 7
    """issue:B → redeem:A: shop B pays shop A without a point coming into circulation"""
    REPAY = 8
    """lot(M, A, E) → redeem:B, points that pay what M owes to shop B"""
    WAIVE = 9
    """expired(M, A, E) → issue:A or pot(name, A), the part of a refunded earn that had expired: it is taken from
    nobody"""
    SET_ASIDE = 10
    """issue:A → pot(name, A), points that shop A will issue out of it; taken back when they are put back"""
    COUNT = 11
    """metered → meter(M), or meter(M) → meter(N), what is counted of M passed on"""
    TRANSFER = 20
    """money between two money accounts"""


# Plain integers: an IntEnum member costs a Python-level call wherever it is hashed or formatted.
ISSUE, REDEEM, EXPIRE, GIVE = (
    int(MoveKind.ISSUE),
    int(MoveKind.REDEEM),
    int(MoveKind.EXPIRE),
    int(MoveKind.GIVE),
)
HOLD, OWE, COMPENSATE, REPAY, WAIVE, SET_ASIDE, COUNT, TRANSFER = (
    int(MoveKind.HOLD),
    int(MoveKind.OWE),
    int(MoveKind.COMPENSATE),
    int(MoveKind.REPAY),
    int(MoveKind.WAIVE),
    int(MoveKind.SET_ASIDE),
    int(MoveKind.COUNT),
    int(MoveKind.TRANSFER),
)


class Move(NamedTuple):
    """One stored move, in the order of the table's columns. `amount` is in the unit of its accounts."""

    alliance_id: int
    window_id: int
    posting_id: int
    line: int
    kind: int
    terms_id: int
    issuer: int
    shop: int
    debit: int
    credit: int
    amount: int


class Earn(NamedTuple):
    """Shop issues points to a member, good until the end of `expires_on` (yyyymmdd).

    A sale may be so late that this day is over: then they expire at once.
    """

    shop: str
    member: str
    points: int
    expires_on: int


class EarnIfAllowed(NamedTuple):
    """The same, for what has happened already: where the shop may not issue, the posting goes through without it.

    The answer says what stood in the way.
    """

    shop: str
    member: str
    points: int
    expires_on: int


class PotRef(NamedTuple):
    """Points that a shop has set aside, by the name under which it did. A name may have a pot of several shops each."""

    shop: str
    name: str


class SetAside(NamedTuple):
    """The pot's shop sets points aside, to be issued out of the pot. From now on they count to what it has at risk."""

    pot: PotRef
    points: int


class PutBack(NamedTuple):
    """What was set aside is issued no more. `at_most` puts back what is left where that is less, if anything is."""

    pot: PotRef
    points: int
    at_most: bool = False


class EarnOutOf(NamedTuple):
    """The pot's shop issues points to a member out of the pot, good until the end of `expires_on` (yyyymmdd).

    They keep the terms under which they were set aside. That the shop is at its limit does not matter: they counted
    to it since then.
    """

    pot: PotRef
    member: str
    points: int
    expires_on: int


class Spend(NamedTuple):
    """Member pays a shop in points: soonest expiry first, then the lot that was opened first."""

    shop: str
    member: str
    points: int


class Give(NamedTuple):
    """Member gives points to another; issuer and expiry stay with them."""

    giver: str
    receiver: str
    points: int


class Expire(NamedTuple):
    """What is left in a lot whose last day is over goes back: `lot` is its account id."""

    lot: int


class Commission(NamedTuple):
    """Shop pays another shop `points` at the fixed rate, for a customer brought, say."""

    payer: str
    payee: str
    points: int


class Hold(NamedTuple):
    """Lock points for a shop until `lapses_at` (microseconds since 1970 UTC).

    The member's own go first, then those of each in `pool`, in this order.
    """

    shop: str
    member: str
    points: int
    lapses_at: int
    pool: Sequence[str] = ()


class Capture(NamedTuple):
    """Spend `points` of what posting `hold` locked and release the rest. A hold is captured once."""

    hold: int
    points: int


class Release(NamedTuple):
    """Give back all that posting `hold` locked; also how a hold lapses."""

    hold: int


class RefundEarn(NamedTuple):
    """Take back `points` that posting `of` issued; what is already spent becomes the member's debt.

    They go to where they came from: with `out_of` it is what the posting issued out of this pot that is taken back,
    without it what it issued out of none.
    Where it issued to several members, the first is the first to give back. `at_most` takes what is left of it where
    that is less, if it issued anything. `holders` are the ids of the member who earned, if there are several since a
    merge: the points may lie under any, and the first owes. `pool` are those who may hold points of theirs: the others
    of the household.
    """

    of: int
    points: int
    at_most: bool = False
    holders: Sequence[str] = ()
    pool: Sequence[str] = ()
    out_of: PotRef | None = None


class RefundSpend(NamedTuple):
    """Return `points` that posting `of` spent to the very lots they came from, the last taken first."""

    of: int
    points: int


class Reverse(NamedTuple):
    """Undo every move of posting `of`, which must not have been refunded or reversed before.

    A hold is released by it; captured points go back to their lots. What comes back to a lot that is over expires.
    """

    of: int


class TakeToken(NamedTuple):
    """Take `name`, which nobody can take again: a code that is good for one purchase, say. Moves nothing."""

    name: str


class Transfer(NamedTuple):
    """Move `minor` units of money between two money accounts."""

    debit: AccountName
    credit: AccountName
    minor: int


Leg = (
    Earn
    | EarnIfAllowed
    | SetAside
    | PutBack
    | EarnOutOf
    | Count
    | CountBack
    | PassCounts
    | Spend
    | Give
    | Expire
    | Commission
    | Hold
    | Capture
    | Release
    | RefundEarn
    | RefundSpend
    | Reverse
    | TakeToken
    | Transfer
)


class LotSlice(NamedTuple):
    """Part of what a member can spend: points under one set of terms, in the order they would be taken."""

    points: int
    terms: Terms


class BookView(Protocol):
    """What a plan may look at."""

    def points(self, member: str) -> int:
        """Points that the member can spend at this moment."""

    def slices(self, member: str) -> Iterator[LotSlice]:
        """The same points, lot by lot in spending order."""

    def may_issue(self, shop: str) -> bool:
        """Whether the shop may issue points for what happened at this moment."""

    def set_aside(self, pot: PotRef) -> int:
        """Points that are left in a pot."""

    def counted(self, meter: MeterRef) -> int:
        """What a meter stands at; zero where nothing was counted yet."""

    def counts(self, member: str) -> bool:
        """Whether anything is counted of a member on meters that are not over."""

    @property
    def terms(self) -> Terms:
        """Terms of what is issued at this moment."""


class LegPlan(Protocol):
    """A pure function from what is there to legs.

    `owners` names the members, shops and claims it may touch, `expires_on` (yyyymmdd) is the earliest last day of what
    it may issue or count; NEVER where it does neither.
    """

    @property
    def owners(self) -> Sequence[str]: ...

    @property
    def expires_on(self) -> int: ...

    def __call__(self, view: BookView) -> "Sequence[Leg] | Refusal": ...


class Posting(NamedTuple):
    """A request to the book.

    `key` makes it happen once: a text of up to 200 characters, unique in the alliance. `content` is what the
    key stands for; a retry must bring the same. `occurred_at` is when the shop says it happened,
    `recorded_at` when it is posted (the book's clock if None); both microseconds since 1970 UTC. `reference` is a
    second name, of the same shape and as unique: a till's own number for the sale, which finds the first answer
    again even where the till made up a new key. Only what was taken keeps its reference; a refusal frees it.
    """

    key: str
    occurred_at: int
    content: Mapping[str, str | int]
    legs: Sequence[Leg] | LegPlan
    recorded_at: int | None = None
    reference: str | None = None


KEY_CHARS_MAX = 200


def is_key(text: str) -> bool:
    """Whether a text may be an idempotency key: on one line, of 1 to 200 characters."""
    return 0 < len(text) <= KEY_CHARS_MAX and (text.isprintable() or is_text(text))


class Answer(NamedTuple):
    """What became of a posting. `moves` is empty where it was refused; `replayed` marks a retry's answer.

    `late_for` is the window that the posting belongs to by its time where that window was closed already. `omitted`
    is why a leg was left out that need not be taken.
    """

    posting_id: int
    window_id: int
    moves: Sequence[Move] = ()
    refusal: Refusal | None = None
    late_for: int | None = None
    replayed: bool = False
    omitted: Refusal | None = None

    def total(self, kind: MoveKind) -> int:
        """Sum of the moves of this kind, less those that take it back."""
        return sum(move.amount if move.kind > 0 else -move.amount for move in self.moves if abs(move.kind) == kind)


LEG_MAX = 10**15
"""Most points or minor units in one leg."""
