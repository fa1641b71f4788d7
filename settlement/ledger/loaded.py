"""The loaded book: what a batch needs to be decided, in memory, with the balances as the batch goes on.

It is filled by `settlement.ledger.book`, changed by `settlement.ledger.decide` alone, and knows nothing of a database.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import NamedTuple

from settlement.calendar import Calendar
from settlement.ledger.accounts import NEVER, NOBODY, AccountKind, LoadedAccount
from settlement.ledger.meters import MeterRef
from settlement.ledger.moves import Answer, LotSlice, Move
from settlement.ledger.refusals import Refusal
from settlement.terms import Funding, Terms

SETTLEMENT, DEPOSIT, POT = int(AccountKind.SETTLEMENT), int(AccountKind.DEPOSIT), int(AccountKind.POT)
METER = int(AccountKind.METER)
OF_MEMBERS = (int(AccountKind.HELD), int(AccountKind.EXPIRED))
"""Kinds of account beside lots, debts and pots that name a shop as issuer and are none of its own."""


NEVER_STOPPED, ALWAYS_STOPPED = 2**62, -(2**62)
"""After and before any instant."""


class LegRefused(Exception):
    """Raised inside a decision when a posting can't be taken; never leaves `settlement.ledger.decide`."""

    def __init__(self, code: str, **values: str | int) -> None:
        self.refusal = Refusal(code, values)


@dataclass(slots=True)
class ExposureLimit:
    """How much a shop may have at risk: its deposit plus `credit_minor`, in minor units.

    From `alert_bps` of it on the shop is reported, from `reserve_bps` on what it is owed at a close is added
    to its deposit instead of being paid out, at the whole of it issuing stops.
    """

    credit_minor: int
    alert_bps: int = 8_000
    reserve_bps: int = 9_000


class LoadedShop:
    """A participant as loaded: what it may do, its limit, its own accounts by kind, and its points by terms.

    `outstanding` are its points that members hold; `unbilled` those of them that it has issued under on_issue
    in windows that are still open, and has not been asked to pay for yet; `set_aside` those in its pots.
    `issued_until` and `redeemed_until` are the instants before which what it does may have happened: NEVER_STOPPED, or
    ALWAYS_STOPPED where it may not at all.
    """

    __slots__ = (
        "accounts",
        "id",
        "issued_until",
        "limit",
        "outstanding",
        "redeemed_until",
        "ref",
        "set_aside",
        "unbilled",
    )

    def __init__(
        self,
        id: int,  # noqa: A002
        ref: str,
        *,
        issued_until: int = NEVER_STOPPED,
        redeemed_until: int = NEVER_STOPPED,
        limit: ExposureLimit | None,
    ) -> None:
        self.id = id
        self.ref = ref
        self.issued_until = issued_until
        self.redeemed_until = redeemed_until
        self.limit = limit
        self.accounts: dict[int, LoadedAccount] = {}
        self.outstanding: dict[int, int] = defaultdict(int)
        self.unbilled: dict[int, int] = defaultdict(int)
        # Empty for a shop that has set nothing aside, and each of its terms is one of `outstanding` too.
        self.set_aside: dict[int, int] = {}

    def balance(self, kind: int) -> int:
        """Balance of its account of a kind; zero where it has none."""
        account = self.accounts.get(kind)
        return 0 if account is None else account.balance


class HoldState(NamedTuple):
    """An open or resolved hold: until when it stands, and the posting that resolved it."""

    lapses_at: int
    resolved_by: int | None


class OriginalPosting(NamedTuple):
    """An earlier posting that a leg refers to, and the moves of those that have referred to it since."""

    moves: Sequence[Move]
    taken_back: Sequence[Move]


class StoredAnswer(NamedTuple):
    """The first answer under a key, with the content that the key stood for (JSON text)."""

    content: str
    answer: Answer


def reference_key(reference: str) -> str:
    """Where `LoadedBook.stored` keeps the answer of a reference: no key looks like it."""
    return f"\0{reference}"


