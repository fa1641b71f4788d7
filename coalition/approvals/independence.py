"""Who may be the second person: somebody who stands on their own, and was not just made or changed by the first.

The access log knows who invited, changed and reset whom. What the command on the server itself did counts as nobody's
doing: whoever has the server has the database, and that is how an alliance gets its first people.
"""

import json

from sqlalchemy import Connection, RowMapping, select

from coalition.access.errors import ApproverNew, ApproverTied
from coalition.access.invite import COMMAND
from coalition.access.tables import access_log
from coalition.access.user import DAY
from coalition.access.user_store import find_user

TIED = 7 * DAY
"""How long who invited, changed or reset somebody, and that one, can't be the two people."""
NEW = DAY
"""How long after an invitation, a change or a reset by anybody else somebody approves nothing."""
CHANGES = frozenset({"email", "name", "role", "disabled_at"})
"""What makes a change one of the person, as the log names it; a language is nothing."""
SUBJECT = "user:"


def check_independent(connection: Connection, alliance_id: int, asker: str, approver: str, now: int) -> None:
    """Raise ApproverTied or ApproverNew where the approver is no second person for what the asker wants.

    Both are named as in the access log.
    """
    for maker, made in ((asker, approver), (approver, asker)):
        for row in _made_or_changed(connection, alliance_id, made, now - TIED):
            if row["who"] == maker:
                raise ApproverTied(asker, approver, row["at"] + TIED)
    for row in _made_or_changed(connection, alliance_id, approver, now - NEW):
        if row["who"] not in (COMMAND, approver):
            raise ApproverNew(approver, row["at"] + NEW)


def is_disabled(connection: Connection, alliance_id: int, subject: str) -> bool:
    """Whether somebody, named as in the access log, was a user and can't log in any more."""
    if not subject.startswith(SUBJECT):
        return False
    user = find_user(connection, alliance_id, subject.removeprefix(SUBJECT))
    return user is None or user.disabled_at is not None


def _made_or_changed(connection: Connection, alliance_id: int, subject: str, since: int) -> list[RowMapping]:
    """The rows of the log by which somebody invited, changed or reset this user, the last one first."""
    columns = access_log.c
    rows = connection.execute(
        select(columns.at, columns.who, columns.action, columns.details)
        .where(columns.alliance_id == alliance_id, columns.target == subject.removeprefix(SUBJECT), columns.at > since)
        .where(columns.action.in_(("user.invite", "user.change")))
        .order_by(columns.seq.desc())
    )
    return [row for row in rows.mappings() if row["action"] == "user.invite" or _is_of_the_person(row)]


def _is_of_the_person(row: RowMapping) -> bool:
    return not CHANGES.isdisjoint(json.loads(row["details"]))
