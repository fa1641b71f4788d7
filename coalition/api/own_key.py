"""A key that was used twice, as its caller knows it."""

from coalition.access.caller import Caller
from coalition.errors import CoalitionError
from coalition.locale.messages import N_
from settlement import KeyReused

PUBLIC_FIELDS = {"asked": "points", "type": "path", "reason_hash": "reason"}
"""The field of a request that a name of the book's stands for, where they differ."""


class OwnKeyReused(CoalitionError, like=KeyReused):
    """A key that came again with another request, under the name that its caller gave it."""

    detail = N_("{header} {key:name} was used before for a request with another {field:code}. Use a new one.")
    concerns = "{field}"
    header: str
    key: str
    field: str


def own_key(error: KeyReused, caller: Caller | None, key: str | None) -> OwnKeyReused:
    """The error with the key as the caller sent it: the book keeps keys behind the name of their space.

    `key` is the Idempotency-Key of the request.
    """
    field = PUBLIC_FIELDS.get(error.field, error.field)
    if caller is not None and error.key == f"{caller.space}:{key}":
        return OwnKeyReused("Idempotency-Key", str(key), field)
    return OwnKeyReused("external_ref", error.key.partition(":")[2], field)
