"""What each participant was promised in money, how much of it they got, and how many later purchases that took."""

from collections import Counter
from dataclasses import dataclass, field

from coalition.lab.numbers import ZERO, Exact


@dataclass(slots=True)
class Promise:
    """One participant's promise, in units of money: what is promised now and what of it came.

    `made_at` is the number of purchases of anybody when it was last added to, `ever_kept` whether this promise or an
    earlier one of theirs was kept.
    """

    promised: Exact = ZERO
    got: Exact = ZERO
    made_at: int = 0
    ever_kept: bool = False

    @property
    def open(self) -> Exact:
        """What is still owed."""
        return max(self.promised - self.got, ZERO)


@dataclass
class Promises:
    """All promises of a run, in units of money: `made` = `delivered` + `outstanding` + `dropped`.

    What somebody gets beyond their promise is not `delivered`; `dropped` is what they gave up by leaving for less.
    `purchases` and `spent` are of everybody; `kept` counts who ever got back what was promised. `kept_after` counts the
    promises kept by how many purchases of anybody came between a participant's last own one and that day.
    """

    of: dict[str, Promise] = field(default_factory=dict)
    purchases: int = 0
    kept: int = 0
    kept_after: Counter[int] = field(default_factory=Counter)
    spent: Exact = ZERO
    made: Exact = ZERO
    outstanding: Exact = ZERO
    dropped: Exact = ZERO

    @property
    def delivered(self) -> Exact:
        """What was promised and came in money."""
        return self.made - self.outstanding - self.dropped

    def buy(self, amount: Exact) -> None:
        """Count a purchase of anybody."""
        self.purchases += 1
        self.spent += amount

    def make(self, participant: str, amount: Exact) -> None:
        """Promise `amount` more to a participant. What they got beyond an earlier promise counts to this one."""
        promise = self._of(participant)
        owed = promise.promised - promise.got
        promise.promised += amount
        promise.made_at = self.purchases
        self.made += amount
        self.outstanding += amount if owed >= 0 else max(owed + amount, ZERO)

    def deliver(self, participant: str, amount: Exact) -> None:
        """A participant got `amount` in money; the promise is kept once all of it is there."""
        promise = self.of.get(participant)
        if promise is None or promise.promised == 0:
            return
        owed = promise.promised - promise.got
        promise.got += amount
        self.outstanding -= min(amount, max(owed, ZERO))
        if 0 < owed <= amount:
            self.kept += not promise.ever_kept
            promise.ever_kept = True
            self.kept_after[self.purchases - promise.made_at] += 1

    def end(self, participant: str) -> None:
        """The participant is out: nothing more is owed, and a new purchase starts a new promise."""
        promise = self._of(participant)
        self.outstanding -= promise.open
        self.dropped += promise.open
        promise.promised = promise.got = ZERO

    def _of(self, participant: str) -> Promise:
        promise = self.of.get(participant)
        if promise is None:
            promise = self.of[participant] = Promise()
        return promise
