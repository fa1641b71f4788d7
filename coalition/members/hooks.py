"""What other nouns do when a member gets a contact or is erased: each declares it in its `member_hooks.py`.

So this folder imports no noun above it, such as gifts that wait for somebody with that contact.
"""

from collections.abc import Callable, Sequence
from functools import cache

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.discovery import declared

ContactHook = Callable[[Alliance, Sequence[str]], object]
"""Called with the alliance and the members' ids once their contacts are stored."""


ErasureHook = Callable[[Connection, int, Sequence[str]], object]
"""Called with the transaction that erases a member, the alliance's id, and the member's ids, merged ones included."""


def call_erasure_hooks(connection: Connection, alliance_id: int, members: Sequence[str]) -> None:
    """Let the other nouns erase what they know of a person."""
    for hook in _erasure_hooks():
        hook(connection, alliance_id, members)


def call_contact_hooks(alliance: Alliance, members: Sequence[str]) -> None:
    """Let the other nouns know that members have new contacts."""
    if members:
        for hook in _contact_hooks():
            hook(alliance, members)


@cache
def _erasure_hooks() -> Sequence[ErasureHook]:
    return [module.on_erased for module in declared("member_hooks", "on_erased")]


@cache
def _contact_hooks() -> Sequence[ContactHook]:
    return [module.on_new_contacts for module in declared("member_hooks", "on_new_contacts")]
