"""End every credential of a person, in one place: what lets somebody in must not outlive why they were let in.

A kind of credential is declared in the `credentials.py` of the noun that keeps it, and is found there. A credential
ends by being deleted, so that nothing is left of it to be taken for a valid one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from sqlalchemy import Column, Connection, delete

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

    `names` says how: by the id of a member or of a user, or as a subject, `member:…` or `user:…`.
    """

    name: str
    owner: Column[str]
    names: str

    def end(self, connection: Connection, alliance_id: int, subject: str) -> None:
        """End those of one person."""
        kind, _, id_ = subject.partition(":")
        if self.names not in ("subject", kind):
            return
        table = self.owner.table
        owned = table.c.alliance_id == alliance_id, self.owner == (subject if self.names == "subject" else id_)
        connection.execute(delete(table).where(*owned))


def end_credentials(connection: Connection, alliance_id: int, subject: str, ending: Ending) -> None:
    """End the credentials of a person (`user:…` or `member:…`), in the transaction of what ends them.

    Processes that looked a session up before take it for as long as `coalition.fresh` says.
    """
    for kind in credential_kinds():
        if kind.name not in KEPT.get(ending, ()):
            kind.end(connection, alliance_id, subject)


@cache
def credential_kinds() -> Sequence[CredentialKind]:
    """All kinds of credential that people have."""
    return [kind for module in declared("credentials", "CREDENTIALS") for kind in module.CREDENTIALS]
