"""What time brings about for members: work that a job does every so often. Each is safe to run twice at once."""

from collections.abc import Callable, Mapping

from coalition.app import Alliance
from coalition.gifts.give import sweep_gifts
from coalition.members.merge import forward_all
from coalition.members.releases import release_due

SWEEPS: Mapping[str, tuple[Callable[[Alliance], int], int]] = {
    "gifts.move_on": (sweep_gifts, 600),
    "balances.release": (release_due, 3600),
    "merges.forward": (forward_all, 600),
}
"""Each by its name: what does it and says how much there was, and every how many seconds it is due."""
