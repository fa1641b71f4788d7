"""Pay down a tree by level: each gets their level less what was paid below, at any depth, and peers a share of it."""

from collections.abc import Iterable

from coalition.lab.numbers import ZERO, Exact
from coalition.lab.params import Param
from coalition.locale.messages import N_

PEER_PARAM = Param("peer_rate", "0", "share", N_("of what a level earns, to the next one above of the same level"))


def by_difference(agents: Iterable[tuple[str, Exact]], peer_rate: Exact = ZERO) -> dict[str, Exact]:
    """Each gets their rate less what was already paid below. `agents` go from the lowest up.

    Whoever comes first above the last one paid, at the same rate, gets `peer_rate` of what that one got.
    """
    due: dict[str, Exact] = {}
    paid = peer = ZERO
    for agent, rate in agents:
        if rate > paid:
            due[agent] = due.get(agent, ZERO) + rate - paid
            peer = (rate - paid) * peer_rate
            paid = rate
        elif peer and rate == paid:
            due[agent] = due.get(agent, ZERO) + peer
            peer = ZERO
    return due
