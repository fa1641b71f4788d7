"""The log of who did what: every write by a person, a key or a command, numbered without gaps and never changed."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse

from coalition.access.caller import Role
from coalition.access.key_store import find_keys
from coalition.access.log import Filters, LogEntry, list_log_entries
from coalition.locale.name_order import name_order
from coalition.pages.console.log_words import ACTIONS
from coalition.pages.console.people import names_of_people
from coalition.pages.console.roles import ROLES
from coalition.pages.console.sections import LOG, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from settlement import day_number

router = PageRouter("/console/log")
Staff = Annotated[StaffVisit, Depends(admit(LOG.roles))]
A_PAGE = 50
NAME_CHARS_MAX = 200


@dataclass(frozen=True, slots=True)
class LogPage(ConsolePage):
    """Entries, the newest first. `before` is where the next page begins; 0 on the last.

    `names` are those of who acts, `things` those of people, keys and shops that something was done to.
    `actor`, `action`, `target`, `since` and `until` are what was asked for. `actors` and `actions` are what can be.
    """

    entries: list[LogEntry]
    before: int
    names: dict[str, str]
    things: dict[str, str]
    actors: list[tuple[str, str]]
    actions: list[tuple[str, str]]
    roles: dict[Role, str]
    actor: str
    action: str
    target: str
    since: date | None
    until: date | None
    words: dict[str, str]
    section: Section = LOG


@router.get("")
def log(
    staff: Staff,
    actor: Annotated[str, Query(max_length=NAME_CHARS_MAX)] = "",
    action: Annotated[str, Query(max_length=NAME_CHARS_MAX)] = "",
    target: Annotated[str, Query(max_length=NAME_CHARS_MAX)] = "",
    since: Annotated[date | Literal[""], Query()] = "",
    until: Annotated[date | Literal[""], Query()] = "",
    before: Annotated[int, Query(ge=0, le=10**15)] = 0,
) -> HTMLResponse:
    """What was done: by somebody, of a kind, to something, on some days."""
    alliance, calendar = staff.alliance, staff.alliance.book.calendar
    filters = Filters(
        actor or None,
        action or None,
        target.strip() or None,
        calendar.start_of_day(day_number(since)) if since else None,
        calendar.end_of_day(day_number(until)) if until else None,
    )
    with alliance.database.engine.connect() as connection:
        rows = list_log_entries(connection, alliance.id, filters, before or None, A_PAGE + 1)
        keys = {f"key:{key.id}": key.label for key in find_keys(connection, alliance.id)}
    people = names_of_people(staff)
    words = {name: staff.visit.say(word) for name, word in ACTIONS.items()}
    page = LogPage(
        entries=rows[:A_PAGE],
        before=rows[A_PAGE - 1].seq if len(rows) > A_PAGE else 0,
        names=people | keys,
        things=staff.names() | {id_.partition(":")[2]: name for id_, name in (people | keys).items()},
        actors=sorted((people | keys).items(), key=lambda actor: name_order(actor[1])),
        actions=sorted(words.items(), key=lambda each: name_order(each[1])),
        roles=dict(ROLES),
        actor=actor,
        action=action,
        target=target,
        since=since or None,
        until=until or None,
        words=words,
    )
    return show(staff.visit, page)
