"""Users: the alliance's people and the shops' people, and who may manage whom. Pure."""

from dataclasses import dataclass

from coalition.access.caller import OWNERS, SHOP_STAFF, STAFF, Caller, Role
from coalition.locale.formats import Lang

DAY = 86_400 * 1_000_000
HOUR = 3_600 * 1_000_000


@dataclass(frozen=True, slots=True)
class User:
    """A user. Times are microseconds since 1970 UTC; `shop` is set for a shop's people only."""

    alliance_id: int
    id: str
    email: str
    name: str
    role: Role
    shop: str | None
    language: Lang
    password_hash: str | None
    totp_secret: str | None
    created_at: int
    disabled_at: int | None

    @property
    def subject(self) -> str:
        """The user as sessions, passkeys and the log name them."""
        return f"user:{self.id}"

    def caller(self, session: str | None = None) -> Caller:
        """The user as a caller."""
        return Caller(self.alliance_id, self.subject, self.role, self.shop, session=session)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts unused, and at most, in microseconds."""

    idle: int
    total: int


STAFF_LIFETIME = Lifetime(HOUR, 12 * HOUR)
SHOP_LIFETIME = Lifetime(12 * HOUR, 30 * DAY)
MEMBER_LIFETIME = Lifetime(90 * DAY, 365 * DAY)


def lifetime_of(role: Role) -> Lifetime:
    """How long a session of somebody in this role lasts."""
    if role in STAFF:
        return STAFF_LIFETIME
    return SHOP_LIFETIME if role in SHOP_STAFF else MEMBER_LIFETIME


def may_manage(who: Caller, role: Role, shop: str | None) -> bool:
    """Whether a caller may invite, change and disable users of this role at this shop.

    Owners manage everybody, a manager the people of the own shop.
    """
    if who.role in OWNERS:
        return True
    return who.role is Role.MANAGER and role in SHOP_STAFF and shop == who.shop


def may_see(who: Caller, user: User) -> bool:
    """Whether a caller may see a user: the alliance sees all, a manager the people of the own shop."""
    return who.role in STAFF | OWNERS or may_manage(who, user.role, user.shop)


def normal_email(email: str) -> str:
    """An e-mail address as it is kept and compared."""
    return email.strip().casefold()
