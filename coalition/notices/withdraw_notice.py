"""Withdraw a notice: members see it no more."""

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.events.emit import begin_after_postings, emit
from coalition.notices.event_types import NOTICE_WITHDRAWN
from coalition.notices.notice import MemberNotice
from coalition.notices.store import find_notice, set_withdrawn


def withdraw_notice(alliance: Alliance, caller: Caller, id_: str) -> MemberNotice | None:
    """Withdraw a notice, and log it; None if there is none. Withdrawn already, it stays as it is.

    Whoever heard that it was posted hears of it.
    """
    now = alliance.clock()
    with begin_after_postings(alliance) as connection:
        done = set_withdrawn(connection, alliance.id, id_, caller.id, now)
        # Read behind the update, so that it can't be published in between.
        notice = find_notice(connection, alliance.id, id_)
        if done and notice is not None:
            record(connection, caller, "notice.withdraw", id_)
            if notice.published_at is not None:
                emit(connection, alliance.id, NOTICE_WITHDRAWN, now, notice.payload)
    return notice
