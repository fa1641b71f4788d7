"""What an alliance agreed on: its currency, cut-offs, terms and participants, as stored with its book."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import time
from fractions import Fraction

from settlement.calendar import Calendar, Cutoff
from settlement.errors import BookCorrupt, SettlementError
from settlement.ledger.loaded import ExposureLimit
from settlement.ledger.session import Session
from settlement.sentences import Phrase, reason_of
from settlement.terms import Breakage, Funding, Terms


@dataclass(frozen=True, slots=True)
class BookSettings:
    """What a book is opened with and keeps. `minor_digits` is the currency's ISO 4217 exponent."""

    name: str
    currency: str
    minor_digits: int
    timezone: str
    cutoff: Cutoff

    @property
    def calendar(self) -> Calendar:
        """Windows and local dates of the alliance. Raises UnknownTimeZone."""
        return Calendar(self.timezone, self.cutoff)


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
    """Terms in order of effect, and participants by reference and by id, as of one `config_version`."""

    version: int
    terms: tuple[Terms, ...]
    by_ref: dict[str, Participant]
    by_id: dict[int, Participant]


def cutoff_text(cutoff: Cutoff) -> str:
    """A cut-off as it is stored."""
    return json.dumps({**asdict(cutoff), "at": cutoff.at.isoformat()})


def cutoff_from(text: str) -> Cutoff:
    """The cut-off that `cutoff_text` stored."""
    stored = json.loads(text)
    return Cutoff(**{**stored, "at": time.fromisoformat(stored["at"])})


def load_config(session: Session, alliance_id: int, version: int, minor_digits: int) -> Config:
    """Read terms and participants. Raises BookCorrupt."""
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
    return Config(version, terms, {p.ref: p for p in participants}, {p.id: p for p in participants})
