"""What other nouns do when a shop's state changes: each declares it in its `shop_hooks.py`.

So this folder imports no noun above it, such as payments, which hold back what a suspended shop is owed.
"""

from collections.abc import Callable, Sequence
from functools import cache

from coalition.alliance import Alliance
from coalition.discovery import declared
from coalition.merchants.store import Shop

StatusHook = Callable[[Alliance, str, Shop], object]
"""Called with the alliance, the id of who changed it, and the shop as it is stored now."""


def call_status_hooks(alliance: Alliance, actor: str, shop: Shop) -> None:
    """Let the other nouns know that a shop is in a new state."""
    for hook in _status_hooks():
        hook(alliance, actor, shop)


@cache
def _status_hooks() -> Sequence[StatusHook]:
    return [module.on_new_status for module in declared("shop_hooks", "on_new_status")]
