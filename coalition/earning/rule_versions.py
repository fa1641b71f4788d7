"""Rules that an alliance adds and ends, in versions: which of them count for a sale. Pure."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Generic, Protocol, TypeVar

from coalition.earning.rule import Sale
from coalition.errors import CoalitionError, Invalid
from coalition.locale.messages import N_
from settlement import Calendar, date_of

QUARTER = 15 * 60_000_000
"""A quarter of an hour in microseconds: clocks change where one begins, so it lies in one hour of one day."""


class RuleOver(CoalitionError, like=Invalid):
    """A rule whose last day lies before its first, or is over."""

    detail = N_("The last day, {last_day:date}, must not lie before the first, {first_day:date}, or before today.")
    concerns = "last_day"
    first_day: int
    last_day: int


class RuleTerms(Protocol):
    """What a version says of when and where: from `first_day` to the end of `last_day` (yyyymmdd, None for no end)."""

    @property
    def first_day(self) -> int: ...
    @property
    def last_day(self) -> int | None: ...

    def misses(self, shop: str, weekday: int, hour: int) -> object | None:
        """Why it is not for a sale at that shop, day of the week (0 = Monday) and hour; None where it is."""


class Version(Protocol):
    """A version of a rule: `name` is both. It counts from `starts_at` until `ended_at` (µs since 1970 UTC)."""

    @property
    def rule(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def starts_at(self) -> int: ...
    @property
    def ended_at(self) -> int | None: ...
    @property
    def terms(self) -> RuleTerms: ...


V = TypeVar("V", bound=Version)


class RuleVersions(Generic[V]):
    """All versions that ever counted.

    Those that count are found once for each quarter of an hour and shop; most sales come in the latest. The memo is one
    tuple, replaced whole: threads may share it.
    """

    def __init__(self, versions: Iterable[V] = ()) -> None:
        by_rule: dict[str, list[V]] = {}
        for version in sorted(versions, key=lambda each: (each.rule, -each.version)):
            by_rule.setdefault(version.rule, []).append(version)
        self._by_rule = tuple(map(tuple, by_rule.values()))
        self.by_name = {version.name: version for versions in self._by_rule for version in versions}
        ends = (version.ended_at for version in self.by_name.values() if version.ended_at is not None)
        self._changes = sorted({*ends, *(version.starts_at for version in self.by_name.values())})
        self._latest: tuple[int, int, Calendar | None, dict[str, Sequence[V]]] = (0, 0, None, {})

    def in_effect(self, calendar: Calendar, at: int) -> list[V]:
        """Of each rule the version that counts for a sale of that instant, by name."""
        day = calendar.day(at)[0]
        begun = (next((each for each in rule if _begins_by(each, at, day)), None) for rule in self._by_rule)
        return [version for version in begun if version is not None and not _is_over(version, at, day)]

    def for_sale(self, sale: Sale) -> Sequence[V]:
        """Those of them that are for a sale at that shop, on that day, at that hour."""
        since, until, calendar, by_shop = self._latest
        if not since <= sale.at < until or calendar is not sale.calendar:
            since, until = self._span(sale.at)
            by_shop = {}
            self._latest = since, until, sale.calendar, by_shop
        candidates = by_shop.get(sale.shop)
        if candidates is None:
            weekday, hour = weekday_and_hour(sale.calendar, sale.at)
            candidates = by_shop[sale.shop] = [
                version
                for version in self.in_effect(sale.calendar, sale.at)
                if version.terms.misses(sale.shop, weekday, hour) is None
            ]
        return candidates

    def _span(self, at: int) -> tuple[int, int]:
        """The instants around one in which the same versions count, within a quarter of an hour."""
        quarter, place = at - at % QUARTER, bisect_right(self._changes, at)
        since = max(quarter, self._changes[place - 1]) if place else quarter
        until = min(quarter + QUARTER, self._changes[place]) if place < len(self._changes) else quarter + QUARTER
        return since, until


def _begins_by(version: Version, at: int, day: int) -> bool:
    """Whether it has taken over from the version before by that instant, on that day (yyyymmdd)."""
    return version.starts_at <= at and version.terms.first_day <= day


def _is_over(version: Version, at: int, day: int) -> bool:
    """Whether its last day is over, or it was ended."""
    last_day = version.terms.last_day
    return (last_day is not None and last_day < day) or (version.ended_at is not None and version.ended_at <= at)


def weekday_and_hour(calendar: Calendar, at: int) -> tuple[int, int]:
    """The day of the week (0 = Monday) and the hour of an instant, on the clock on the wall."""
    return date_of(calendar.local_date(at)).weekday(), calendar.time_of_day(at).hour


def check_days(terms: RuleTerms, today: int) -> None:
    """Refuse a rule that is over (yyyymmdd) before it begins. Raises RuleOver."""
    if terms.last_day is not None and terms.last_day < max(terms.first_day, today):
        raise RuleOver(terms.first_day, terms.last_day)
