"""Users: the alliance's people and the shops' people, and who may manage whom. Pure."""

import re
import unicodedata
from dataclasses import dataclass

from coalition.access.caller import OWNERS, SHOP_STAFF, STAFF, Caller, Role
from coalition.access.errors import EmailInvalid, UserNotManageable
from coalition.locale.formats import Lang
from settlement import is_text

EMAIL_FORM = re.compile(r"[^\s@]+@[^\s@]+")
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
        """The user's id in sessions, passkeys and the access log."""
        return f"user:{self.id}"

    def caller(self, session: str | None = None) -> Caller:
        """The user as a caller."""
        return Caller(self.alliance_id, self.subject, self.role, self.shop, session=session)


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts when unused (`idle`) and at most (`total`), in microseconds."""

    idle: int
    total: int


STAFF_LIFETIME = Lifetime(HOUR, 12 * HOUR)
SHOP_LIFETIME = Lifetime(12 * HOUR, 30 * DAY)
MEMBER_LIFETIME = Lifetime(90 * DAY, 365 * DAY)


def lifetime_of(role: Role) -> Lifetime:
    """How long a session of a person in this role lasts."""
    if role in STAFF:
        return STAFF_LIFETIME
    return SHOP_LIFETIME if role in SHOP_STAFF else MEMBER_LIFETIME


def may_manage(caller: Caller, role: Role, shop: str | None) -> bool:
    """Whether a caller may invite, change and disable users of this role at this shop.

    Owners manage everybody, a manager only users of the same shop.
    """
    if caller.role in OWNERS:
        return True
    return caller.role is Role.MANAGER and role in SHOP_STAFF and shop == caller.shop


def check_may_manage(caller: Caller, role: Role, shop: str | None) -> None:
    """Raise UserNotManageable for a caller who may not manage users of this role at this shop."""
    if not may_manage(caller, role, shop):
        raise UserNotManageable(caller.role, role)


def may_see(caller: Caller, user: User) -> bool:
    """Whether a caller may see a user: the alliance's people see all users, a manager those of the same shop."""
    return caller.role in STAFF | OWNERS or may_manage(caller, user.role, user.shop)


def normal_email(email: str) -> str:
    """An e-mail address as it is stored and compared: full-width letters and a last dot make no other one."""
    return unicodedata.normalize("NFKC", email).strip().rstrip(".").casefold()


def check_email(email: str) -> None:
    """Raise EmailInvalid for what is not of the form of an e-mail address."""
    if not EMAIL_FORM.fullmatch(email) or not is_text(email):
        raise EmailInvalid(email)
