"""What the next run of payments does before it does it: who has not paid, who is paid out of what, what waits and why.

The same rows as the API's; here they are sorted, added up and put into words.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from coalition.ids import window_id
from coalition.locale.messages import N_
from coalition.pages.console.staff_visit import StaffVisit
from settlement import date_of
from settlement.payments import NextAction, PaymentContext, PaymentOutlook, run_outlook

NEXT = {
    NextAction.COLLECT: N_("will be collected"),
    NextAction.DRAW: N_("will be taken from its deposit"),
    NextAction.PAY: N_("will be paid"),
    NextAction.ON_ITS_WAY: N_("on its way"),
    NextAction.CARRY: N_("carried over"),
    NextAction.HOLD: N_("held back"),
    NextAction.WAIT: N_("waits for an account"),
    NextAction.RETRY: N_("tried again later"),
    NextAction.UNCOLLECTED: N_("paid once all is collected"),
    NextAction.SHORT: N_("the cash does not reach"),
}
PARTLY = {
    NextAction.COLLECT: N_("the rest is collected later"),
    NextAction.DRAW: N_("more than its deposit holds"),
    NextAction.PAY: N_("the cash does not reach"),
}
"""Why the rest waits of what the next run moves in part."""


class OutlookSide(StrEnum):
    """Whose rows a list has: those who owe, or those who are owed."""

    OWING = "owing"
    OWED = "owed"


class OutlookOrder(StrEnum):
    """What a list is sorted by."""

    OLDEST = "oldest"
    AMOUNT = "amount"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class ListedOutlook:
    """What comes next for a participant, in words; `since` is when the oldest window closed that it owes something of,
    and `days` how many days ago that was. Both are 0 for who is owed.
    """

    row: PaymentOutlook
    name: str
    next: str
    why: str
    since: int
    days: int


@dataclass(frozen=True, slots=True)
class RunPart:
    """What is done with so many shops, and how much that is, in minor units above zero."""

    label: str
    count: int
    minor: int


@dataclass(frozen=True, slots=True)
class NextRun:
    """The next run: `owing` and `owed` are everybody's rows, `waits` what it moves nothing of, by why, of either side.

    `window` is the last closed one, `cash_minor` what shops may be paid out of, and `owed_minor` what those owe who
    have not paid, `shops` so many, with what is on its way.
    """

    window: str
    cash_minor: int
    owing: list[ListedOutlook]
    owed: list[ListedOutlook]
    shops: int
    owed_minor: int
    due_minor: int
    collects: RunPart
    pays: RunPart
    waits: dict[OutlookSide, list[RunPart]]

    @property
    def sides(self) -> dict[OutlookSide, list[ListedOutlook]]:
        """The rows by side."""
        return {OutlookSide.OWING: self.owing, OutlookSide.OWED: self.owed}


def next_run(staff: StaffVisit, context: PaymentContext, names: dict[str, str], window: int) -> NextRun:
    """What a run does now, after the last closed window."""
    cash_minor, rows = run_outlook(context)
    listed = [_in_words(staff, row, names) for row in rows]
    owing = [each for each in listed if each.row.net_minor < 0]
    owed = [each for each in listed if each.row.net_minor >= 0]
    return NextRun(
        window=window_id(window),
        cash_minor=cash_minor,
        owing=owing,
        owed=owed,
        shops=len({each.row.participant for each in owing}),
        owed_minor=-sum(each.row.net_minor for each in owing),
        due_minor=sum(each.row.net_minor for each in owed),
        collects=_moving(owing),
        pays=_moving(owed),
        waits={
            side: _waiting(staff, rows_of) for side, rows_of in ((OutlookSide.OWING, owing), (OutlookSide.OWED, owed))
        },
    )


def sorted_outlook(listed: Sequence[ListedOutlook], order: OutlookOrder) -> list[ListedOutlook]:
    """By how long something is owed, the longest first; by the amount, the largest first; or by name."""
    by_amount = sorted(listed, key=lambda each: (-abs(each.row.net_minor), each.name, each.row.participant))
    if order is OutlookOrder.OLDEST:
        return sorted(by_amount, key=lambda each: -each.days)
    return by_amount if order is OutlookOrder.AMOUNT else sorted(by_amount, key=lambda each: each.name)


def _in_words(staff: StaffVisit, row: PaymentOutlook, names: dict[str, str]) -> ListedOutlook:
    alliance = staff.alliance
    since = alliance.calendar.window(row.oldest_window)[1] if row.oldest_window else 0
    closed_on = date_of(alliance.calendar.local_date(since)) if since else None
    return ListedOutlook(
        row,
        names.get(row.participant, row.participant),
        staff.visit.say(NEXT[row.action]),
        staff.visit.reason(row.why),
        since,
        0 if closed_on is None else (date_of(alliance.today) - closed_on).days,
    )


def _moving(rows: Sequence[ListedOutlook]) -> RunPart:
    now = [each.row for each in rows if each.row.now_minor]
    return RunPart("", len(now), sum(row.now_minor for row in now))


def _waiting(staff: StaffVisit, rows: Sequence[ListedOutlook]) -> list[RunPart]:
    """What is neither on its way nor moved now, by why; the largest first."""
    parts = defaultdict[str, list[int]](list)
    for row in (each.row for each in rows):
        if row.waiting_minor:
            label = PARTLY.get(row.action, NEXT[row.action])
            parts[label].append(row.waiting_minor)
    waits = [RunPart(staff.visit.say(label), len(minors), sum(minors)) for label, minors in parts.items()]
    return sorted(waits, key=lambda part: -part.minor)
