"""What every model of the lab is: parameters, events, a step, and the figures the verdict reads."""

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Self

from coalition.lab.errors import EventRefused, PointsNotConserved, ScenarioInvalid
from coalition.lab.money import Money
from coalition.lab.numbers import ZERO, Exact, ceiling, number, number_text
from coalition.lab.params import Param, Params
from coalition.lab.parties import PLATFORM, Party
from coalition.lab.promises import Promises
from coalition.lab.purchases import Keys, Purchase
from coalition.locale.messages import N_
from settlement import Phrase

if TYPE_CHECKING:
    from coalition.lab.crowd import MakeCrowd

Row = dict[str, object]
"""One event's figures: fractions, texts, booleans, and maps of them."""

Paid = dict[str, Exact]
"""Commissions, dividends and awards of one event, in units of money, by participant."""


@dataclass(frozen=True)
class EventKind:
    """One event that a model knows: the keys it needs and those it may have besides."""

    do: str
    needs: tuple[str, ...]
    may: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class ScenarioEvent:
    """One event: what is done, and its keys as text. `line` is where a file says it, if one does."""

    index: int
    do: str
    keys: Mapping[str, str]
    line: int | None = None

    @property
    def participant(self) -> str:
        """Whoever does it: the key `who`; empty if nobody does."""
        return self.keys.get("who", "")

    def text(self, key: str, default: str = "") -> str:
        return self.keys.get(key, default)

    def number(self, *names: str, default: Exact | None = None) -> Exact:
        """The first of the named keys that is there, as an exact number of 0 or more.

        Raises EventRefused if none is there and there is no default, or if it is no such number.
        """
        for name in names:
            if name in self.keys:
                value = number(self.keys[name])
                if value is None or value < 0:
                    raise self.refused(
                        Phrase(
                            N_("{key} = {value} is not a number of 0 or more"), key=name, value=repr(self.keys[name])
                        )
                    )
                return value
        if default is None:
            raise self.refused(Phrase(N_("needs {key}"), key=names[0]))
        return default

    def refused(self, reason: str) -> EventRefused:
        return EventRefused(self.index, self.do, reason, self.line)


@dataclass(frozen=True)
class Debt:
    """What is owed in one asset: `units` of it, which were promised to be worth `owed` units of money.

    `asset` is a key of `report.labels`; `debtor` owes it: the scheme itself, or the mall.
    """

    asset: str
    units: Exact
    owed: Exact
    debtor: Party = PLATFORM

    @property
    def price(self) -> Exact | None:
        """The promised price of one unit."""
        return self.owed / self.units if self.units else None


@dataclass(frozen=True)
class Claim:
    """What one holder can ask for in money on a day on which all is as it is now, and the event by which they do."""

    holder: str
    amount: Exact
    event: Mapping[str, str]


@dataclass(frozen=True)
class Figures:
    """The state in four figures. `price` is None where nothing has a price; money in units of money."""

    price: Exact | None
    held: Exact
    outstanding: Exact

    @property
    def coverage(self) -> Exact | None:
        """Money there ÷ promises outstanding; None while nothing is promised."""
        return self.held / self.outstanding if self.outstanding else None


@dataclass(frozen=True)
class Preset:
    """A scheme as one vendor sells it: its name, what it is, and the parameters off the defaults."""

    name: str
    note: str
    params: Mapping[str, str] = field(default_factory=dict)


