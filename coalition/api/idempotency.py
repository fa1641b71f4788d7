"""The header Idempotency-Key, which every request that moves points or money needs."""

from typing import Annotated

from fastapi import Header

from coalition.access.caller import Caller
from coalition.api.errors import IdempotencyKeyInvalid, IdempotencyKeyMissing
from settlement import is_text

KEY_CHARS_MAX = 100
REPEATABLE = "x-repeatable"
"""In the description of an operation that has no such header: the same request again does no more than once."""


async def idempotency_key(
    idempotency_key: Annotated[
        str | None,
        Header(
            description="Your own unique name for this request, a text of up to 100 characters. The same key with the "
            "same content gives the first answer again, even a refusal; with other content it is an error.",
            max_length=KEY_CHARS_MAX,
            examples=["till-3-receipt-1842"],
        ),
    ] = None,
) -> str:
    """The request's idempotency key. Answers 400 if it is missing or invalid."""
    if idempotency_key is None:
        raise IdempotencyKeyMissing
    if not is_text(idempotency_key):
        raise IdempotencyKeyInvalid
    return idempotency_key


def keys_meant(caller: Caller, key: str, shop: str | None) -> list[str]:
    """The keys of the book that a caller may mean: its own, and that of a till of the shop that the alliance names."""
    own = posting_key(caller, key)
    return [own] if shop is None or caller.shop is not None else [own, f"shop:{shop}:{key}"]


def posting_key(caller: Caller, key: str) -> str:
    """The key of a caller's request in the book. It starts with the caller's space: keys of others can't clash."""
    return f"{caller.space}:{key}"
