"""A request that names something, for the tests that walk all routes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ALLIANCE, SHOPS_OWN, MEMBERS_OWN, PERSON = "alliance", "shop", "member", "person"


@dataclass(frozen=True)
class Case:
    """A request that names things of the bakery's, or of a person's, in our alliance.

    `of` says to whom they are foreign: to another `alliance`, to another `shop` or `member` of ours, to whoever else
    has a session.
    """

    path: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | str | None = None
    of: tuple[str, ...] = ()
    query: Mapping[str, str] = field(default_factory=dict)
