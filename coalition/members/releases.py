"""Old balances that are released in parts: each part becomes an earn at the shop that stands for it, on its day.

What was promised is a value. Where the alliance has another rate by the day of a part, the part becomes as many points
of that day's rate as are worth the same, rounded down.
"""

from collections.abc import Mapping, Sequence
from math import floor
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from coalition.alliance import Alliance
from coalition.members.tables import releases
from settlement import SettlementError, Terms, month_end
from settlement.ledger import Answer, Earn, Posting

AT_ONCE = 500
"""Parts in one batch."""


class BalanceRelease(NamedTuple):
    """One part: `points` of `shop` for `member` on `release_on` (yyyymmdd), good until `expires_on` where that is set.

    `points` are of the terms `terms_id`, those in effect when the part was promised.

    `ref` is the import's own name of the row, `book_ref` what the book knows it by; `tries` counts the times that the
    book refused it.
    """

    ref: str
    part: int
    member: str
    shop: str
    points: int
    release_on: int
    expires_on: int | None
    tries: int
    refusal: str | None
    book_ref: str
    terms_id: int


_COLUMNS = [releases.c[name] for name in BalanceRelease._fields]
_SETTLE = (
    update(releases)
    .where(
        releases.c.alliance_id == bindparam("here"),
        releases.c.ref == bindparam("its_ref"),
        releases.c.part == bindparam("its_part"),
        releases.c.tries == bindparam("its_tries"),
        releases.c.released_at.is_(None),
    )
    .values(released_at=bindparam("now_released_at"), tries=bindparam("now_tries"), refusal=bindparam("now_refusal"))
)


def add_releases(connection: Connection, alliance_id: int, parts: Sequence[BalanceRelease]) -> None:
    """Promise some parts."""
    if parts:
        connection.execute(insert(releases), [{"alliance_id": alliance_id, **part._asdict()} for part in parts])


def open_releases(connection: Connection, alliance_id: int, member: str) -> list[BalanceRelease]:
    """What is still promised to a member, the next first."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(releases.c.alliance_id == alliance_id, releases.c.member == member, releases.c.released_at.is_(None))
        .order_by(releases.c.release_on, releases.c.ref, releases.c.part)
    )
    return [BalanceRelease(*row) for row in rows]


def points_now(alliance: Alliance, part: BalanceRelease, now: Terms) -> int:
    """The points of today's terms that are worth what the part was worth when it was promised, rounded down."""
    if now.id == part.terms_id:
        return part.points
    return floor(part.points * alliance.minor_per_point(part.terms_id) / now.minor_per_point)


def releases_of_row(connection: Connection, alliance_id: int, ref: str) -> list[tuple[BalanceRelease, int | None]]:
    """The parts of a row in order, each with the time at which it was issued."""
    rows = connection.execute(
        select(*_COLUMNS, releases.c.released_at)
        .where(releases.c.alliance_id == alliance_id, releases.c.ref == ref)
        .order_by(releases.c.part)
    )
    return [(BalanceRelease(*row[:-1]), row[-1]) for row in rows]


def releases_of_member(
    connection: Connection, alliance_id: int, member: str
) -> list[tuple[BalanceRelease, int | None]]:
    """All parts that were ever promised to a member, each with the time at which it was issued."""
    rows = connection.execute(
        select(*_COLUMNS, releases.c.released_at)
        .where(releases.c.alliance_id == alliance_id, releases.c.member == member)
        .order_by(releases.c.ref, releases.c.part)
    )
    return [(BalanceRelease(*row[:-1]), row[-1]) for row in rows]


def forget_refs(connection: Connection, alliance_id: int, members: Sequence[str]) -> None:
    """Call what was issued to these members by what the book knows it by."""
    columns = releases.c
    connection.execute(
        update(releases)
        .where(columns.alliance_id == alliance_id, columns.member.in_(members))
        .values(ref=columns.book_ref)
    )


def drop_releases(connection: Connection, alliance_id: int, member: str) -> None:
    """Promise a member nothing any more."""
    connection.execute(
        delete(releases).where(
            releases.c.alliance_id == alliance_id, releases.c.member == member, releases.c.released_at.is_(None)
        )
    )


def pass_releases_on(connection: Connection, alliance_id: int, from_: str, to: str) -> None:
    """Promise to one member what was promised to another."""
    connection.execute(
        update(releases)
        .where(releases.c.alliance_id == alliance_id, releases.c.member == from_, releases.c.released_at.is_(None))
        .values(member=to)
    )


def release_due(alliance: Alliance) -> int:
    """Issue every part whose day has come; how many were issued. Safe to run twice, or twice at once.

    A part that the book refuses, such as one of a shop at its limit, is tried again next time, under another key.
    """
    issued = 0
    after = ("", 0)
    today = alliance.today
    while due := _due(alliance, today, after):
        terms = alliance.terms_at(alliance.clock())
        postings = [_posting(alliance, part, terms) for part in due]
        to_post = [posting for posting in postings if posting is not None]
        outcomes = iter(alliance.poster.submit(to_post).result() if to_post else ())
        settled = [
            _settled(alliance, part, None if posting is None else next(outcomes))
            for part, posting in zip(due, postings, strict=True)
        ]
        with alliance.database.engine.begin() as connection:
            connection.execute(_SETTLE, settled)
        issued += sum(row["now_released_at"] is not None for row in settled)
        after = due[-1].ref, due[-1].part
    return issued


def _due(alliance: Alliance, today: int, after: tuple[str, int]) -> list[BalanceRelease]:
    ref, part = after
    with alliance.database.engine.connect() as connection:
        rows = connection.execute(
            select(*_COLUMNS)
            .where(
                releases.c.alliance_id == alliance.id,
                releases.c.released_at.is_(None),
                releases.c.release_on <= today,
                (releases.c.ref > ref) | ((releases.c.ref == ref) & (releases.c.part > part)),
            )
            .order_by(releases.c.ref, releases.c.part)
            .limit(AT_ONCE)
        )
        return [BalanceRelease(*row) for row in rows]


def _posting(alliance: Alliance, part: BalanceRelease, terms: Terms) -> Posting | None:
    """The part's earn, which happens now; None where it is worth no whole point any more.

    Its content is the same whatever the rate is by then, so that a second run
    that comes after a change of the rate finds what the first one posted.
    """
    points = points_now(alliance, part, terms)
    if not points:
        return None
    day = alliance.calendar.local_date(alliance.clock())
    expires_on = part.expires_on
    if expires_on is None:
        expires_on = month_end(day, alliance.programme.rules_at(alliance.clock()).expiry_months)
    return Posting(
        f"release:{part.book_ref}:{part.part}:{part.tries}",
        alliance.clock(),
        {
            "type": "release_of_balance",
            "shop": part.shop,
            "member": part.member,
            "points": part.points,
            "ref": part.book_ref,
            "part": part.part,
        },
        (Earn(part.shop, part.member, points, expires_on),),
    )


def _settled(
    alliance: Alliance, part: BalanceRelease, outcome: Answer | SettlementError | None
) -> Mapping[str, int | str | None]:
    """What became of a part, None where there was nothing to issue, which settles it too: the values of `_SETTLE`."""
    refusal = outcome if isinstance(outcome, SettlementError) else outcome and outcome.refusal
    return {
        "here": alliance.id,
        "its_ref": part.ref,
        "its_part": part.part,
        "its_tries": part.tries,
        "now_released_at": None if refusal else alliance.clock(),
        "now_tries": part.tries + 1 if refusal else part.tries,
        "now_refusal": refusal.code if refusal else None,
    }