@dataclass(slots=True)
class LoadedBook:
    """One alliance's book as far as a batch touches it.

    `owners` are those whose accounts are all here, lots from `lots_from` (yyyymmdd) on. `closed_until` is the
    cut-off of the last closed window (microseconds since 1970 UTC). `next_posting` and `next_account` are the
    ids to be given next: they count up without gaps.
    """

    alliance_id: int
    calendar: Calendar
    terms: Sequence[Terms]
    closed_until: int
    next_posting: int
    next_account: int
    accounts: dict[int, LoadedAccount] = field(default_factory=dict)
    by_name: dict[tuple[int, str, int, int, int], LoadedAccount] = field(default_factory=dict)
    lots: dict[str, list[LoadedAccount]] = field(default_factory=dict)
    debts: dict[str, list[LoadedAccount]] = field(default_factory=dict)
    pots: dict[tuple[str, int], list[LoadedAccount]] = field(default_factory=dict)
    meters: dict[str, list[LoadedAccount]] = field(default_factory=dict)
    shops: dict[str, LoadedShop] = field(default_factory=dict)
    shop_ids: dict[int, LoadedShop] = field(default_factory=dict)
    owners: set[str] = field(default_factory=set)
    lots_from: int = NEVER
    holds: dict[int, HoldState] = field(default_factory=dict)
    originals: dict[int, OriginalPosting] = field(default_factory=dict)
    stored: dict[str, StoredAnswer] = field(default_factory=dict)
    terms_by_id: dict[int, Terms] = field(init=False)
    on_issue: frozenset[int] = field(init=False)
    rates: dict[int, tuple[int, int]] = field(init=False)

    def __post_init__(self) -> None:
        self.terms_by_id = {terms.id: terms for terms in self.terms}
        # A Fraction's own properties are functions of Python's, and an exposure is computed with every earn.
        self.rates = {terms.id: terms.minor_per_point.as_integer_ratio() for terms in self.terms}
        self.on_issue = frozenset(terms.id for terms in self.terms if terms.funding is Funding.ON_ISSUE)

    def terms_at(self, instant: int) -> Terms:
        """Terms of what is issued at `instant`: the last that are in effect by then."""
        return next(terms for terms in reversed(self.terms) if terms.effective_at <= instant)

    def add(self, account: LoadedAccount) -> None:
        """Take an account in: from the database, or newly opened."""
        self.accounts[account.id] = account
        # A plain tuple equals the AccountName of the same values and is made in a third of the time.
        name = (account.kind, account.owner, account.issuer, account.expires_on, account.terms_id)
        self.by_name[name] = account
        if account.kind == AccountKind.LOT:
            insort(self.lots.setdefault(account.owner, []), account, key=spending_order)
        elif account.kind == AccountKind.DEBT:
            insort(self.debts.setdefault(account.owner, []), account, key=attrgetter("id"))
        elif account.kind == POT:
            insort(self.pots.setdefault((account.owner, account.issuer), []), account, key=attrgetter("id"))
        elif account.kind == METER:
            insort(self.meters.setdefault(account.owner, []), account, key=attrgetter("id"))
        elif account.kind not in OF_MEMBERS and account.issuer != NOBODY:
            self.shop_ids[account.issuer].accounts[account.kind] = account

    def drop(self, account: LoadedAccount) -> None:
        """Forget an account that a refused posting had opened."""
        del self.accounts[account.id]
        del self.by_name[account.name]
        if account.kind == AccountKind.LOT:
            self.lots[account.owner].remove(account)
        elif account.kind == AccountKind.DEBT:
            self.debts[account.owner].remove(account)
        elif account.kind == POT:
            self.pots[account.owner, account.issuer].remove(account)
        elif account.kind == METER:
            self.meters[account.owner].remove(account)
        elif account.kind not in OF_MEMBERS and account.issuer != NOBODY:
            del self.shop_ids[account.issuer].accounts[account.kind]

    def lot(self, member: str, issuer: int, expires_on: int, terms_id: int) -> LoadedAccount | None:
        """The member's lot of that name, looked for from the end: what is issued today expires last."""
        for lot in reversed(self.lots.get(member, ())):
            if lot.issuer == issuer and lot.expires_on == expires_on and lot.terms_id == terms_id:
                return lot
            if lot.expires_on < expires_on:
                break
        return None

    def slices(self, member: str, today: int) -> Iterator[LotSlice]:
        """What the member can spend on `today` (yyyymmdd), lot by lot in spending order."""
        for lot in self.lots.get(member, ()):
            if lot.balance and lot.expires_on >= today:
                yield LotSlice(lot.balance, self.terms_by_id[lot.terms_id])

    def points(self, member: str, today: int) -> int:
        """What the member can spend on `today` (yyyymmdd)."""
        return sum(lot.balance for lot in self.lots.get(member, ()) if lot.expires_on >= today)

    def counted(self, meter: MeterRef) -> int:
        """What a meter stands at; zero where nothing was counted yet."""
        at = NOBODY
        if meter.shop is not None:
            shop = self.shops.get(meter.shop)
            if shop is None:
                return 0
            at = shop.id
        account = self.by_name.get((METER, meter.owner, at, meter.until, meter.number))
        return 0 if account is None else account.balance

    def exposure_minor(self, shop: LoadedShop) -> int:
        """A shop's points at risk at their fixed rates, each rounded up, plus what it owes from closed windows.

        At risk are those that members hold, or that it has not been billed for yet, and those that it has set aside.
        """
        minor = max(0, -shop.balance(SETTLEMENT))
        set_aside = shop.set_aside
        for terms_id, outstanding in shop.outstanding.items():
            points = shop.unbilled[terms_id] if terms_id in self.on_issue else outstanding
            if set_aside:
                points += set_aside.get(terms_id, 0)
            numerator, denominator = self.rates[terms_id]
            minor -= -points * numerator // denominator
        return minor

    def limit_minor(self, shop: LoadedShop) -> int | None:
        """What the shop may have at risk: deposit plus credit; None where the alliance sets no limit."""
        return None if shop.limit is None else shop.limit.credit_minor + shop.balance(DEPOSIT)


def spending_order(lot: LoadedAccount) -> tuple[int, int]:
    """Soonest expiry first, then the lot that was opened first."""
    return lot.expires_on, lot.id
