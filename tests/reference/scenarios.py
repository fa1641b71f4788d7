"""Random small years that are nasty on purpose: `scenario(seed)` gives PURCHASES.csv and ALLIANCE.toml.

Few members at few shops, so that lots tie, merge, are emptied and earned into again; purchases that crowd
around clock changes, midnights and ends of months, with months without any between them; currencies of no,
two and three decimals; rates that don't divide; names that sort oddly as text.
"""

import csv
from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from random import Random
from zoneinfo import ZoneInfo

# Zones, each with days in whose first hours or just before the clock does something: hours skipped and
# repeated, midnight among them (São Paulo skips it, Havana repeats it), half hours (Lord Howe), a whole day
# left out (Apia). Kathmandu's clock only stands at an odd offset.
CLOCK_CHANGES = {
    "America/New_York": (date(2017, 3, 12), date(2017, 11, 5)),
    "America/Sao_Paulo": (date(2017, 2, 19), date(2017, 10, 15)),
    "America/Havana": (date(2017, 3, 12), date(2017, 11, 5)),
    "Europe/Berlin": (date(2017, 3, 26), date(2017, 10, 29)),
    "Australia/Lord_Howe": (date(2017, 4, 2), date(2017, 10, 1)),
    "Asia/Kathmandu": (date(2016, 2, 29),),
    "Pacific/Apia": (date(2011, 12, 30), date(2012, 4, 1)),
}
CURRENCY_DECIMALS = {"JPY": 0, "EUR": 2, "USD": 2, "KWD": 3}
SHOPS = ("10", "9", "A", "a", "B", "Zoë", "Äpfel", "烤鸭店", "O'Neil & Sons", "Bar, Café", 'The "Inn"', "🍞")
MEMBERS = ("1", "2", "m", "会员", "Ana, jr.")
POINTS_PER_UNIT = ("1", "3", "7", "100", "100", "250", "1000", '"2.5"', "12.5")
EARN_POINTS_PER_UNIT = ("1", "2", "10", '"0.5"', '"1.25"', '"0.333"', "0.7", "2.5", '"33"')
FEES_BPS = (0, 0, 1, 50, 100, 333, 10_000)


def scenario(seed: int) -> tuple[str, str]:
    """A pair of PURCHASES.csv and ALLIANCE.toml; the same for the same seed."""
    random = Random(seed)
    timezone = random.choice(list(CLOCK_CHANGES))
    currency = random.choice(list(CURRENCY_DECIMALS))
    return purchases_text(random, timezone, CURRENCY_DECIMALS[currency]), alliance_text(
        random, f"Scenario {seed}", timezone, currency
    )


def alliance_text(random: Random, name: str, timezone: str, currency: str) -> str:
    return f"""\
name = "{name}"
currency = "{currency}"
timezone = "{timezone}"
points_per_unit = {random.choice(POINTS_PER_UNIT)}
earn_points_per_unit = {random.choice(EARN_POINTS_PER_UNIT)}
expiry_months = {random.randrange(4)}
settlement = "{random.choice(["daily", "weekly", "monthly"])}"
funding = "{random.choice(["on_redemption", "on_issue"])}"
redeem_fee_bps = {random.choice(FEES_BPS)}
issue_fee_bps = {random.choice(FEES_BPS)}
breakage_to = "{random.choice(["issuer", "operator"])}"
"""


def purchases_text(random: Random, timezone: str, decimals: int) -> str:
    members = random.sample(MEMBERS, random.randint(1, 3))
    shops = random.sample(SHOPS, random.randint(1, 5))
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["at", "member", "merchant", "amount", "spend"])
    for at in times(random, timezone):
        member, shop = random.choice(members), random.choice(shops)
        rows.writerow([at, member, shop, amount(random, decimals), spend(random)])
    return text.getvalue()


def times(random: Random, timezone: str) -> list[str]:
    """Up to 100 times in order. In a repeated hour one without offset may be read as earlier."""
    zone = ZoneInfo(timezone)
    day = random.choice(CLOCK_CHANGES[timezone])
    days = around(random, day)
    instants: list[tuple[datetime, str]] = []
    if random.random() < 0.2:
        instants.extend(queue(day, zone))
    for _ in range(random.choice([0, 1, 5, 20, 40, 60])):
        make = random.choice([wall_time, instant])
        instants.append(make(random, random.choice(days), zone))
        if random.random() < 0.15:
            instants.append(instants[-1])
    return [text for _, text in sorted(instants, key=lambda pair: place(*pair, zone))]


