"""Watch the machine's clock, and tell the owners when it jumped."""

from coalition.access.announce import owners_of
from coalition.jobs.clock_watch import ClockJumped, UptimeOf, check_clock, see_clock, take_warning
from coalition.jobs.job import Work
from coalition.locale.formats import Lang
from coalition.locale.messages import N_, translate
from coalition.messaging.messenger import send_or_log


def watch_clock(work: Work, uptime: UptimeOf) -> None:
    """Write down the time; where it can't be believed, warn each owner once instead. Raises ClockJumped."""
    engine, id_ = work.alliance.database.engine, work.alliance.id
    now = work.clock()
    try:
        with engine.begin() as connection:
            check_clock(connection, id_, now, uptime())
            see_clock(connection, id_, now, uptime())
    except ClockJumped as jumped:
        with engine.begin() as connection:
            first = take_warning(connection, id_, now)
        if first:
            _warn(work, jumped)
        raise


def _warn(work: Work, jumped: ClockJumped) -> None:
    with work.alliance.database.engine.connect() as connection:
        owners = owners_of(connection, work.alliance.id)
    for email, language in owners:
        subject, text = _message(work.alliance.book.settings.name, jumped.hours, language)
        send_or_log(work.settings.messenger, email, subject, text)


def _message(alliance: str, hours: int, lang: Lang) -> tuple[str, str]:
    sentence = N_(
        "The clock of the server of {alliance} went {hours} hours ahead, which the machine can't have lived through. "
        "Until it is right again, or an owner confirms it, no points expire and no window closes. Whoever runs the "
        "server sets the clock right, or confirms it with `coalition alliance confirm-clock`."
    )
    return (
        translate("The server's clock jumped at {alliance}", lang, alliance=alliance),
        translate(sentence, lang, alliance=alliance, hours=hours),
    )
