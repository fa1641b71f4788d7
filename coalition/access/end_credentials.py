"""End every credential of a person, in one place: what lets somebody in must not outlive why they were let in.

A kind of credential is declared in the `credentials.py` of the noun that keeps it, and is found there. A credential
ends by being deleted, so that nothing is left of it to be taken for a valid one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from sqlalchemy import Column, Connection, delete, update

from coalition.discovery import declared


class Ending(StrEnum):
    """Why a person's credentials end."""

    MERGE = "merge"
    """The member is another's duplicate; the other has credentials of their own."""
    ERASE = "erase"
    FREEZE = "freeze"
    DISABLE = "disable"
    RESET = "reset"
    """A user gets a new password and second factor, by an invitation."""
    ADDRESS = "address"
    """A contact was added, changed or taken away: what was sent to it may be somebody else's now."""
    PASSWORD = "password"  # noqa: S105 - a reason, and no password
    """The user chose a new password, knowing the old one."""


KEPT: Mapping[Ending, frozenset[str]] = {Ending.PASSWORD: frozenset({"passkey"})}
"""Names of the kinds that go on in spite of an ending. Who changes a password has the passkeys that they had, and a
list of them to look through."""


@dataclass(frozen=True, slots=True)
class CredentialKind:
    """Rows that each let one person in: the one whom the column `owner` names.

    `names` says how: by the id of a member or of a user, or as a subject, `member:…` or `user:…`. A credential that
    is kept nowhere, since it is signed, ends by a time instead: `since` is the column that says from when on they are
    good, in microseconds since 1970 UTC.
    """

    name: str
    owner: Column[str]
    names: str
    since: str | None = None

    def end(self, connection: Connection, alliance_id: int, subject: str, now: int) -> None:
        """End those of one person."""
        kind, _, id_ = subject.partition(":")
        if self.names not in ("subject", kind):
            return
        table = self.owner.table
        owned = table.c.alliance_id == alliance_id, self.owner == (subject if self.names == "subject" else id_)
        if self.since is None:
            connection.execute(delete(table).where(*owned))
        else:
            connection.execute(update(table).where(*owned).values({self.since: now}))


def end_credentials(connection: Connection, alliance_id: int, subject: str, ending: Ending, now: int) -> None:
    """End the credentials of a person (`user:…` or `member:…`), in the transaction of what ends them.

    `now` is by the alliance's clock. Processes that looked a session up before take it for as long as
    `coalition.fresh` says.
    """
    for kind in credential_kinds():
        if kind.name not in KEPT.get(ending, ()):
            kind.end(connection, alliance_id, subject, now)


@cache
def credential_kinds() -> Sequence[CredentialKind]:
    """All kinds of credential that people have."""
    return [kind for module in declared("credentials", "CREDENTIALS") for kind in module.CREDENTIALS]
