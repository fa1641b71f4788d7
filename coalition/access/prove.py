"""A fresh proof of who somebody is: what adds or removes a credential takes one, or a stolen session could keep itself.

A log-in proves it, and so does a password, a code or a passkey that is shown again in the session, which then gets
another token: whoever copied the old one is out.
"""

from sqlalchemy import ColumnElement, Connection, select, update

from coalition.access.caller import Caller
from coalition.access.errors import LogInRefused, ProofNeeded
from coalition.access.session_store import NewSession
from coalition.access.tables import sessions
from coalition.access.tokens import TokenKind, new_token

PROOF_MINUTES = 5
PROOF_US = PROOF_MINUTES * 60 * 1_000_000


def check_proven(connection: Connection, caller: Caller, now: int) -> None:
    """Raise ProofNeeded in a session whose last proof is older than five minutes. A key proves itself at each call."""
    if caller.session is None:
        return
    proven_at = connection.execute(select(sessions.c.proven_at).where(*_own(caller))).scalar()
    if proven_at is None or now - proven_at > PROOF_US:
        raise ProofNeeded(PROOF_MINUTES)


def renew_proven(connection: Connection, caller: Caller, now: int) -> NewSession:
    """Keep that whoever has the session has just proven who they are; from now on it has another token.

    Raises LogInRefused where the session has ended since.
    """
    token = new_token(caller.alliance_id, TokenKind.SESSION, caller.session)
    expires_at = connection.execute(
        update(sessions)
        .where(*_own(caller), sessions.c.revoked_at.is_(None))
        .values(proven_at=now, secret_hash=token.secret_hash)
        .returning(sessions.c.expires_at)
    ).scalar()
    if expires_at is None:
        raise LogInRefused
    return NewSession(token, expires_at)


def _own(caller: Caller) -> tuple[ColumnElement[bool], ...]:
    return sessions.c.alliance_id == caller.alliance_id, sessions.c.id == caller.session
