"""What other nouns do when a member gets a contact: each declares it in its `member_hooks.py`.

So this folder imports no noun above it, such as gifts that wait for somebody with that contact.
"""

from collections.abc import Callable, Sequence
from functools import cache

from coalition.alliance import Alliance
from coalition.discovery import declared

ContactHook = Callable[[Alliance, Sequence[str]], object]
"""Called with the alliance and the members' ids once their contacts are stored."""


def call_contact_hooks(alliance: Alliance, members: Sequence[str]) -> None:
    """Let the other nouns know that members have new contacts."""
    if members:
        for hook in _contact_hooks():
            hook(alliance, members)


@cache
def _contact_hooks() -> Sequence[ContactHook]:
    return [module.on_new_contacts for module in declared("member_hooks", "on_new_contacts")]
