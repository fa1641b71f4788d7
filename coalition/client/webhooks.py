"""Webhooks as they come in: whether one is genuine, by the Standard Webhooks specification, 1.0.0."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

TOLERANCE_SECONDS = 300
"""How old, or early by another clock, a webhook may be: longer, and somebody may be playing it again."""
PREFIX = "whsec_"


class WebhookNotGenuine(Exception):
    """A webhook that the API did not sign, or not just now. Answer it with 400 and do nothing."""


def verify_webhook(body: bytes, headers: Mapping[str, str], *secrets: str, now: float | None = None) -> Any:
    """The event in a webhook. `secrets` as the endpoint shows them, `whsec_…`: two while they are rotated.

    `body` is the very bytes that came. Raises WebhookNotGenuine. Events may come twice: go by the header
    `webhook-id`, which is the same each time.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    try:
        id_, at, signatures = lower["webhook-id"], lower["webhook-timestamp"], lower["webhook-signature"].split()
        seconds = int(at)
    except (KeyError, ValueError):
        raise WebhookNotGenuine("webhook-id, webhook-timestamp or webhook-signature is missing") from None
    if abs((time.time() if now is None else now) - seconds) > TOLERANCE_SECONDS:
        raise WebhookNotGenuine("its time is not now: it may be an old one, sent again by somebody")
    signed = f"{id_}.{at}.".encode() + body
    for secret in secrets:
        expected = base64.b64encode(hmac.digest(base64.b64decode(secret.removeprefix(PREFIX)), signed, hashlib.sha256))
        wanted = b"v1," + expected
        if any(hmac.compare_digest(wanted, signature.encode()) for signature in signatures):
            return json.loads(body)
    raise WebhookNotGenuine("no signature fits")
