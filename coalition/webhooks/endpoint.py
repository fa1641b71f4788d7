"""Endpoints: what they want, their secrets, and when an event that was not taken is sent again. Pure."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from coalition.events.event import Event

SECOND = 1_000_000
DAY = 24 * 3600 * SECOND
PAUSES_SECONDS = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Before each further try, three days in all. Source: the Standard Webhooks spec, "Retry schedule"."""
JITTER_PERCENT = 20
"""A pause is shorter or longer by up to so much, so that what failed together does not come back together."""
DISABLED_AFTER = 5 * DAY
"""An endpoint that took nothing for so long, though it was tried, is sent nothing more."""
OVERLAP_HOURS_MAX = 24 * 7
SECRETS_MAX = 5
SECRET_BYTES = 32
GONE = 410


@dataclass(frozen=True, slots=True)
class Secret:
    """A signing secret, and until when (microseconds since 1970 UTC) it signs; the newest has no end."""

    text: str
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint. `shop` None means the alliance's own, which gets all shops' events; no `types` means all types.

    That of a wallet `app` has no shop, and gets what concerns a member.

    `first_seq` is the first event that it may get by itself. Moments are microseconds since 1970 UTC.
    """

    id: str
    shop: str | None
    url: str
    description: str
    types: Sequence[str]
    secrets: Sequence[Secret]
    status: str
    disabled_because: str | None
    created_at: int
    first_seq: int
    failing_since: int | None
    paused_until: int
    app: bool = False

    @property
    def enabled(self) -> bool:
        """Whether events are sent to it."""
        return self.status == "enabled"

    def wants(self, event: Event) -> bool:
        """Whether an event goes to it by itself."""
        return event.seq >= self.first_seq and self.may_have(event) and (not self.types or event.type in self.types)

    def may_have(self, event: Event) -> bool:
        """Whether it may get an event at all."""
        if self.app:
            return event.concerns_members
        return self.shop is None or self.shop == event.shop

    def signing(self, now: int) -> list[str]:
        """Secrets that sign at an instant, the newest first."""
        return [secret.text for secret in self.secrets if secret.until is None or secret.until > now]


def new_secret() -> Secret:
    """A fresh secret, as the Standard Webhooks spec writes one."""
    return Secret("whsec_" + b64encode(secrets.token_bytes(SECRET_BYTES)).decode())


def rotated(current: Sequence[Secret], now: int, overlap: int) -> list[Secret]:
    """A new secret in front; the current ones go on signing for `overlap` microseconds at the most."""
    latest = now + overlap
    ends = [latest if secret.until is None else min(secret.until, latest) for secret in current]
    ending = [Secret(secret.text, end) for secret, end in zip(current, ends, strict=True) if end > now]
    return [new_secret(), *ending][:SECRETS_MAX]


def pause_after(tries: int) -> int | None:
    """Microseconds until the next try after so many; None where that was the last."""
    if tries > len(PAUSES_SECONDS):
        return None
    pause = PAUSES_SECONDS[tries - 1] * SECOND
    spread = pause * JITTER_PERCENT // 100
    return pause - spread + secrets.randbelow(2 * spread + 1)