class Scheme(ABC):
    """One model on its way through a scenario: the object is the state, `step` moves it on.

    A step uses nothing but the state and the event: no clock, no chance, no I/O. It refuses an event before
    it changes anything. A what-if runs on a deep copy.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    about: ClassVar[str]
    promise: ClassVar[str]
    specs: ClassVar[tuple[Param, ...]]
    kinds: ClassVar[tuple[EventKind, ...]]
    presets: ClassVar[tuple[Preset, ...]]

    def __init__(self, params: Params) -> None:
        self.params = params
        self.money = Money()
        self.promises = Promises()
        self.paid: Paid = {}
        self._by_event: dict[str, Callable[[ScenarioEvent], Row]] = {}

    @abstractmethod
    def handlers(self) -> dict[str, Callable[[ScenarioEvent], Row]]:
        """For each event the method that does it; it calls `award` for a commission, dividend or award."""

    @abstractmethod
    def held(self) -> Exact:
        """Money there for what is owed."""

    @abstractmethod
    def debts(self) -> list[Debt]:
        """What is owed in each asset, at its promised price."""

    def point_price(self) -> Exact | None:
        """Today's price of what has one."""
        return None

    def figures(self) -> Figures:
        """Price, money there and promises outstanding."""
        return Figures(self.point_price(), self.held(), sum((debt.owed for debt in self.debts()), ZERO))

    @abstractmethod
    def flags(self) -> list[str]:
        """The flags of `report.flags` that this scheme deserves, in that order."""

    def claims(self) -> list[Claim]:
        """What each holder can ask for if they want out, earliest holders first."""
        return []

    def exit_money(self) -> Exact:
        """The money out of which claims are paid."""
        return self.held()

    @abstractmethod
    def audit(self, event: int) -> None:
        """Raises PointsNotConserved if points made differ from points there."""

    @classmethod
    def crowd(cls) -> "MakeCrowd":
        """The scheme as a crowd, for growth experiments. Raises ScenarioInvalid where a scheme has none.

        A crowd needs numpy, which takes long to load: schemes import theirs in here.
        """
        raise ScenarioInvalid("model", Phrase(N_("{name} has no simulation of growth"), name=cls.name))

    @classmethod
    @abstractmethod
    def replay(cls, purchases: Sequence[Purchase]) -> Iterator[Keys]:
        """The events that stand for a file of real purchases, one after another: all at once would fill the memory."""

    @classmethod
    def as_purchase(cls, event: ScenarioEvent, params: Params) -> dict[str, str] | None:  # noqa: ARG003
        """The event as a purchase in the fixed-rate coalition; None if it is none."""
        if event.do != "purchase":
            return None
        return {key: text for key, text in event.keys.items() if text}

    def step(self, event: ScenarioEvent) -> Row:
        """Do one event. Returns its row; raises EventRefused, MoneyNotConserved."""
        self.paid = {}
        self._by_event = self._by_event or self.handlers()
        row: Row = {"event": event.index, "do": event.do}
        if event.participant:
            row["who"] = event.participant
        row |= self._by_event[event.do](event)
        row["paid"] = {participant: amount for participant, amount in self.paid.items() if amount} if self.paid else {}
        self.money.check(event.index)
        return row

    @abstractmethod
    def one_more(self, amount: Exact) -> tuple[Exact, Exact]:
        """What one more purchase of `amount` adds to the money for claims, and to what is promised."""

    def exits_ahead(self, amount: Exact) -> tuple[int | None, int | None]:
        """How many more purchases of `amount` the next participant needs to get what was promised, and how many all
        who wait now; None where no number is enough. By the money that purchases bring, unless a scheme pays by rule.
        """
        brings, _ = self.one_more(amount)
        money = self.exit_money()
        owed = [promise.open for promise in self.promises.of.values() if promise.open]
        if not owed:
            return None, None
        return _purchases_for(min(owed) - money, brings), _purchases_for(sum(owed, ZERO) - money, brings)

    def fork(self) -> Self:
        """A copy for a what-if: the state as it is, and a ledger that starts empty (`Money.fork`)."""
        own = {id(self.money): self.money.fork(), id(self.params): self.params, id(self._by_event): {}}
        return copy.deepcopy(self, own)

    def award(self, participant: str, amount: Exact) -> None:
        """Add to what this event paid a participant."""
        award(self.paid, participant, amount)

    def same(self, event: int, what: str, made: Exact, held: Exact) -> None:
        """Raises PointsNotConserved unless both are equal."""
        if made != held:
            raise PointsNotConserved(event, what, made, held)


def _purchases_for(money: Exact, brings: Exact) -> int | None:
    """How many purchases that bring so much each come to this money."""
    if money <= 0:
        return 0
    return ceiling(money / brings) if brings else None


def award(paid: Paid, participant: str, amount: Exact) -> None:
    """Add to what an event paid a participant."""
    paid[participant] = paid.get(participant, ZERO) + amount


def row_data(value: object) -> object:
    """A row as it is written out: fractions as decimal strings, everything else as it is."""
    if isinstance(value, Exact):
        return number_text(value)
    if isinstance(value, dict):
        return {key: row_data(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [row_data(inner) for inner in value]
    return value
