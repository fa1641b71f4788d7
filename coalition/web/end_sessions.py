"""End sessions, and with them whatever a phone does by itself since its log-in."""

from fastapi import Request

from coalition.access.caller import Caller
from coalition.access.callers import Callers
from coalition.access.log import record
from coalition.access.prove import check_proven
from coalition.access.session_store import revoke_sessions
from coalition.members.member_cache import member_cache
from coalition.paycodes.add_pay_device import end_devices_of_session
from coalition.push.subscribe import unsubscribe_session
from coalition.web.request import alliance_of


def end_sessions(request: Request, caller: Caller, session: str | None) -> int:
    """End one of the caller's sessions, or all of them; how many ended.

    Any but this session takes a fresh proof, or a stolen one could end its owner's: raises ProofNeeded. Phones that log
    out make no pay codes, and get no messages.
    """
    alliance = alliance_of(request, caller.alliance_id)
    phones_ended = False
    with alliance.database.engine.begin() as connection:
        now = alliance.machine_clock()
        if session is None or session != caller.session:
            check_proven(connection, caller, now)
        ended = revoke_sessions(connection, alliance.id, caller.id, now, session)
        if ended:
            record(connection, caller, "session.end", session or "all", {"ended": ended})
            if caller.member is not None:
                unsubscribe_session(alliance, connection, caller.member, session)
                phones_ended = end_devices_of_session(alliance, connection, caller.member, session)
    if phones_ended:
        member_cache(alliance).refresh()
    callers: Callers = request.app.state.callers
    callers.forget()
    return ended
