"""A second opinion on `coalition replay`, written from the replay contract alone, one sentence after another.

It shares no code with the engine, keeps every lot in one dict and every sum as an exact fraction, and prefers
being obviously right to being fast. `python -m tests.reference.replay PURCHASES.csv ALLIANCE.toml OUT.json`
writes what the engine must write.
"""

import calendar
import csv
import json
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import floor
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

POOL = "pool"
OPERATOR = "operator"

# ISO 4217 currencies whose number of decimals is not two.
DECIMALS = dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"), 0)
DECIMALS |= dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3)


@dataclass(frozen=True)
class Alliance:
    """The rules of ALLIANCE.toml, with every number exact."""

    zone: ZoneInfo
    decimals: int
    points_per_unit: Fraction
    earn_points_per_unit: Fraction
    expiry_months: int
    settlement: str
    funding: str
    redeem_fee: Fraction
    issue_fee: Fraction
    breakage_to: str

    @classmethod
    def read(cls, path: Path) -> "Alliance":
        toml = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
        return cls(
            zone=ZoneInfo(toml["timezone"]),
            decimals=DECIMALS.get(toml["currency"], 2),
            points_per_unit=Fraction(toml["points_per_unit"]),
            earn_points_per_unit=Fraction(toml["earn_points_per_unit"]),
            expiry_months=toml["expiry_months"],
            settlement=toml["settlement"],
            funding=toml["funding"],
            redeem_fee=Fraction(toml["redeem_fee_bps"], 10_000),
            issue_fee=Fraction(toml["issue_fee_bps"], 10_000),
            breakage_to=toml["breakage_to"],
        )

    def minor(self, points: int) -> Fraction:
        """What so many points are worth, in minor units."""
        return points / self.points_per_unit * 10**self.decimals


@dataclass(frozen=True)
class Purchase:
    """A row of PURCHASES.csv; amount in units of money, `asked` is None for `all`."""

    line: int
    instant: datetime
    today: date
    member: str
    merchant: str
    amount: Fraction
    asked: int | None


@dataclass
class Lot:
    """Points that one member earned at one shop and that have one last day."""

    member: str
    issuer: str
    last_day: date
    opened: int
    points: int = 0


@dataclass(frozen=True)
class Event:
    """What a line of the file did to a lot (earned, spent, expired), for checking the sums in another way.

    `instant` decides the window; `shop` is where it happened, the issuer itself when points expire.
    """

    kind: str
    line: int
    instant: datetime
    member: str
    issuer: str
    shop: str
    points: int


@dataclass
class Replay:
    """Everything that the purchases so far have led to."""

    alliance: Alliance
    lots: dict[tuple[str, str, date], Lot] = field(default_factory=dict)
    lots_of_member: dict[str, list[Lot]] = field(default_factory=lambda: defaultdict(list))
    windows: dict[tuple[datetime, datetime], dict[str, Fraction]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Fraction))
    )
    events: list[Event] = field(default_factory=list)
    expired_until: date | None = None

    def purchase(self, row: Purchase) -> None:
        self.expire(row)
        spent = self.spend(row)
        self.earn(row, spent)

    def expire(self, row: Purchase) -> None:
        """Lots whose last day is over expire. On one day none can be over that wasn't at its first row."""
        if row.today == self.expired_until:
            return
        self.expired_until = row.today
        for lot in self.lots.values():
            if lot.last_day < row.today and lot.points > 0:
                instant = midnight(lot.last_day + timedelta(days=1), self.alliance.zone)
                if self.alliance.funding == "on_issue":
                    payee = {"issuer": lot.issuer, "operator": OPERATOR}[self.alliance.breakage_to]
                    self.pay(instant, POOL, payee, self.alliance.minor(lot.points))
                self.note("expired", row.line, instant, lot, lot.issuer, lot.points)
                lot.points = 0

    def spend(self, row: Purchase) -> int:
        lots = [lot for lot in self.lots_of_member[row.member] if lot.points > 0]
        lots.sort(key=lambda lot: (lot.last_day, lot.opened))
        owned = sum(lot.points for lot in lots)
        asked = owned if row.asked is None else row.asked
        spent = min(asked, owned, floor(row.amount * self.alliance.points_per_unit))
        left = spent
        for lot in lots:
            part = min(left, lot.points)
            if part > 0:
                lot.points -= part
                left -= part
                self.redeem(row, lot, part)
        return spent

    def redeem(self, row: Purchase, lot: Lot, points: int) -> None:
        self.note("spent", row.line, row.instant, lot, row.merchant, points)
        if self.alliance.funding == "on_issue":
            payer = POOL
        elif lot.issuer != row.merchant:
            payer = lot.issuer
        else:
            return
        value = self.alliance.minor(points)
        self.pay(row.instant, payer, row.merchant, value)
        self.pay(row.instant, row.merchant, OPERATOR, value * self.alliance.redeem_fee)

    def earn(self, row: Purchase, spent: int) -> None:
        cash = row.amount - spent / self.alliance.points_per_unit
        earned = floor(cash * self.alliance.earn_points_per_unit)
        if earned == 0:
            return  # Nothing was earned, so no lot is opened either.
        last_day = end_of_month(row.today, self.alliance.expiry_months)
        key = (row.member, row.merchant, last_day)
        if key not in self.lots:
            self.lots[key] = Lot(row.member, row.merchant, last_day, opened=len(self.lots))
            self.lots_of_member[row.member].append(self.lots[key])
        self.lots[key].points += earned
        self.note("earned", row.line, row.instant, self.lots[key], row.merchant, earned)
        value = self.alliance.minor(earned)
        if self.alliance.funding == "on_issue":
            self.pay(row.instant, row.merchant, POOL, value)
        self.pay(row.instant, row.merchant, OPERATOR, value * self.alliance.issue_fee)

    def note(self, kind: str, line: int, instant: datetime, lot: Lot, shop: str, points: int) -> None:
        self.events.append(Event(kind, line, instant, lot.member, lot.issuer, shop, points))

    def pay(self, instant: datetime, payer: str, payee: str, minor: Fraction) -> None:
        positions = self.windows[window_of(instant, self.alliance)]
        positions[payer] -= minor
        positions[payee] += minor

    def result(self) -> dict[str, Any]:
        """The content of OUT.json."""
        windows = []
        for (opens_at, closes_at), exact in sorted(self.windows.items()):
            positions = {participant: minor for participant, minor in close(exact).items() if minor != 0}
            if positions:
                windows.append(
                    {
                        "opens_at": opens_at.isoformat(),
                        "closes_at": closes_at.isoformat(),
                        "positions": positions,
                    }
                )
        outstanding: dict[str, int] = defaultdict(int)
        for lot in self.lots.values():
            outstanding[lot.issuer] += lot.points
        totals = {
            kind: sum(event.points for event in self.events if event.kind == kind)
            for kind in ("earned", "spent", "expired")
        }
        return {
            "windows": windows,
            "outstanding": {shop: points for shop, points in outstanding.items() if points != 0},
            **totals,
        }


