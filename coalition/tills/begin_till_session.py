"""Begin a session of a till: it signs a challenge with the key that never leaves it."""

from sqlalchemy import Connection, select, update

from coalition.access.session_store import NewSession, add_session
from coalition.access.user import HOUR, Lifetime
from coalition.alliance import Alliance
from coalition.tills.errors import TillProofRefused
from coalition.tills.tables import tills
from coalition.tills.till import is_challenge, is_signed, till_subject

TILL_LIFETIME = Lifetime(HOUR, 12 * HOUR)
"""Short, since a till begins another one by itself, and whoever copied its token can't."""


def begin_till_session(
    connection: Connection, alliance: Alliance, till: str, challenge: str, signature: bytes, agent: str
) -> NewSession:
    """A session, in which the device is a till of its shop. Raises TillProofRefused."""
    now = alliance.machine_clock()
    mine = tills.c.alliance_id == alliance.id, tills.c.id == till
    row = connection.execute(select(tills.c.public_key, tills.c.shop).where(*mine)).one_or_none()
    if (
        row is None
        or not is_challenge(alliance.programme.secret, till, challenge, now)
        or not is_signed(row.public_key, signature, challenge)
    ):
        raise TillProofRefused
    # Takes the row, so that a manager who removes the till meanwhile ends this session too.
    seen = connection.execute(update(tills).where(*mine, tills.c.revoked_at.is_(None)).values(seen_at=now))
    if seen.rowcount != 1:
        raise TillProofRefused
    return add_session(connection, alliance.id, till_subject(till, row.shop), TILL_LIFETIME, agent, now)
