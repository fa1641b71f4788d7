"""Every error of the settlement package: named facts that carry their values.

SettlementError
├── RateNotPositive        a rate of zero or less
├── FeeOutOfRange          a fee below 0 or above 10 000 bps
├── PartsDoNotFit          lines that do not add up to their total
├── NetsNotZero            positions that should cancel do not
├── WaterfallInvalid       a figure that no loss can be shared out by
├── WaterfallUnbalanced    a plan that covers more or less than the loss
├── RecoveryTooLarge       a late payment of more than is still missing
├── TermsNotLater          new terms that would take effect in the past
├── UnknownTimeZone        a zone that the tz database does not know
├── CutoffInvalid          a cut-off on a day or at a time that does not exist
├── InstantOutOfRange      an instant outside the years 2 to 9998
├── NoSuchDate             a yyyymmdd that is no date of those years
├── WindowNotOver          a close before the cut-off
├── EarlierWindowOpen      windows close in order
├── ParticipantUnknown     no such shop in this book
├── WindowNotFound         no such window in this book
├── PaymentNotFound        no such payment in this book
├── PaymentRefused         a step that a payment can't take now
├── MoneyShort             an account that does not cover what is to be taken out
├── RailUnknown            a rail that is not plugged in
├── LineNotFound           no such movement at a rail, or one that has its place already
├── PosterClosed           a posting after the poster was told to stop
├── DatabaseUnusable       a database that can't be reached, or refuses to work
│   └── DataRefused        … that refuses what it was given
├── BookNotFound           no such alliance
├── BookExists             an alliance of that name with other settings
├── KeyMalformed           an idempotency key that is empty, too long or unprintable
├── KeyReused              an idempotency key with other content
├── ContentMalformed       content that can't be written as JSON
└── BookCorrupt            what audit would report, met while posting
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TypeVar

E = TypeVar("E", bound=Exception)


def _iso(instant: int) -> str:
    """Microseconds since 1970 UTC as people write an instant."""
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)).isoformat()
    except OverflowError:
        return f"{instant} µs"


class NamedFact(Exception):
    """An error that is made from its values, and keeps them and its text wherever it is copied or pickled to."""

    def __reduce__(self) -> tuple[object, ...]:
        # An exception is otherwise made again from its text, which is not what these are made from.
        return _made_again, (type(self), self.args, vars(self))


def _made_again(cls: type[E], args: tuple[object, ...], values: Mapping[str, object]) -> E:
    error = cls.__new__(cls, *args)
    vars(error).update(values)
    return error


class SettlementError(NamedFact):
    """Base of all errors of the book and the clearing house. `code` is stable, the text may change."""

    code = "settlement_error"


class RateNotPositive(SettlementError):
    """A rate must be more than zero, or a point has no value to settle."""

    code = "rate_not_positive"

    def __init__(self, rate: Fraction) -> None:
        self.rate = rate
        super().__init__(f"the rate is {rate}; points per unit of money must be more than zero")


class FeeOutOfRange(SettlementError):
    """A fee is a part of the value: 0 to 10 000 basis points."""

    code = "fee_out_of_range"

    def __init__(self, name: str, bps: int) -> None:
        self.name, self.bps = name, bps
        super().__init__(f"{name} is {bps}; a fee lies between 0 and 10000 basis points")


class PartsDoNotFit(SettlementError):
    """Lines of a statement that add up to another figure than the total above them, in minor units."""

    code = "parts_do_not_fit"

    def __init__(self, total: int, parts: Fraction) -> None:
        self.total, self.parts = total, parts
        super().__init__(f"lines add up to {parts} minor units, which does not round to {total}")


class NetsNotZero(SettlementError):
    """Positions of a window that do not sum to zero: somebody would pay what nobody receives."""

    code = "nets_not_zero"

    def __init__(self, total: Fraction) -> None:
        self.total = total
        super().__init__(f"positions sum to {total} minor units, not to zero")


class WaterfallInvalid(SettlementError):
    """A figure of a default that is negative, or out of its range."""

    code = "waterfall_invalid"

    def __init__(self, field: str, value: object, allowed: str) -> None:
        self.field, self.value, self.allowed = field, value, allowed
        super().__init__(f"{field} is {value}; it must be {allowed}")


class WaterfallUnbalanced(SettlementError):
    """A plan whose draws, cuts and uncovered rest do not add up to the loss. In minor units."""

    code = "waterfall_unbalanced"

    def __init__(self, shortfall_minor: int, planned_minor: int) -> None:
        self.shortfall_minor, self.planned_minor = shortfall_minor, planned_minor
        super().__init__(
            f"the plan accounts for {planned_minor} minor units of a shortfall of {shortfall_minor}; "
            f"do not carry it out"
        )


class RecoveryTooLarge(SettlementError):
    """A late payment of more than the default still costs others. In minor units."""

    code = "recovery_too_large"

    def __init__(self, late_payment_minor: int, open_minor: int) -> None:
        self.late_payment_minor, self.open_minor = late_payment_minor, open_minor
        super().__init__(
            f"a late payment of {late_payment_minor} minor units, and only {open_minor} are still missing; "
            f"give the rest back to the shop"
        )


class TermsNotLater(SettlementError):
    """Terms take effect in the future and after those before them: points already issued keep theirs."""

    code = "terms_not_later"

    def __init__(self, effective_at: int, later_than: int) -> None:
        self.effective_at, self.later_than = effective_at, later_than
        super().__init__(
            f"new terms would take effect at {_iso(effective_at)}, which must lie after {_iso(later_than)}"
        )


class UnknownTimeZone(SettlementError):
    """A time zone that the IANA database does not list."""

    code = "unknown_time_zone"

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"unknown time zone {name!r}; use an IANA name such as 'Europe/Berlin'")


class CutoffInvalid(SettlementError):
    """A cut-off that names no weekday, day or time that exists."""

    code = "cutoff_invalid"

    def __init__(self, field: str, value: object, allowed: str) -> None:
        self.field, self.value, self.allowed = field, value, allowed
        super().__init__(f"cut-off with {field} = {value}; use {allowed}")


class InstantOutOfRange(SettlementError):
    """An instant so far away that calendars end before it. In microseconds since 1970 UTC."""

    code = "instant_out_of_range"

    def __init__(self, instant: int) -> None:
        self.instant = instant
        super().__init__(f"{instant} microseconds since 1970 is outside the years 2 to 9998; check its unit")


class NoSuchDate(SettlementError):
    """A number that does not read as a date yyyymmdd of the years 2 to 9998."""

    code = "no_such_date"

    def __init__(self, yyyymmdd: int) -> None:
        self.yyyymmdd = yyyymmdd
        super().__init__(f"{yyyymmdd} is not a date; write yyyymmdd, in the years 2 to 9998")


class WindowNotOver(SettlementError):
    """A window closes at its cut-off, never before. Times are microseconds since 1970 UTC."""

    code = "window_not_over"

    def __init__(self, closes_at: int, now: int) -> None:
        self.closes_at = closes_at
        self.now = now
        super().__init__(f"the window closes at {_iso(closes_at)}, and it is only {_iso(now)}")


class EarlierWindowOpen(SettlementError):
    """Windows close in order: an earlier one with postings in it is still open."""

    code = "earlier_window_open"

    def __init__(self, opens_at: int, earlier: int) -> None:
        self.opens_at, self.earlier = opens_at, earlier
        super().__init__(f"the window of {_iso(opens_at)} can't close before that of {_iso(earlier)}; close that first")


class ParticipantUnknown(SettlementError):
    """No shop, operator or pool of that name in this book."""

    code = "participant_unknown"

    def __init__(self, ref: str) -> None:
        self.ref = ref
        super().__init__(f"no participant {ref!r} in this alliance")


class WindowNotFound(SettlementError):
    """No window of this book opens at that instant."""

    code = "window_not_found"

    def __init__(self, opens_at: int) -> None:
        self.opens_at = opens_at
        super().__init__(f"no closed window of this alliance opens at {_iso(opens_at)}")


class PaymentNotFound(SettlementError):
    """No payment of that id in this book."""

    code = "payment_not_found"

    def __init__(self, id_: str) -> None:
        self.id = id_
        super().__init__(f"no payment {id_!r} in this book; `coalition settle status` lists them")


class PaymentRefused(SettlementError):
    """A step that a payment can't take: the sentence says why, and what to do."""

    code = "payment_refused"

    def __init__(self, id_: str, why: str) -> None:
        self.id, self.why = id_, why
        super().__init__(f"payment {id_}: {why}")


