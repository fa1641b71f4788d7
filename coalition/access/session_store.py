"""Sessions in the database: opaque tokens, stored as hashes. A session ends when unused, expired or revoked."""

import hmac
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, insert, select, update

from coalition.access.caller import Caller, Role, till_caller
from coalition.access.tables import sessions
from coalition.access.tokens import NewToken, PresentedToken, TokenKind, hashes_match, new_token
from coalition.access.user import Lifetime
from coalition.access.user_store import find_user
from settlement import visible

SEEN_EVERY = 60 * 1_000_000
"""How often `seen_at` of a session in use is written, in microseconds."""
AGENT_CHARS_MAX = 200


@dataclass(frozen=True, slots=True)
class SessionSummary:
    """A session without its secret. Times are microseconds since 1970 UTC."""

    id: str
    agent: str
    created_at: int
    seen_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class NewSession:
    """A new session: its token, which is shown once, and when it expires at the latest."""

    token: NewToken
    expires_at: int

    @property
    def csrf_token(self) -> str:
        """What a browser sends beside the cookie with every write."""
        return csrf_token(self.token.text)


def csrf_token(session_token: str) -> str:
    """The CSRF token of a session, derived from the session's token so that it need not be stored."""
    return hmac.new(session_token.encode(), b"csrf", sha256).hexdigest()


def add_session(
    connection: Connection, alliance_id: int, subject: str, lifetime: Lifetime, agent: str, now: int
) -> NewSession:
    """Start a session of a `subject`: `user:…`, `member:…`, or `till:…`, which names the till's shop behind its id."""
    new = NewSession(new_token(alliance_id, TokenKind.SESSION), now + lifetime.total)
    connection.execute(
        insert(sessions).values(
            alliance_id=alliance_id,
            id=new.token.id,
            subject=subject,
            secret_hash=new.token.secret_hash,
            agent=visible(agent)[:AGENT_CHARS_MAX],
            created_at=now,
            seen_at=now,
            idle_us=lifetime.idle,
            expires_at=new.expires_at,
            proven_at=now,
        )
    )
    return new


def find_session_caller(connection: Connection, presented: PresentedToken, now: int) -> Caller | None:
    """The caller that a session belongs to; None if it is unknown or ended, or the user is disabled."""
    columns = sessions.c
    mine = columns.alliance_id == presented.alliance_id, columns.id == presented.id
    row = connection.execute(
        select(columns.subject, columns.secret_hash, columns.seen_at).where(
            *mine, columns.revoked_at.is_(None), columns.expires_at > now, columns.seen_at + columns.idle_us > now
        )
    ).one_or_none()
    if not hashes_match(None if row is None else row.secret_hash, presented.secret_hash) or row is None:
        return None
    if now - row.seen_at >= SEEN_EVERY:
        connection.execute(update(sessions).where(*mine).values(seen_at=now))
    kind, _, id_ = row.subject.partition(":")
    if kind == "member":
        return Caller(presented.alliance_id, row.subject, Role.MEMBER, member=id_, session=presented.id)
    if kind == "till":
        # What removes a till ends its sessions, so one that goes on is a till's.
        till, _, shop = id_.partition(":")
        return Caller(presented.alliance_id, till_caller(till), Role.TILL, shop, session=presented.id)
    user = find_user(connection, presented.alliance_id, id_)
    return None if user is None or user.disabled_at is not None else user.caller(presented.id)


def list_sessions(connection: Connection, alliance_id: int, subject: str, now: int) -> list[SessionSummary]:
    """The valid sessions of a subject, newest first; at most a hundred."""
    columns = sessions.c
    rows = connection.execute(
        select(columns.id, columns.agent, columns.created_at, columns.seen_at, columns.expires_at)
        .where(
            columns.alliance_id == alliance_id,
            columns.subject == subject,
            columns.revoked_at.is_(None),
            columns.expires_at > now,
            columns.seen_at + columns.idle_us > now,
        )
        .order_by(columns.created_at.desc(), columns.id)
        .limit(100)
    )
    return [SessionSummary(*row) for row in rows]


def live_sessions(connection: Connection, alliance_id: int, ids: Collection[str], now: int) -> set[str]:
    """Those of these sessions that go on."""
    columns = sessions.c
    rows = connection.execute(
        select(columns.id).where(
            columns.alliance_id == alliance_id,
            columns.id.in_(sorted(ids)),
            columns.revoked_at.is_(None),
            columns.expires_at > now,
            columns.seen_at + columns.idle_us > now,
        )
    )
    return set(rows.scalars())


def revoke_sessions(
    connection: Connection, alliance_id: int, subject: str, now: int, session_id: str | None = None
) -> int:
    """Revoke one session of a subject, or all of them; returns how many were revoked."""
    columns = sessions.c
    query = update(sessions).where(
        columns.alliance_id == alliance_id, columns.subject == subject, columns.revoked_at.is_(None)
    )
    if session_id is not None:
        query = query.where(columns.id == session_id)
    return connection.execute(query.values(revoked_at=now)).rowcount
