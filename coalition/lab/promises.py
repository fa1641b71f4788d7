"""What each participant was promised in money, how much of it they got, and how many later purchases that took."""

from dataclasses import dataclass, field
from fractions import Fraction

from coalition.lab.numbers import ZERO


@dataclass
class Promise:
    """One participant's promise. Units of money; `made_at` and `kept_after` count purchases.

    `promised` and `got` are of the running promise, `kept_after` lists for each promise kept how many
    purchases of anybody came between the participant's last own one and the day it was kept.
    """

    promised: Fraction = ZERO
    got: Fraction = ZERO
    made_at: int = 0
    kept_after: list[int] = field(default_factory=list)

    @property
    def open(self) -> Fraction:
        """What is still owed."""
        return max(self.promised - self.got, ZERO)


@dataclass
class Promises:
    """All promises of a run, in units of money: `made` = `delivered` + `outstanding` + `dropped`.

    What somebody gets beyond their promise is not `delivered`; `dropped` is what they gave up by leaving for less.
    `purchases` and `spent` are of everybody.
    """

    of: dict[str, Promise] = field(default_factory=dict)
    purchases: int = 0
    spent: Fraction = ZERO
    made: Fraction = ZERO
    outstanding: Fraction = ZERO
    dropped: Fraction = ZERO

    @property
    def delivered(self) -> Fraction:
        """What was promised and came in money."""
        return self.made - self.outstanding - self.dropped

    def buy(self, amount: Fraction) -> None:
        """Count a purchase of anybody."""
        self.purchases += 1
        self.spent += amount

    def make(self, participant: str, amount: Fraction) -> None:
        """Promise `amount` more to a participant. What they got beyond an earlier promise counts to this one."""
        promise = self.of.setdefault(participant, Promise())
        before = promise.open
        promise.promised += amount
        promise.made_at = self.purchases
        self.made += amount
        self.outstanding += promise.open - before

    def deliver(self, participant: str, amount: Fraction) -> None:
        """A participant got `amount` in money; the promise is kept once all of it is there."""
        promise = self.of.get(participant)
        if promise is None or promise.promised == 0:
            return
        before = promise.open
        promise.got += amount
        self.outstanding += promise.open - before
        if before > 0 and promise.open == 0:
            promise.kept_after.append(self.purchases - promise.made_at)

    def end(self, participant: str) -> None:
        """The participant is out: nothing more is owed, and a new purchase starts a new promise."""
        promise = self.of.setdefault(participant, Promise())
        self.outstanding -= promise.open
        self.dropped += promise.open
        promise.promised = promise.got = ZERO

    def kept(self) -> list[str]:
        """Who ever got back what was promised, in the order in which they were promised it."""
        return [participant for participant, promise in self.of.items() if promise.kept_after]