class MoneyShort(SettlementError):
    """What is there does not cover what is to be taken out, in minor units."""

    code = "money_short"

    def __init__(self, what: str, there_minor: int, asked_minor: int) -> None:
        self.what, self.there_minor, self.asked_minor = what, there_minor, asked_minor
        super().__init__(f"{what} holds {there_minor} minor units, not {asked_minor}; pay in the rest first")


class RailUnknown(SettlementError):
    """A rail by a name that is not plugged in."""

    code = "rail_unknown"

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name, self.known = name, tuple(known)
        super().__init__(f"no rail {name!r}; there are: {', '.join(known)}")


class LineNotFound(SettlementError):
    """A movement at a rail that is not there, or that was matched already."""

    code = "line_not_found"

    def __init__(self, rail: str, line: str) -> None:
        self.rail, self.line = rail, line
        super().__init__(f"no unmatched movement {line!r} at {rail!r}; `coalition settle match` lists them")


class PosterClosed(SettlementError):
    """The poster is stopping and takes nothing more; what it took before is answered."""

    code = "poster_closed"

    def __init__(self) -> None:
        super().__init__("the poster is stopping; post again when it is back")


class DatabaseUnusable(SettlementError):
    """The database can't be reached or refuses to work. Nothing was posted; the call may be made again."""

    code = "database_unusable"

    def __init__(self, url: str, why: str) -> None:
        self.url, self.why = url, why
        super().__init__(f"database {url}: {why}")


