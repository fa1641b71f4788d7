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
├── KeyMalformed           an idempotency key that is empty, too long or no text
├── KeyReused              an idempotency key with other content
├── ContentMalformed       content that can't be written as JSON
└── BookCorrupt            what audit would report, met while posting
"""

from collections.abc import Sequence
from fractions import Fraction
from http import HTTPStatus
from typing import ClassVar

from settlement.facts import NamedFact
from settlement.sentences import N_


class SettlementError(NamedFact):
    """Base of all errors of the book and the clearing house."""


class RateNotPositive(SettlementError):
    """A rate must be more than zero, or a point has no value to settle."""

    code = "rate_not_positive"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Rate not positive")
    remedy = N_("Send a rate of more than zero.")
    detail = N_("The rate is {rate}. Points per unit of money must be more than zero.")
    rate: Fraction


class FeeOutOfRange(SettlementError):
    """A fee is a part of the value: 0 to 10 000 basis points."""

    code = "fee_out_of_range"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Fee out of range")
    remedy = N_("Send 0 to 10000 basis points.")
    detail = N_("{name:code} is {bps}. A fee lies between 0 and 10000 basis points.")
    name: str
    bps: int


class PartsDoNotFit(SettlementError):
    """Lines of a statement that add up to another figure than the total above them, in minor units."""

    code = "parts_do_not_fit"
    detail = N_("The lines add up to {parts} minor units, which does not round to {total}.")
    public = False
    total: int
    parts: Fraction


class NetsNotZero(SettlementError):
    """Positions of a window that do not sum to zero: somebody would pay what nobody receives."""

    code = "nets_not_zero"
    detail = N_("The positions sum to {total} minor units, not to zero.")
    public = False
    total: Fraction


class WaterfallInvalid(SettlementError):
    """A figure of a default that is negative, or out of its range."""

    code = "waterfall_invalid"
    detail = N_("{field:code} is {value}; it must be {allowed}.")
    public = False
    field: str
    value: object
    allowed: str


class WaterfallUnbalanced(SettlementError):
    """A plan whose draws, cuts and uncovered rest do not add up to the loss. In minor units."""

    code = "waterfall_unbalanced"
    detail = N_(
        "The plan accounts for {planned_minor:money} of a shortfall of {shortfall_minor:money}. Do not carry it out."
    )
    public = False
    shortfall_minor: int
    planned_minor: int


class RecoveryTooLarge(SettlementError):
    """A late payment of more than the default still costs others. In minor units."""

    code = "recovery_too_large"
    status = HTTPStatus.CONFLICT
    title = N_("Payment exceeds the loss")
    remedy = N_("Take at most what is still missing.")
    detail = N_(
        "The late payment is {late_payment_minor:money}, and only {open_minor:money} are still missing. "
        "Return the rest to the shop."
    )
    late_payment_minor: int
    open_minor: int


class TermsNotLater(SettlementError):
    """Terms take effect in the future and after those before them: points already issued keep theirs."""

    code = "terms_not_later"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Terms not in the future")
    remedy = N_("Send a moment after now and after the terms before.")
    detail = N_("New terms would take effect at {effective_at:moment}; it must be later than {later_than:moment}.")
    effective_at: int
    later_than: int


class UnknownTimeZone(SettlementError):
    """A time zone that the IANA database does not list."""

    code = "unknown_time_zone"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Unknown time zone")
    remedy = N_("Send an IANA name such as Europe/Berlin.")
    detail = N_("Unknown time zone {name:name}. Use an IANA name such as 'Europe/Berlin'.")
    name: str


class CutoffInvalid(SettlementError):
    """A cut-off that names no weekday, day or time that exists."""

    code = "cutoff_invalid"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Invalid cut-off")
    remedy = N_("Send a day and a time that exist.")
    detail = N_("The cut-off has {field:code} = {value}; use {allowed}.")
    field: str
    value: object
    allowed: str


class InstantOutOfRange(SettlementError):
    """An instant so far away that calendars end before it. In microseconds since 1970 UTC."""

    code = "instant_out_of_range"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Time out of range")
    remedy = N_("Send a time in the years 2 to 9998.")
    detail = N_("{instant} microseconds since 1970 is outside the years 2 to 9998. Check its unit.")
    instant: int


class NoSuchDate(SettlementError):
    """A number that does not read as a date yyyymmdd of the years 2 to 9998."""

    code = "no_such_date"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Invalid date")
    remedy = N_("Send a date that exists.")
    detail = N_("{yyyymmdd} is not a date. Write yyyymmdd, in the years 2 to 9998.")
    yyyymmdd: int


class WindowNotOver(SettlementError):
    """A window closes at its cut-off, never before. Times are microseconds since 1970 UTC."""

    code = "window_not_over"
    status = HTTPStatus.CONFLICT
    title = N_("Window not over")
    remedy = N_("Wait for its cut-off.")
    detail = N_("The window closes at {closes_at:moment}; it is only {now:moment}.")
    closes_at: int
    now: int


class EarlierWindowOpen(SettlementError):
    """Windows close in order: an earlier one with postings in it is still open."""

    code = "earlier_window_open"
    status = HTTPStatus.CONFLICT
    title = N_("Earlier window still open")
    remedy = N_("Close the earlier window first.")
    detail = N_(
        "The window of {opens_at:moment} can't close before the window of {earlier:moment}. Close that one first."
    )
    opens_at: int
    earlier: int


class ParticipantUnknown(SettlementError):
    """No shop, operator or pool of that name in this book."""

    code = "participant_unknown"
    status = HTTPStatus.NOT_FOUND
    title = N_("Participant not found")
    remedy = N_("Check the shop's name.")
    detail = N_("No participant {ref:name} in this alliance.")
    ref: str


class WindowNotFound(SettlementError):
    """No window of this book opens at that instant."""

    code = "window_not_found"
    status = HTTPStatus.NOT_FOUND
    title = N_("Window not found")
    remedy = N_("Check the window's id; it may not be closed yet.")
    detail = N_("No closed window of this alliance opens at {opens_at:moment}.")
    opens_at: int


class PaymentNotFound(SettlementError):
    """No payment of that id in this book."""

    code = "payment_not_found"
    status = HTTPStatus.NOT_FOUND
    title = N_("Payment not found")
    remedy = N_("Check the payment's id.")
    detail = N_("No payment {id:name} in this book. `coalition settle status` lists them.")
    id: str


class PaymentRefused(SettlementError):
    """A step that a payment can't take: the reason says why, and what to do."""

    code = "payment_refused"
    status = HTTPStatus.CONFLICT
    title = N_("Payment step not allowed")
    remedy = N_("Read the payment again; its state has changed.")
    detail = N_("Payment {id}: {why}.")
    id: str
    why: str


