"""Decide a finding, once: dismiss it, which frees the points that it held, or confirm it."""

from http import HTTPStatus
from typing import Literal

from coalition.access.caller import Caller
from coalition.access.errors import SecondPersonNeeded
from coalition.access.log import record
from coalition.access.user_store import find_user
from coalition.alliance import Alliance
from coalition.errors import CoalitionError
from coalition.events.emit import emit
from coalition.findings.event_types import FINDING_DECIDED
from coalition.findings.finding import FindingStatus, SalesFinding
from coalition.findings.hold_points import settle_hold
from coalition.findings.store import decide, find_finding
from coalition.locale.messages import N_
from coalition.members.store import member_after_merges, owner_of

Decision = Literal["dismissed", "confirmed"]
_USER = "user:"


class FindingDecided(CoalitionError):
    """The finding was decided before, in another way or for another reason."""

    code = "finding_decided"
    status = HTTPStatus.CONFLICT
    title = N_("Finding already decided")
    remedy = N_("Read it again. If it goes on, it is found again.")
    detail = N_("Finding {id} is {decision:code} already.")
    id: str
    decision: FindingStatus


class OwnFinding(CoalitionError, like=SecondPersonNeeded):
    """Whom a finding is about would decide it."""

    detail = N_("Finding {id} is about your own card. Another person has to decide it.")
    id: str


def decide_finding(
    alliance: Alliance, caller: Caller, finding: SalesFinding, decision: Decision, reason: str
) -> SalesFinding:
    """Dismiss or confirm a finding; the same decision again changes nothing.

    Points that a dismissed one held are free when this returns. Those of a confirmed one stay held until their time
    passes, so that somebody can refund the sales or correct the points, which is done where it always is. Raises
    OwnFinding and FindingDecided.
    """
    status = FindingStatus(decision)
    if finding.member is not None and finding.member in _cards_of(alliance, caller):
        raise OwnFinding(finding.id)
    with alliance.database.engine.begin() as connection:
        if decide(connection, alliance.id, finding.id, status, reason, alliance.clock(), caller.id):
            record(connection, caller, "finding.decide", finding.id, {"status": status.value})
            payload = {"finding": finding.id, "pattern": finding.pattern, "shop": finding.shop, "status": status.value}
            emit(connection, alliance.id, FINDING_DECIDED, alliance.clock(), payload, shop=finding.shop)
        else:
            current = find_finding(connection, alliance.id, finding.id)
            if current is None or (current.status, current.reason) != (status, reason):
                raise FindingDecided(finding.id, finding.status if current is None else current.status)
    return settle_hold(alliance, finding.id)


def _cards_of(alliance: Alliance, caller: Caller) -> set[str]:
    """The members who are a person of the staff, by the e-mail address of both."""
    if not caller.id.startswith(_USER):
        return set()
    with alliance.database.engine.connect() as connection:
        user = find_user(connection, alliance.id, caller.id.removeprefix(_USER))
        own = None if user is None else owner_of(connection, alliance.id, user.email.lower())
        member = None if own is None else member_after_merges(connection, alliance.id, own)
    return {own for own in (own, None if member is None else member.id) if own is not None}
