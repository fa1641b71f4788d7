"""Users and their invitations in the database."""

from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update
from sqlalchemy.exc import IntegrityError

from coalition.access.caller import Role
from coalition.access.errors import UserExists
from coalition.access.tables import invitations, users
from coalition.access.tokens import NewToken, PresentedToken, hashes_match
from coalition.access.user import User


def find_user(connection: Connection, alliance_id: int, user_id: str) -> User | None:
    """The user with this id; None if there is none."""
    return _find(connection, alliance_id, "id", user_id)


def find_user_by_email(connection: Connection, alliance_id: int, email: str) -> User | None:
    """The user with this e-mail address; None if there is none."""
    return _find(connection, alliance_id, "email", email)


def list_users(
    connection: Connection, alliance_id: int, shop: str | None, after: tuple[str, str] | None, limit: int
) -> list[User]:
    """Users by e-mail address, of one shop if given; `after` is the (email, id) of the last one seen."""
    query = select(users).where(users.c.alliance_id == alliance_id)
    if shop is not None:
        query = query.where(users.c.shop == shop)
    if after is not None:
        query = query.where(users.c.email > after[0])
    rows = connection.execute(query.order_by(users.c.email, users.c.id).limit(limit))
    return [_user(row) for row in rows.mappings()]


def add_user(connection: Connection, user: User) -> None:
    """Store a new user. Raises UserExists if another user has the e-mail address."""
    existing = find_user_by_email(connection, user.alliance_id, user.email)
    if existing is not None:
        raise UserExists(existing.id)
    try:
        connection.execute(
            insert(users).values(
                alliance_id=user.alliance_id,
                id=user.id,
                email=user.email,
                name=user.name,
                role=user.role.value,
                shop=user.shop,
                language=user.language,
                totp_step=0,
                created_at=user.created_at,
            )
        )
    except IntegrityError:
        # Somebody added the user at the same moment; its id is only visible after this transaction.
        raise UserExists("who was invited just now") from None


def update_user(connection: Connection, alliance_id: int, user_id: str, **changes: Any) -> None:
    """Set columns of a user. Raises UserExists if another user has the e-mail address."""
    if "email" in changes:
        existing = find_user_by_email(connection, alliance_id, changes["email"])
        if existing is not None and existing.id != user_id:
            raise UserExists(existing.id)
    connection.execute(update(users).where(users.c.alliance_id == alliance_id, users.c.id == user_id).values(**changes))


def lock_owners(connection: Connection, alliance_id: int) -> None:
    """Lock the owners, so that changes of owners run one after another: or two owners could disable each other."""
    query = select(users.c.id).where(users.c.alliance_id == alliance_id, users.c.role == Role.OWNER.value)
    connection.execute(query.order_by(users.c.id).with_for_update()).all()


def has_owner(connection: Connection, alliance_id: int) -> bool:
    """Whether any owner can log in. Call it after a change, in the same transaction."""
    query = select(users.c.id).where(
        users.c.alliance_id == alliance_id,
        users.c.role == Role.OWNER.value,
        users.c.disabled_at.is_(None),
        users.c.password_hash.is_not(None),
    )
    return connection.execute(query.limit(1)).first() is not None


def use_code_step(connection: Connection, user: User, step: int) -> bool:
    """Use up the one-time code of a time step; False if it or a later one was used before."""
    done = connection.execute(
        update(users)
        .where(users.c.alliance_id == user.alliance_id, users.c.id == user.id, users.c.totp_step < step)
        .values(totp_step=step)
    )
    return done.rowcount == 1


def add_invitation(
    connection: Connection, user: User, key: NewToken, totp_secret: str, now: int, expires_at: int
) -> None:
    """Store an invitation of a user; earlier ones become invalid."""
    connection.execute(
        update(invitations)
        .where(
            invitations.c.alliance_id == user.alliance_id,
            invitations.c.user_id == user.id,
            invitations.c.used_at.is_(None),
        )
        .values(used_at=now)
    )
    connection.execute(
        insert(invitations).values(
            alliance_id=user.alliance_id,
            id=key.id,
            user_id=user.id,
            secret_hash=key.secret_hash,
            totp_secret=totp_secret,
            created_at=now,
            expires_at=expires_at,
        )
    )


def find_invitation(connection: Connection, presented: PresentedToken, now: int) -> tuple[User, str] | None:
    """The user that an invitation is for, and the secret of the second factor in it; None if it is not valid."""
    row = connection.execute(
        select(invitations).where(
            invitations.c.alliance_id == presented.alliance_id,
            invitations.c.id == presented.id,
            invitations.c.used_at.is_(None),
            invitations.c.expires_at > now,
        )
    ).one_or_none()
    if row is None or not hashes_match(bytes(row.secret_hash), presented.secret_hash):
        return None
    user = find_user(connection, presented.alliance_id, row.user_id)
    return None if user is None or user.disabled_at is not None else (user, row.totp_secret)


def use_invitation(connection: Connection, presented: PresentedToken, now: int) -> bool:
    """Mark an invitation as used; False if it was used meanwhile."""
    done = connection.execute(
        update(invitations)
        .where(
            invitations.c.alliance_id == presented.alliance_id,
            invitations.c.id == presented.id,
            invitations.c.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return done.rowcount == 1


def _find(connection: Connection, alliance_id: int, column: str, value: str) -> User | None:
    row = (
        connection.execute(select(users).where(users.c.alliance_id == alliance_id, users.c[column] == value))
        .mappings()
        .one_or_none()
    )
    return None if row is None else _user(row)


def _user(row: RowMapping) -> User:
    return User(
        row["alliance_id"],
        row["id"],
        row["email"],
        row["name"],
        Role(row["role"]),
        row["shop"],
        row["language"],
        row["password_hash"],
        row["totp_secret"],
        row["created_at"],
        row["disabled_at"],
    )
