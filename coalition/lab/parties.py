"""Who takes part in a scheme: members, shops, the platform, agents and investors, each counted apart."""

from functools import lru_cache
from typing import Literal, NamedTuple, get_args

Kind = Literal["member", "shop", "platform", "agent", "investor"]
KINDS: tuple[Kind, ...] = get_args(Kind)
KNOWN = 2**14
"""Parties that are made once and kept, since each purchase names two."""


class Party(NamedTuple):
    """One participant in one role: a member who is an agent too is two parties of one name."""

    kind: Kind
    name: str

    @staticmethod
    @lru_cache(maxsize=KNOWN)
    def member(name: str) -> "Party":
        """Whoever buys, recruits or holds what the scheme gives to its members."""
        return Party("member", name)

    @staticmethod
    @lru_cache(maxsize=KNOWN)
    def shop(name: str) -> "Party":
        """Whoever hands out goods, the vendor's own mall among them."""
        return Party("shop", name)

    @staticmethod
    def agent(name: str) -> "Party":
        """Whoever is paid for a region or for a shop that they brought, and may have paid to become so."""
        return Party("agent", name)

    @staticmethod
    def investor(name: str) -> "Party":
        """Whoever puts money in and buys nothing."""
        return Party("investor", name)


PLATFORM = Party("platform", "platform")
SUBSIDY = "subsidy"
"""The investor of money that nobody's name goes with."""
