"""Look for what is suspicious in the sales that came into the feed since the last look.

No sale waits for it: it reads the feed in the background. Each sale is new once, since the cursor moves in the
transaction that stores what was found; what a finding has counted, its pattern counts no more for that subject.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from coalition.access.user_store import list_users
from coalition.alliance import Alliance
from coalition.events.emit import emit
from coalition.feed.read import events_from, events_of_members, first_since, newest_events, next_seq
from coalition.findings.event_types import FINDING_CREATED
from coalition.findings.finding import SalesFinding
from coalition.findings.finding_rules import FindingRules, find_finding_rules
from coalition.findings.pattern import History, Pattern, Sighting, Surroundings, patterns
from coalition.findings.sale import DAY, LOOKED_AT, SaleEvent, read_sale
from coalition.findings.store import add_finding, advance_cursor, begin_cursor, find_cursor, last_findings
from coalition.ids import random_id
from coalition.members.contacts import Contact
from coalition.members.store import members_by_contacts
from coalition.merchants.store import places_of

AT_ONCE = 2_000
"""Sales that are looked at in one go."""
HISTORY_MAX = 20_000
"""Sales of before that are read for one shop: the newest of a span."""
MEMBERS_AT_ONCE = 500
"""Members whose sales of before are read in one query."""
FIRST_LOOK = DAY
"""How far back the first look of an alliance goes."""
STAFF_MAX = 1_000


class _Lead(NamedTuple):
    """A pattern by its name, its subject, and the member or shop whose sales of before are to be read."""

    pattern: str
    subject: str
    whose: str


def is_behind(alliance: Alliance) -> bool:
    """Whether something came into the feed since the last look."""
    with alliance.database.engine.connect() as connection:
        cursor = find_cursor(connection, alliance.id)
        newest = next_seq(connection, alliance.id) - 1
    return newest > 0 if cursor is None else cursor < newest


def look(alliance: Alliance) -> bool:
    """Look at the next sales; whether there may be more. It may be called again, and by several at once."""
    now = alliance.clock()
    with alliance.database.engine.connect() as connection:
        newest = next_seq(connection, alliance.id) - 1
        cursor = find_cursor(connection, alliance.id)
    if cursor is None:
        with alliance.database.engine.begin() as connection:
            begin_cursor(connection, alliance.id, first_since(connection, alliance.id, now - FIRST_LOOK) - 1)
        return True
    with alliance.database.engine.connect() as connection:
        events = events_from(connection, alliance.id, cursor, AT_ONCE, types=LOOKED_AT)
        rules = find_finding_rules(connection, alliance.id)
        new = [sale for event in events if (sale := read_sale(event)) is not None]
        findings = list(_Look(alliance, connection, rules, now).findings(new))
    is_more = len(events) == AT_ONCE
    reached = events[-1].seq if is_more else max(newest, events[-1].seq if events else 0)
    if reached <= cursor:
        return False
    with alliance.database.engine.begin() as connection:
        if not advance_cursor(connection, alliance.id, cursor, reached):
            return True
        for finding in findings:
            add_finding(connection, alliance.id, finding)
        for finding in findings:
            emit(connection, alliance.id, FINDING_CREATED, now, _payload(finding), shop=finding.shop)
    return is_more


class _Look:
    """One look: what it has read is read once."""

    def __init__(self, alliance: Alliance, connection: Connection, rules: FindingRules, now: int) -> None:
        self._alliance_id = alliance.id
        self._connection = connection
        self._rules = rules
        self._now = now
        self._starts: dict[int, int] = {}
        self._histories: dict[tuple[History, str, int], Sequence[SaleEvent]] = {}
        self._staff: dict[str, frozenset[str]] = {}
        self._around = Surroundings(places_of(connection, alliance.id), self._staff_of)

    def findings(self, new: Sequence[SaleEvent]) -> Iterator[SalesFinding]:
        """What the new sales show, with those of before: one finding of a pattern about a subject at the most."""
        leads = self._leads(new)
        last = last_findings(self._connection, self._alliance_id, (lead[:2] for lead in leads))
        self._read_members(leads)
        for (name, subject, whose), oldest in leads.items():
            pattern, existing = patterns()[name], last.get((name, subject))
            if existing is not None and existing.is_open:
                continue
            counted = 0 if existing is None else existing.until_seq
            limits = self._rules.by_pattern[name].limits
            belongs = pattern.belongs or pattern.subject
            sales = [
                sale
                for sale in self._history(pattern, whose, self._since(pattern, oldest))
                if sale.seq > counted and belongs(sale, self._around) == subject
            ]
            sighting = pattern.look(sales, limits, self._around)
            if sighting is not None:
                yield self._finding(pattern, subject, sighting, max(sale.seq for sale in sales))

    def _leads(self, new: Sequence[SaleEvent]) -> Mapping[_Lead, int]:
        """Whom to look at, each with the instant of the first new sale that speaks against them."""
        leads: dict[_Lead, int] = {}
        for name, pattern in patterns().items():
            if not self._rules.by_pattern[name].is_on:
                continue
            for sale in new:
                subject = pattern.subject(sale, self._around)
                if subject is not None:
                    lead = _Lead(name, subject, sale.member if pattern.history is History.MEMBER else sale.shop)
                    leads[lead] = min(sale.at, leads.get(lead, sale.at))
        return leads

    def _read_members(self, leads: Mapping[_Lead, int]) -> None:
        """Read the sales of all members whom a lead is about, many at once."""
        by_day: dict[int, set[str]] = defaultdict(set)
        for (name, _, whose), oldest in leads.items():
            if patterns()[name].history is History.MEMBER:
                by_day[self._since(patterns()[name], oldest) // DAY].add(whose)
        for day, wanted in by_day.items():
            sales: dict[str, list[SaleEvent]] = {member: [] for member in wanted}
            members = sorted(wanted)
            for at in range(0, len(members), MEMBERS_AT_ONCE):
                some = members[at : at + MEMBERS_AT_ONCE]
                for event in events_of_members(
                    self._connection, self._alliance_id, some, self._start(day) - 1, LOOKED_AT
                ):
                    if (sale := read_sale(event)) is not None:
                        sales[sale.member].append(sale)
            self._histories |= {(History.MEMBER, member, day): sales[member] for member in members}

    def _history(self, pattern: Pattern, whose: str, since: int) -> Sequence[SaleEvent]:
        """The sales of a member or a shop that happened since an instant: none was recorded before it happened."""
        day = since // DAY
        known = pattern.history, whose, day
        if known not in self._histories:
            read = newest_events(
                self._connection,
                self._alliance_id,
                HISTORY_MAX,
                types=LOOKED_AT,
                shop=whose,
                after=self._start(day) - 1,
            )
            self._histories[known] = [sale for event in read if (sale := read_sale(event)) is not None]
        return [sale for sale in self._histories[known] if sale.at >= since]

    def _since(self, pattern: Pattern, oldest: int) -> int:
        """From when on sales count beside a new one of this instant."""
        return oldest - pattern.span(self._rules.by_pattern[pattern.name].limits)

    def _start(self, day: int) -> int:
        """The number of the feed at which a day since 1970 began."""
        if day not in self._starts:
            self._starts[day] = first_since(self._connection, self._alliance_id, day * DAY)
        return self._starts[day]

    def _staff_of(self, shop: str) -> frozenset[str]:
        """The members whose e-mail address is that of somebody who works at a shop."""
        if shop not in self._staff:
            users = list_users(self._connection, self._alliance_id, shop, None, STAFF_MAX)
            addresses = [Contact("email", user.email.lower()) for user in users]
            self._staff[shop] = frozenset(members_by_contacts(self._connection, self._alliance_id, addresses))
        return self._staff[shop]

    def _finding(self, pattern: Pattern, subject: str, sighting: Sighting, until_seq: int) -> SalesFinding:
        sales = sighting.sales
        member = _same(sales, lambda sale: sale.member)
        points = sum(sale.earned for sale in sales) if pattern.may_hold and member is not None else 0
        holds = self._rules.by_pattern[pattern.name].holds_points and points > 0
        return SalesFinding(
            id=random_id("fin"),
            pattern=pattern.name,
            subject=subject,
            shop=_same(sales, lambda sale: sale.shop),
            member=member,
            till=_same(sales, lambda sale: sale.till),
            cashier=_same(sales, lambda sale: sale.cashier),
            figures=sighting.figures,
            evidence=[sale.id for sale in sales],
            points=points,
            by_contact=any(sale.by_contact for sale in sales),
            first_at=sales[0].at,
            last_at=sales[-1].at,
            opened_at=self._now,
            until_seq=until_seq,
            hold_due=holds,
            hold_until=self._now + self._rules.hold_days * DAY if holds else None,
        )


def _same(sales: Sequence[SaleEvent], of: Callable[[SaleEvent], str | None]) -> str | None:
    """What all of these sales have in common; None where they differ."""
    values = {of(sale) for sale in sales}
    return values.pop() if len(values) == 1 else None


def _payload(finding: SalesFinding) -> dict[str, object]:
    return {
        "finding": finding.id,
        "pattern": finding.pattern,
        "shop": finding.shop,
        "figures": dict(finding.figures),
        "evidence": list(finding.evidence),
        "points": finding.points,
    }
