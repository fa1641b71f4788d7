"""Publish a legal text: a new version, from a moment on. Versions before it stay to be read."""

from sqlalchemy.exc import IntegrityError

from coalition.access.caller import Caller
from coalition.access.log import Detail, record
from coalition.alliance import Alliance
from coalition.errors import ChangedMeanwhile, CoalitionError, Invalid
from coalition.legal.legal_text import LegalKind, LegalText, LegalVersion
from coalition.legal.legal_texts import legal_texts_of
from coalition.legal.store import add_text, list_versions
from coalition.locale.formats import moment
from coalition.locale.messages import N_


class LegalTextInPast(CoalitionError, like=Invalid):
    """A text that would have held before anybody could read it."""

    detail = N_("The text can't hold from {at:moment} on: that is over.")
    concerns = "effective_at"
    at: int


class LegalTextChanged(CoalitionError, like=ChangedMeanwhile):
    """Somebody else published a version since this one was begun."""

    remedy = N_("Read the newest version, and name it in `replaces`.")
    detail = N_("Version {newest} is the newest now. Read it before you publish another one.")
    concerns = "replaces"
    newest: int


def publish_legal_text(
    alliance: Alliance,
    caller: Caller,
    kind: LegalKind,
    en: str,
    zh: str,
    effective_at: int | None,
    replaces: int | None,
) -> LegalText:
    """Add a version that holds from `effective_at` (microseconds since 1970 UTC) on, or from now on where it is None.

    `replaces` is the newest version that whoever wrote it knew, None where there was none. The log says who it was.
    Raises LegalTextInPast and LegalTextChanged.
    """
    now = alliance.clock()
    if effective_at is not None and effective_at < now:
        raise LegalTextInPast(effective_at)
    start = now if effective_at is None else effective_at
    try:
        with alliance.database.engine.begin() as connection:
            versions = list_versions(connection, alliance.id)
            newest = max((each.version for each in versions if each.kind is kind), default=0)
            if newest != (replaces or 0):
                raise LegalTextChanged(newest)
            added = LegalText(LegalVersion(kind, newest + 1, start, now, caller.id), en, zh)
            add_text(connection, alliance.id, added)
            details: dict[str, Detail] = {"version": added.version.version, "from": moment(start).isoformat()}
            record(connection, caller, "legal.publish", kind.value, details)
    except IntegrityError:
        raise LegalTextChanged((replaces or 0) + 1) from None
    legal_texts_of(alliance).refresh()
    return added
