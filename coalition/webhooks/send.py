"""One event to an endpoint: its headers by the Standard Webhooks spec, and the request."""

from collections.abc import Mapping
from datetime import UTC, datetime

from standardwebhooks import Webhook

from coalition.outgoing.post import DeliveryOutcome, post

MICROSECONDS = 1_000_000
HEADERS: Mapping[str, str] = {"Content-Type": "application/json", "User-Agent": "Coalition-Webhooks/1"}


def signed_headers(id_: str, at: int, body: str, secrets: list[str]) -> dict[str, str]:
    """The headers of the Standard Webhooks spec; `at` is microseconds since 1970 UTC. Each secret adds a signature."""
    moment = datetime.fromtimestamp(at // MICROSECONDS, UTC)
    return {
        "webhook-id": id_,
        "webhook-timestamp": str(at // MICROSECONDS),
        "webhook-signature": " ".join(Webhook(secret).sign(id_, moment, body) for secret in secrets),
    }


def send(
    url: str, body: str, headers: Mapping[str, str], *, timeout_seconds: float, allow_private: bool = False
) -> DeliveryOutcome:
    """POST a body; never raises for what the receiver, the network or the address does."""
    every = {**HEADERS, **headers}
    return post(url, body.encode(), every, timeout_seconds=timeout_seconds, allow_private=allow_private)
