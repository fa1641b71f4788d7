"""A rail that does what a script says: pays late, refuses, loses answers, sends back weeks later. No money anywhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

from settlement.rails.port import CashLine, Direction, Observation, PaymentAttempt, RailAccount, RailStatus
from tests.support.clock import DAY

NEVER = 2**62


class Fate(NamedTuple):
    """What becomes of an attempt. Times are microseconds after it was sent."""

    heard: bool = True
    """Whether the answer arrives."""
    arrives: bool = True
    """Whether the request itself does."""
    fails: bool = False
    ends_after: int = 0
    back_after: int = NEVER
    again_after: int = NEVER
    """When a return is undone, as by a dispute that was won."""
    fee_minor: int = 0
    brings_bps: int = 10_000
    """How much arrives of what was asked, in hundredths of a percent."""
    takes_bps: int = 10_000
    """How much of that goes back."""
    decides_after: int | None = None
    """Until when the rail says that it knows, where it says so."""


Script = Callable[[PaymentAttempt], Fate]


@dataclass
class Remote:
    """What the rail knows of an attempt."""

    attempt: PaymentAttempt
    fate: Fate
    sent_at: int

    @property
    def worth(self) -> int:
        """What it brings the alliance."""
        return self.attempt.minor if self.attempt.direction is Direction.COLLECT else -self.attempt.minor

    def missing_at(self) -> int:
        """From when on something of it is missing."""
        before = 0
        for at, status, moved in self.turns():
            if status is RailStatus.FAILED or moved < max(before, self.attempt.minor):
                return at
            before = moved
        return NEVER

    def turns(self) -> list[tuple[int, RailStatus, int]]:
        """Its story: when it became what, and how much of it has moved then."""
        fate = self.fate
        ends = self.sent_at + fate.ends_after
        if fate.fails:
            return [(ends, RailStatus.FAILED, 0)]
        back = ends + fate.back_after
        arrived = self.attempt.minor * fate.brings_bps // 10_000 or 1
        left = arrived - (arrived * fate.takes_bps // 10_000 or 1)
        return [
            (ends, RailStatus.PAID, arrived),
            (back, RailStatus.PAID if left else RailStatus.RETURNED, left),
            (back + fate.again_after, RailStatus.PAID, arrived),
        ]


@dataclass
class ScriptedRail:
    """One rail under a clock that the test moves; `step` is called before and after each effect, and may raise."""

    name: str
    clock: Callable[[], int]
    script: Script
    least: int = 1
    whole: int = 1
    """What each amount that it moves is a multiple of."""
    tells_available: bool = True
    step: Callable[[str], None] = lambda _: None
    returnable: int = 56 * DAY
    remotes: dict[str, Remote] = field(default_factory=dict)
    gifts: list[CashLine] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def least_minor(self, currency: str) -> int:
        return self.least

    def step_minor(self, currency: str) -> int:
        return self.whole

    def problem(self, account: RailAccount, direction: Direction) -> str:
        return account.details.get("problem", "")

    def details_problem(self, account: RailAccount) -> str:
        return ""

    def instruct(self, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        return [self._instruct(attempt) for attempt in attempts]

    def _instruct(self, attempt: PaymentAttempt) -> Observation:
        self.step("before an instruction")
        with self.lock:
            fate = self.script(attempt)
            existing = self.remotes.get(attempt.key)
            if existing is None:
                if self.problem(attempt.account, attempt.direction):
                    fate = Fate(fails=True)
                if fate.arrives:
                    self.remotes[attempt.key] = Remote(attempt, fate, self.clock())
            elif existing.attempt != attempt:
                raise AssertionError(f"key {attempt.key} came again with other content")
        self.step("after an instruction")
        if not (fate.heard and fate.arrives) and existing is None:
            return Observation(RailStatus.AMBIGUOUS, self.clock(), code="timeout", why="no answer")
        return self._seen(attempt)

    def observe(self, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        self.step("before a look")
        seen = [self._seen(attempt) for attempt in attempts]
        self.step("after a look")
        return seen

    def _seen(self, attempt: PaymentAttempt) -> Observation:
        remote = self.remotes.get(attempt.key)
        now = self.clock()
        if remote is None:
            return Observation(RailStatus.UNKNOWN, now)
        past = [turn for turn in remote.turns() if turn[0] <= now]
        reference = f"ref-{attempt.key}"
        if not past:
            decides = remote.fate.decides_after
            decided_by = None if decides is None else remote.sent_at + decides
            return Observation(RailStatus.PENDING, remote.sent_at, reference, decided_by=decided_by)
        at, status, moved = past[-1]
        until = at + self.returnable if status is RailStatus.PAID and attempt.direction is Direction.COLLECT else None
        why = {RailStatus.FAILED: "insufficient funds", RailStatus.RETURNED: "returned by the bank"}.get(status, "")
        fee = 0 if status is RailStatus.FAILED else remote.fate.fee_minor
        return Observation(status, at, reference, why and "R01", why, fee, until, moved)

    def learned_since(self, since: int) -> Mapping[str, int]:
        return {}

    def available_minor(self, currency: str) -> int | None:
        if not self.tells_available:
            return None
        return max(0, sum(line.minor - line.fee_minor for line in self.lines(0, NEVER)))

    def lines(self, since: int, until: int) -> Sequence[CashLine]:
        now = self.clock()
        found_lines = [*self.gifts]
        for key, remote in self.remotes.items():
            before, sign = 0, 1 if remote.worth > 0 else -1
            for number, (at, _, moved) in enumerate(remote.turns()):
                if at <= now and moved != before:
                    fee = remote.fate.fee_minor if number == 0 else 0
                    minor = sign * (moved - before)
                    found_lines.append(CashLine(f"{key}#{number}", at, minor, fee, key, "scripted"))
                before = moved
        return sorted((line for line in found_lines if since <= line.at < until), key=lambda line: (line.at, line.id))