class MoneyShort(SettlementError):
    """An account does not cover what is to be taken out, in minor units."""

    code = "money_short"
    status = HTTPStatus.CONFLICT
    title = N_("Not enough money")
    remedy = N_("Pay in the rest first, or take less.")
    detail = N_("{what} holds {held_minor:money}, not {asked_minor:money}. Pay in the rest first.")
    what: str
    held_minor: int
    asked_minor: int


class RailUnknown(SettlementError):
    """A rail by a name that is not plugged in."""

    code = "rail_unknown"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Unknown rail")
    remedy = N_("Name a rail that is set up.")
    detail = N_("No rail {name:name}. The rails are: {known}.")
    name: str
    known: Sequence[str]


class LineNotFound(SettlementError):
    """A movement at a rail that is not there, or that was matched already."""

    code = "line_not_found"
    status = HTTPStatus.NOT_FOUND
    title = N_("Movement not found")
    remedy = N_("Choose one of the unmatched movements.")
    detail = N_("No unmatched movement {line:name} at {rail:name}. `coalition settle match` lists them.")
    rail: str
    line: str


class PosterClosed(SettlementError):
    """The poster is stopping and takes nothing more; what it took before is answered."""

    code = "poster_closed"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = N_("Server stopping")
    remedy = N_("Send it again under the same key in some seconds.")
    detail = N_("The server is stopping. Post again when it is back.")
    retry_after_seconds: ClassVar[int] = 5


class DatabaseUnusable(SettlementError):
    """The database can't be reached or refuses to work. Nothing was posted; the call may be made again."""

    code = "database_unusable"
    detail = N_("Database {url}: {why}.")
    public = False
    url: str
    why: str


class TransactionConflict(DatabaseUnusable):
    """Two transactions wanted the same rows, and this one gave way. Nothing of it was done; again, it comes through."""


class DataRefused(DatabaseUnusable):
    """The database works, but can't store what it was given: a text with a NUL, say. Nothing was posted."""

    code = "data_refused"


class BookNotFound(SettlementError):
    """No book of that name in this database."""

    code = "book_not_found"
    detail = N_("No alliance {name:name} in this database. The alliances are: {known}.")
    public = False
    name: str
    known: Sequence[str] = ()


class BookExists(SettlementError):
    """A book of that name is there already, with other settings."""

    code = "book_exists"
    detail = N_(
        "Alliance {name:name} is already in this database with {field:code} = {existing}, not {asked}. Use "
        "its own settings or another name; `coalition alliance` changes what it has agreed on from a day on."
    )
    public = False
    name: str
    field: str
    existing: object
    asked: object


class KeyMalformed(SettlementError):
    """An idempotency key is a text of 1 to 200 characters on one line."""

    code = "key_malformed"
    status = HTTPStatus.BAD_REQUEST
    title = N_("Malformed key")
    remedy = N_("Send a text on one line, of at most 200 characters together with the shop's name.")
    detail = N_("An Idempotency-Key or external_ref is empty, too long, or has control characters.")
    left_out = ("key",)
    key: str


class KeyReused(SettlementError):
    """An idempotency key came again with other content; the first posting stands."""

    code = "key_reused"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Key already used")
    remedy = N_("Use a new key for a new request, and the same key only to repeat the same request.")
    detail = N_("The key {key:name} was used before with {field:code} = {first}, not {again}. Use a new key.")
    concerns = "{field}"
    key: str
    field: str
    first: object
    again: object


class ContentMalformed(SettlementError):
    """What a key stands for is texts, and integers of 64 bits, by name."""

    code = "content_malformed"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Malformed content")
    remedy = N_("Send texts and numbers of at most 64 bits.")
    detail = N_("The request has more than texts and integers of 64 bits: {why}.")
    left_out = ("key",)
    key: str
    why: str


class BookCorrupt(SettlementError):
    """The stored book breaks one of its own invariants; nothing is posted until it is looked into."""

    code = "book_corrupt"
    detail = N_("The book contradicts itself: {what}.")
    public = False
    what: str
