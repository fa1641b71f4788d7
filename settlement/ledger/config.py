"""What an alliance agreed on: its currency, cut-offs, terms and participants, as stored with its book."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import time
from fractions import Fraction

from settlement.calendar import FOREVER_AGO, Calendar, Cutoff
from settlement.errors import BookCorrupt, SettlementError
from settlement.ledger.loaded import ExposureLimit
from settlement.ledger.session import Session
from settlement.sentences import Phrase, reason_of
from settlement.terms import Breakage, Funding, Terms


@dataclass(frozen=True, slots=True)
class BookSettings:
    """What a book is opened with. `minor_digits` is the currency's ISO 4217 exponent.

    The currency stays. Name, time zone and cut-offs are those of an era, which begins at `since` (microseconds since
    1970 UTC), where a window of the era before ends.
    """

    name: str
    currency: str
    minor_digits: int
    timezone: str
    cutoff: Cutoff
    since: int = FOREVER_AGO

    @property
    def calendar(self) -> Calendar:
        """Windows and local dates of this era alone. Raises UnknownTimeZone."""
        return Calendar(self.timezone, self.cutoff)

    def has_windows_of(self, other: "BookSettings") -> bool:
        """Whether both have the same time zone and cut-offs."""
        return (self.timezone, self.cutoff) == (other.timezone, other.cutoff)


@dataclass(frozen=True, slots=True)
class Participant:
    """A shop, the operator or the pool, with what it may do. `limit` None means that there is none.

    One that may not issue (redeem) any more may still do so for sales of before `issued_until` (`redeemed_until`),
    microseconds since 1970 UTC: they come from tills that were offline. None where they don't count either.
    """

    id: int
    ref: str
    may_issue: bool = True
    may_redeem: bool = True
    limit: ExposureLimit | None = None
    issued_until: int | None = None
    redeemed_until: int | None = None

    def issues_at(self, instant: int) -> bool:
        """Whether it may issue points for a sale of that time (microseconds since 1970 UTC)."""
        return self.may_issue or (self.issued_until is not None and instant < self.issued_until)

    def redeems_at(self, instant: int) -> bool:
        """Whether it takes points for a sale of that time (microseconds since 1970 UTC)."""
        return self.may_redeem or (self.redeemed_until is not None and instant < self.redeemed_until)

    def stop(self, at: int, *, may_redeem: bool = False) -> "Participant":
        """The same as it is from an instant on at which it stops to issue, or to do either."""
        issued_until = at if self.may_issue else self.issued_until
        redeemed_until = at if self.may_redeem else self.redeemed_until
        return replace(
            self,
            may_issue=False,
            may_redeem=may_redeem,
            issued_until=issued_until,
            redeemed_until=None if may_redeem else redeemed_until,
        )


@dataclass(frozen=True, slots=True)
class Config:
    """Terms and eras in order of effect, participants by reference and by id, as of one `config_version`.

    `calendar` has the windows and local dates of all eras.
    """

    version: int
    eras: tuple[BookSettings, ...]
    calendar: Calendar
    terms: tuple[Terms, ...]
    by_ref: dict[str, Participant]
    by_id: dict[int, Participant]

    def settings_at(self, instant: int) -> BookSettings:
        """What is in effect at an instant."""
        return settings_at(self.eras, instant)


def settings_at(eras: Sequence[BookSettings], instant: int) -> BookSettings:
    """What is in effect at an instant, of eras in order of effect."""
    return next(settings for settings in reversed(eras) if settings.since <= instant)


def calendar_of(eras: Sequence[BookSettings]) -> Calendar:
    """Windows and local dates of eras in order of effect. Raises UnknownTimeZone."""
    calendar, latest = eras[0].calendar, eras[0]
    for settings in eras[1:]:
        if not settings.has_windows_of(latest):
            calendar = calendar.then(settings.since, settings.timezone, settings.cutoff)
        latest = settings
    return calendar


def cutoff_text(cutoff: Cutoff) -> str:
    """A cut-off as it is stored."""
    return json.dumps({**asdict(cutoff), "at": cutoff.at.isoformat()})


def cutoff_from(text: str) -> Cutoff:
    """The cut-off that `cutoff_text` stored."""
    stored = json.loads(text)
    return Cutoff(**{**stored, "at": time.fromisoformat(stored["at"])})


def load_eras(session: Session, alliance_id: int) -> tuple[BookSettings, ...]:
    """What a book was opened with, and what was agreed on since, in order of effect."""
    (opened,) = session.rows(
        "SELECT name, currency, minor_digits, timezone, cutoff FROM books WHERE alliance_id = ?", alliance_id
    )
    name, currency, minor_digits, timezone, cutoff = opened
    since = session.rows(
        "SELECT name, timezone, cutoff, starts_at FROM eras WHERE alliance_id = ? ORDER BY starts_at", alliance_id
    )
    eras = [(name, timezone, cutoff, FOREVER_AGO), *since]
    return tuple(
        BookSettings(name, currency, minor_digits, timezone, cutoff_from(cutoff), starts_at)
        for name, timezone, cutoff, starts_at in eras
    )


def load_config(session: Session, alliance_id: int, version: int) -> Config:
    """Read eras, terms and participants. Raises BookCorrupt."""
    eras = load_eras(session, alliance_id)
    minor_digits = eras[0].minor_digits
    stated = session.rows(
        "SELECT id, effective_at, points_per_unit, funding, redeem_fee_bps, issue_fee_bps, breakage_to "
        "FROM terms WHERE alliance_id = ? ORDER BY effective_at",
        alliance_id,
    )
    try:
        terms = tuple(
            Terms(id_, effective_at, Fraction(rate), minor_digits, Funding(funding), redeem, issue, Breakage(to))
            for id_, effective_at, rate, funding, redeem, issue, to in stated
        )
    except (ValueError, SettlementError) as error:
        raise BookCorrupt(
            Phrase(
                "the terms of alliance {alliance} can't be read ({reason})",
                alliance=alliance_id,
                reason=reason_of(error),
            )
        ) from error
    rows = session.rows(
        "SELECT id, ref, may_issue, may_redeem, credit_minor, alert_bps, reserve_bps, issued_until, redeemed_until "
        "FROM participants WHERE alliance_id = ? ORDER BY id",
        alliance_id,
    )
    participants = [
        Participant(
            id_,
            ref,
            bool(may_issue),
            bool(may_redeem),
            None if credit_minor is None else ExposureLimit(credit_minor, alert_bps, reserve_bps),
            issued_until,
            redeemed_until,
        )
        for (
            id_,
            ref,
            may_issue,
            may_redeem,
            credit_minor,
            alert_bps,
            reserve_bps,
            issued_until,
            redeemed_until,
        ) in rows
    ]
    return Config(
        version, eras, calendar_of(eras), terms, {p.ref: p for p in participants}, {p.id: p for p in participants}
    )