def close(exact: dict[str, Fraction]) -> dict[str, int]:
    """Rounds each position down, then gives the missing units to the largest remainders, ties by id."""
    rounded = {participant: floor(minor) for participant, minor in exact.items()}
    missing = -sum(rounded.values())
    by_remainder = sorted(exact, key=lambda participant: (rounded[participant] - exact[participant], participant))
    for participant in by_remainder[:missing]:
        rounded[participant] += 1
    return rounded


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """00:00 on the zone's wall clock, read with fold=0 where a clock change skips or repeats it."""
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def window_of(instant: datetime, alliance: Alliance) -> tuple[datetime, datetime]:
    """The one window with opens_at <= instant < closes_at."""
    cuts = cuts_around(instant.astimezone(alliance.zone).date(), alliance.settlement, alliance.zone)
    return max(cut for cut in cuts if cut <= instant), min(cut for cut in cuts if cut > instant)


@cache
def cuts_around(today: date, settlement: str, zone: ZoneInfo) -> list[datetime]:
    """The cut-offs of 35 days either way: the nearest two are among them, whatever the month or the zone."""
    days = (today + timedelta(days=n) for n in range(-35, 36))
    return [midnight(day, zone) for day in days if is_cut(day, settlement)]


def is_cut(day: date, settlement: str) -> bool:
    return {"daily": True, "weekly": day.weekday() == 0, "monthly": day.day == 1}[settlement]


def end_of_month(day: date, months: int) -> date:
    """The last day of the month that is so many months after the day's."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month0 + 1, calendar.monthrange(year, month0 + 1)[1])


def purchases(path: Path, zone: ZoneInfo) -> Iterator[Purchase]:
    with path.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), start=2):
            at = datetime.fromisoformat(row["at"])
            if at.tzinfo is None:
                at = at.replace(tzinfo=zone, fold=0)
            instant = at.astimezone(UTC)
            yield Purchase(
                line=line,
                instant=instant,
                today=instant.astimezone(zone).date(),
                member=row["member"],
                merchant=row["merchant"],
                amount=Fraction(row["amount"]),
                asked=None if row["spend"] == "all" else int(row["spend"] or 0),
            )


def run(purchases_csv: Path, alliance_toml: Path) -> Replay:
    """Replays the file and keeps what led to the result, for those who check it in another way."""
    book = Replay(Alliance.read(alliance_toml))
    for row in purchases(purchases_csv, book.alliance.zone):
        book.purchase(row)
    return book


def replay(purchases_csv: Path, alliance_toml: Path) -> dict[str, Any]:
    """Exactly what OUT.json must hold for these purchases under these rules."""
    return run(purchases_csv, alliance_toml).result()


if __name__ == "__main__":
    purchases_file, alliance_file, out_file = map(Path, sys.argv[1:])
    result = replay(purchases_file, alliance_file)
    out_file.write_text(json.dumps(result, sort_keys=True, indent=1) + "\n", encoding="utf-8")
