"""Tokens of every kind of caller, in one's own alliance and in another, without the ceremonies."""

from collections.abc import Mapping

from coalition.access.caller import PEOPLE, Role
from coalition.access.invite import COMMAND
from coalition.access.key_store import add_key, begun
from coalition.access.session_store import add_session
from coalition.access.tokens import new_token
from coalition.access.user import User, lifetime_of
from coalition.access.user_store import add_user
from coalition.ids import random_id
from settlement.ledger import Database

SHOP_ROLES = frozenset({Role.MANAGER, Role.CASHIER, Role.TILL})


class Tokens:
    """Makes tokens of one alliance."""

    def __init__(self, database: Database, alliance_id: int, now: int) -> None:
        self._database = database
        self._alliance_id = alliance_id
        self._now = now

    def new(self, role: Role, shop: str = "bakery", member: str = "mem_ann") -> str:
        """A token of a new caller in this role; at this shop, or this member, where the role has one."""
        if role is Role.MEMBER:
            return self._session(f"member:{member}", role)
        if role in PEOPLE:
            return self._session(self.user(role, shop).subject, role)
        key = new_token(self._alliance_id)
        with self._database.engine.begin() as connection:
            of = shop if role is Role.TILL else None
            add_key(connection, self._alliance_id, key, begun(key, role, "test", COMMAND, self._now, of))
        return key.text

    def user(self, role: Role, shop: str = "bakery") -> User:
        """A new user who is invited and has not accepted."""
        id_ = random_id("usr")
        of = shop if role in SHOP_ROLES else None
        user = User(self._alliance_id, id_, f"{id_}@x.example", "X", role, of, "en", None, None, self._now, None)
        with self._database.engine.begin() as connection:
            add_user(connection, user)
        return user

    def _session(self, subject: str, role: Role) -> str:
        with self._database.engine.begin() as connection:
            new = add_session(connection, self._alliance_id, subject, lifetime_of(role), "test", self._now)
        return new.token.text


def bearing(token: str | None) -> Mapping[str, str]:
    """The header that carries a token."""
    return {} if token is None else {"Authorization": f"Bearer {token}"}
