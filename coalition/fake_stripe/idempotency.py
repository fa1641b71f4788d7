"""Idempotency keys. Source: docs.stripe.com/api/idempotent_requests.

The answer of the first request that began to execute is kept with its key for a day, errors and 500s included. What
never began (parameters refused, rate limits, another request under way) is not kept.
"""

from dataclasses import dataclass, field

from coalition.fake_stripe.errors import IdempotencyError
from coalition.fake_stripe.world import DAY

KEY_LENGTH_MAX = 255


@dataclass(frozen=True)
class KeptAnswer:
    """An answer kept for a key: what was asked, and the bytes that were answered."""

    asked: str
    endpoint: str
    status: int
    body: bytes
    request_id: str
    until: int


@dataclass
class Keys:
    """All keys in use, by account and key."""

    kept: dict[tuple[str, str], KeptAnswer] = field(default_factory=dict)
    under_way: set[tuple[str, str]] = field(default_factory=set)

    def begin(self, account: str, key: str, endpoint: str, asked: str, now: int) -> KeptAnswer | None:
        """The answer to give again, or None for a new key, which is under way from here until `end`.

        Raises IdempotencyError: 400 if the key was used for something else, 409 while it is under way.
        """
        if len(key) > KEY_LENGTH_MAX:
            raise IdempotencyError(f"Idempotency keys have up to {KEY_LENGTH_MAX} characters.")
        place = (account, key)
        if place in self.under_way:
            raise IdempotencyError(
                f"There is currently another in-progress request using this idempotency key: {key}. Please try again "
                f"later.",
                code="idempotency_key_in_use",
                status=409,
            )
        self._forget(now)
        kept = self.kept.get(place)
        if kept and kept.endpoint != endpoint:
            raise IdempotencyError(
                f"Keys for idempotent requests can only be used for the same endpoint they were first used for "
                f"('{kept.endpoint}' vs '{endpoint}'). Try using a key other than '{key}' if you meant to execute a "
                f"different request."
            )
        if kept and kept.asked != asked:
            raise IdempotencyError(
                f"Keys for idempotent requests can only be used with the same parameters they were first used with. "
                f"Try using a key other than '{key}' if you meant to execute a different request."
            )
        if kept is None:
            self.under_way.add(place)
        return kept

    def _forget(self, now: int) -> None:
        """Drop what is over; keys were kept in the order of time."""
        while self.kept and (oldest := next(iter(self.kept.items())))[1].until <= now:
            del self.kept[oldest[0]]

    def end(self, account: str, key: str) -> None:
        """The request with that key is over."""
        self.under_way.discard((account, key))

    def keep(
        self, account: str, key: str, endpoint: str, asked: str, answer: tuple[int, bytes], request_id: str, now: int
    ) -> None:
        """Keep an answer (status, body) for a day."""
        self.kept[account, key] = KeptAnswer(asked, endpoint, *answer, request_id, now + DAY)
