"""Stop a till that sends wrong codes: whoever guesses gets five tries, and then no code of theirs is looked at.

What is counted stands in the database, for all processes; that a till is stopped, each knows from memory. A right code
costs nothing.
"""

from coalition.access.errors import TooManyRequests
from coalition.access.rate_limits import Policy
from coalition.access.shared_rate_limits import SharedRates
from coalition.alliance import Alliance
from coalition.paycodes.errors import PayCodesStopped

STOPPED_SECONDS = 900
GUESSES = Policy("pay-code-guesses", 5, STOPPED_SECONDS)
STOPPED_US = STOPPED_SECONDS * 1_000_000
SECOND_US = 1_000_000


class GuessGuard:
    """The tills of one alliance that are stopped. Safe to share between threads."""

    def __init__(self, alliance: Alliance) -> None:
        self._clock = alliance.machine_clock
        self._rates = SharedRates(alliance.database, clock=self._clock)
        self._alliance_id = alliance.id
        self._until: dict[str, int] = {}

    def stops(self, till: str) -> bool:
        """Whether no code of a till is looked at now."""
        return till in self._until and self._until[till] > self._clock()

    def check(self, till: str) -> None:
        """Raises PayCodesStopped."""
        if self.stops(till):
            raise PayCodesStopped(-(-(self._until[till] - self._clock()) // SECOND_US))

    def count(self, till: str) -> None:
        """Count a wrong code of a till, and stop it after the fifth. Raises PayCodesStopped where it was before."""
        try:
            left = self._rates.take(GUESSES, f"{self._alliance_id}:{till}")
        except TooManyRequests:
            left = 0
            self._stop(till)
            self.check(till)
        if not left:
            self._stop(till)

    def _stop(self, till: str) -> None:
        self._until[till] = self._clock() + STOPPED_US


def guess_guard(alliance: Alliance) -> GuessGuard:
    """The guard of an alliance's tills in this process."""
    return alliance.part(GuessGuard)
