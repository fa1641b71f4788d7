"""The caller of a request: the roles, and the facts that every permission check looks at."""

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum

from coalition.access.errors import RoleNotAllowed


class Role(StrEnum):
    """A caller's role, which decides what it may do."""

    OPERATOR = "operator"
    """The alliance's own systems, by key. May do whatever an owner may do alone."""
    OWNER = "owner"
    """Runs the alliance."""
    FINANCE = "finance"
    """The alliance's treasurer: closes windows, moves money, reads the statements of all shops."""
    SUPPORT = "support"
    """Helps members and shops: reads and corrects their data, moves no money."""
    MANAGER = "manager"
    """Runs one shop."""
    CASHIER = "cashier"
    """Works at one shop's till."""
    TILL = "till"
    """A till system of one shop, by key."""
    APP = "app"
    """A wallet app of the alliance, by key: acts for its members."""
    MEMBER = "member"
    """One member."""


ALLIANCE = frozenset({Role.OPERATOR, Role.OWNER, Role.FINANCE, Role.SUPPORT})
"""The alliance's own people and systems."""
OWNERS = frozenset({Role.OPERATOR, Role.OWNER})
"""May change what the alliance agreed on."""
TREASURERS = OWNERS | {Role.FINANCE}
"""May close windows and move money."""
HELPERS = OWNERS | {Role.SUPPORT}
"""May change members and shops."""
SHOP = frozenset({Role.MANAGER, Role.CASHIER, Role.TILL})
"""A shop's people and systems."""
SELLERS = SHOP | {Role.OPERATOR}
"""May book sales: a shop's people and tills, and by key the alliance's own systems, such as a central till system. The
alliance's people are no tills."""
STAFF = frozenset({Role.OWNER, Role.FINANCE, Role.SUPPORT})
"""The alliance's people, who log in with a second factor."""
SHOP_STAFF = frozenset({Role.MANAGER, Role.CASHIER})
"""A shop's people."""
PEOPLE = STAFF | SHOP_STAFF | {Role.MEMBER}
"""Roles that log in and have sessions; the others have keys."""
WALLET = frozenset({Role.MEMBER, Role.APP})
"""Members, and apps that act for them."""
EVERYBODY = frozenset(Role)
_TILL = "till:"


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller of one alliance. `id` names the key, the user or the member, as in the access log.

    `shop` is set for a shop's people and systems, `member` for a member: the caller sees nothing of other shops and
    members. `session` is the id of the session that a person calls in, `keeper` who answers for an operator's key.
    """

    alliance_id: int
    id: str
    role: Role
    shop: str | None = None
    member: str | None = None
    session: str | None = None
    keeper: str | None = None

    @property
    def till(self) -> str:
        """The id of the connected till that calls; empty for everybody else, a till system's key included."""
        return till_of(self.id) or ""

    @property
    def space(self) -> str:
        """Where the caller's idempotency keys are unique: all tills of a shop share theirs."""
        if self.shop is not None:
            return f"shop:{self.shop}"
        if self.member is not None:
            return f"member:{self.member}"
        return "alliance" if self.role in ALLIANCE else self.id

    def may_act_for_shop(self, shop: str) -> bool:
        """Whether the caller may read and change this shop's data; the alliance acts for every shop."""
        return shop == self.shop if self.role in SHOP else self.role in ALLIANCE

    def may_act_for_member(self, member: str) -> bool:
        """Whether the caller may read and change this member's data; the alliance and its apps act for every member."""
        return member == self.member if self.role is Role.MEMBER else self.role in ALLIANCE | WALLET


def till_caller(till: str) -> str:
    """A connected till as the id of a caller."""
    return f"{_TILL}{till}"


def till_of(caller: str) -> str | None:
    """The connected till behind the id of a caller; None for any other caller."""
    return caller.removeprefix(_TILL) if caller.startswith(_TILL) else None


def check_role(caller: Caller, roles: Set[Role]) -> None:
    """Raise RoleNotAllowed for a caller of another role."""
    if caller.role not in roles:
        raise RoleNotAllowed(sorted(roles), caller.role)
