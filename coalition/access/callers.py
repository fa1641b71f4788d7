"""Who calls, by the key or the session that a request presents: known for two seconds without asking the database."""

from coalition.access.caller import Caller
from coalition.access.key_store import find_key_caller
from coalition.access.session_store import find_session_caller
from coalition.access.tokens import TokenKind, parse_token
from coalition.fresh import FRESH_SECONDS, Fresh
from settlement.ledger import Clock, Database

KNOWN_MAX = 10_000


class Callers:
    """Callers by the keys and sessions they present, looked up once every `fresh_seconds`.

    So long a key that another process revoked may still be taken.
    """

    def __init__(self, database: Database, clock: Clock, fresh_seconds: float = FRESH_SECONDS) -> None:
        self._database = database
        self._clock = clock
        self._fresh_seconds = fresh_seconds
        self._known: dict[str, Fresh[Caller]] = {}

    def known(self, token: str) -> Caller | None:
        """The caller with this token; None unless it was looked up just now."""
        known = self._known.get(token)
        return known.value if known is not None and known.is_fresh else None

    def look_up(self, token: str) -> Caller | None:
        """The caller with this token; None if it is not a valid key or session."""
        presented = parse_token(token)
        if presented is None or presented.sort not in (TokenKind.KEY, TokenKind.SESSION):
            return None
        look_up = find_key_caller if presented.sort is TokenKind.KEY else find_session_caller
        with self._database.engine.begin() as connection:
            caller = look_up(connection, presented, self._clock())
        if caller is not None:
            if len(self._known) >= KNOWN_MAX:
                self._known.clear()
            self._known[token] = Fresh(caller, self._fresh_seconds)
        return caller

    def forget(self) -> None:
        """Look every caller up again: call it when access was revoked."""
        self._known.clear()
