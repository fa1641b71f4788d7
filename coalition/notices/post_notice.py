"""Post a notice to all members: at once, or for a later time."""

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.events.emit import begin_after_postings, emit
from coalition.ids import random_id
from coalition.notices.errors import NoticeOver
from coalition.notices.event_types import NOTICE_POSTED
from coalition.notices.notice import Bilingual, MemberNotice
from coalition.notices.store import add_notice


def post_notice(
    alliance: Alliance, caller: Caller, title: Bilingual, text: Bilingual, from_at: int | None, until_at: int | None
) -> MemberNotice:
    """Post a notice that members see from `from_at` (now where it is None or over) until `until_at`, and log it.

    Times are microseconds since 1970 UTC. Raises NoticeOver.
    """
    now = alliance.clock()
    start = now if from_at is None else max(from_at, now)
    if until_at is not None and until_at <= start:
        raise NoticeOver(until_at)
    published_at = now if start == now else None
    notice = MemberNotice(random_id("ntc"), title, text, start, until_at, now, caller.id, published_at)
    with begin_after_postings(alliance) as connection:
        add_notice(connection, alliance.id, notice)
        record(connection, caller, "notice.post", notice.id)
        if published_at is not None:
            emit(connection, alliance.id, NOTICE_POSTED, now, notice.payload)
    return notice