def place(at: datetime, text: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Where a row stands in a file: at its instant; what no clock showed stands where the clock skipped it."""
    wall = datetime.fromisoformat(text)
    on_the_wall = at.astimezone(zone).replace(tzinfo=None)
    if wall.tzinfo is not None or wall == on_the_wall:
        return at, on_the_wall
    before = (at - (on_the_wall - wall)).replace(microsecond=0)
    seconds = range(int((on_the_wall - wall).total_seconds()) + 1)
    skipped_after = bisect_left(
        seconds,
        at.astimezone(zone).utcoffset(),
        key=lambda second: (before + timedelta(seconds=second)).astimezone(zone).utcoffset(),
    )
    return before + timedelta(seconds=skipped_after), wall


def around(random: Random, day: date) -> Sequence[date]:
    """The day itself, its neighbours, the turns of the months about it, and days scattered over a year."""
    firsts = [(day.replace(day=1) + timedelta(days=31 * n)).replace(day=1) for n in range(-1, 5)]
    turns = [first - timedelta(days=n) for first in random.sample(firsts, 3) for n in (0, 1)]
    scattered = [day + timedelta(days=random.randint(-120, 240)) for _ in range(random.randint(0, 6))]
    near = [day + timedelta(days=n) for n in (-1, 0, 0, 1)]
    return [*near, *turns, *scattered]


def queue(day: date, zone: ZoneInfo) -> list[tuple[datetime, str]]:
    """Somebody every twenty minutes, from two hours before the day to four into it, in wall time."""
    start = datetime.combine(day, time(0), zone).astimezone(UTC)
    instants = [start + timedelta(minutes=minutes) for minutes in range(-120, 240, 20)]
    return [(at, at.astimezone(zone).replace(tzinfo=None).isoformat()) for at in instants]


def wall_time(random: Random, day: date, zone: ZoneInfo) -> tuple[datetime, str]:
    """A time as a clock on the wall shows it, or never showed it, with the instant that it is read as."""
    at = datetime.combine(day, clock(random))
    return at.replace(tzinfo=zone).astimezone(UTC), at.isoformat()


def instant(random: Random, day: date, zone: ZoneInfo) -> tuple[datetime, str]:
    """A true instant, written in UTC, in the zone with or without its offset, or with another's offset."""
    at = datetime.combine(day, clock(random), UTC) - zone.utcoffset(datetime.combine(day, time(12)))
    local = at.astimezone(zone)
    return at, random.choice(
        [
            at.isoformat().replace("+00:00", "Z"),
            local.isoformat(),
            local.replace(tzinfo=None).isoformat(),
            at.astimezone(ZoneInfo("Asia/Kathmandu")).isoformat(),
        ]
    )


def clock(random: Random) -> time:
    """Midnight and the moments before it, the small hours in which clocks change, or any time."""
    return random.choice(
        [
            time(0, 0, 0),
            time(23, 59, 59),
            time(23, 59, 59, 999999),
            time(23, random.randrange(60)),
            time(random.randrange(4), random.choice([0, 15, 30, 59])),
            time(random.randrange(4), random.randrange(60), random.randrange(60)),
            time(random.randrange(24), random.randrange(60), random.randrange(60)),
        ]
    )


def amount(random: Random, decimals: int) -> str:
    """Money from nothing to much, with as many decimals as it takes or with zeros up to the currency's."""
    size = random.choice([0, 1, 10, 300, 3_000, 3_000, 3_000, 50_000, 2_000_000])
    minor = random.randint(size // 2, size)
    text = f"{minor // 10**decimals}.{minor % 10**decimals:0{decimals}}" if decimals else str(minor)
    return text.rstrip("0").rstrip(".") if decimals and random.random() < 0.3 else text


def spend(random: Random) -> str:
    return random.choice(["", "", "0", "all", "all", "all", str(random.randint(1, 40)), str(random.randint(1, 10**7))])