class DataRefused(DatabaseUnusable):
    """The database works, but can't store what it was given: a text with a NUL, say. Nothing was posted."""

    code = "data_refused"


class BookNotFound(SettlementError):
    """No book of that name in this database."""

    code = "book_not_found"

    def __init__(self, name: str, known: Sequence[str] = ()) -> None:
        self.name = name
        self.known = tuple(known)
        hint = f"; there are: {', '.join(known)}" if known else "; there are none yet"
        super().__init__(f"no alliance called {name!r} in this database{hint}")


class BookExists(SettlementError):
    """A book of that name is there already, with other settings."""

    code = "book_exists"

    def __init__(self, name: str, field: str, there: object, asked: object) -> None:
        self.name, self.field, self.there, self.asked = name, field, there, asked
        super().__init__(
            f"alliance {name!r} is already in this database with {field} = {there}, not {asked}; "
            f"use its own settings or another name"
        )


class KeyMalformed(SettlementError):
    """An idempotency key has 1 to 200 printable characters."""

    code = "key_malformed"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(f"key {key[:40]!r} ({len(key)} characters) is not 1 to 200 printable characters")


class KeyReused(SettlementError):
    """An idempotency key came again with other content; the first posting stands."""

    code = "key_reused"

    def __init__(self, key: str, field: str, first: object, again: object) -> None:
        self.key, self.field, self.first, self.again = key, field, first, again
        super().__init__(f"key {key!r} was used before with {field} = {first!r}, not {again!r}; take a new key")


class ContentMalformed(SettlementError):
    """What a key stands for is texts, and integers of 64 bits, by name."""

    code = "content_malformed"

    def __init__(self, key: str, why: str) -> None:
        self.key, self.why = key, why
        super().__init__(f"content under key {key[:40]!r} is not texts and integers of 64 bits by name: {why}")


class BookCorrupt(SettlementError):
    """The stored book breaks one of its own invariants; nothing is posted until it is looked into."""

    code = "book_corrupt"

    def __init__(self, what: str) -> None:
        self.what = what
        super().__init__(what)
