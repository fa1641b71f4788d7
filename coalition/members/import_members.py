"""Take over members of an older scheme, with balances that are released in parts on days of their own.

Each row stands alone: it is taken whole or not at all, and has its own answer. Its `ref`, the older scheme's own
name for the member, makes it happen once: sent again, the same row changes nothing, another one is refused.
"""

import hmac
import json
from collections.abc import Collection, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, or_, select, text, update

from coalition.access.caller import Caller
from coalition.alliance import Alliance
from coalition.approvals.approval import Payload
from coalition.approvals.approvals import Approvals
from coalition.members.enrol_member import (
    ContactRaced,
    NewMember,
    announce_enrolled,
    contacts_to_enrol,
    enrol_within,
)
from coalition.members.errors import ImportInvalid, MemberError
from coalition.members.hooks import call_contact_hooks
from coalition.members.member import MemberProfile
from coalition.members.releases import BalanceRelease, add_releases
from coalition.members.store import resolve_merged
from coalition.members.tables import imported_rows
from settlement import Phrase
from settlement.ledger import NEVER, OPERATOR, POOL

IMPORT_POINTS = "import_points"
ALONE_POINTS_MAX = 10_000
"""The points that one person may import alone, unless the alliance sets another limit."""
PARTS_MAX = 60
POINTS_MAX = 10**12
LATEST = date(2999, 12, 31)
"""Between these a part is released, and points expire."""
AT_ONCE = 100
"""Rows in one transaction, during which nobody else enrols a member."""

_EARLIER = select(imported_rows).where(
    imported_rows.c.alliance_id == bindparam("alliance_id"),
    or_(imported_rows.c.ref == bindparam("ref"), imported_rows.c.ref == bindparam("book_ref")),
)
_KEEP = text(
    "INSERT INTO imported_rows (alliance_id, ref, fingerprint, member, enrolled) "
    "VALUES (:alliance_id, :ref, :fingerprint, :member, :enrolled) ON CONFLICT DO NOTHING"
)


class Part(NamedTuple):
    """Points that are released on a day (yyyymmdd)."""

    points: int
    release_on: int


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of the older scheme. `shop` stands for the points; they are good until `expires_on` (yyyymmdd), or as
    long from their release as the alliance's points are.
    """

    ref: str
    phone: str | None
    email: str | None
    profile: MemberProfile
    consents: Mapping[str, bool]
    shop: str | None
    parts: Sequence[Part]
    expires_on: int | None


class ImportedMember(NamedTuple):
    """The member of a row: `new` where the row enrolled them, `again` where it was imported before."""

    member: str
    new: bool
    again: bool

    @property
    def enrolled_now(self) -> bool:
        """Whether this import enrolled them, and no earlier one."""
        return self.new and not self.again


def check_import(alliance: Alliance, approvals: Approvals, caller: Caller, rows: Sequence[MemberRow]) -> None:
    """Let the caller import the points of rows that are new.

    Raises ApprovalAwaited and PersonNeeded where they are more than one person may import.
    """
    before = _refs_before(alliance, rows)
    points = sum(part.points for row in rows if row.ref not in before for part in row.parts)
    if not points:
        return
    # Of the rows the approval has a keyed hash only: personal data stays where it can be erased.
    prints = b"".join(_fingerprint(alliance, row) for row in rows)
    asked: Payload = {"rows": len(rows), "points": points, "sha256": sha256(prints).hexdigest()}
    approvals.check_alone(caller, IMPORT_POINTS, points, alliance.worth_at_most(points), asked)


def imported_before(alliance: Alliance, rows: Sequence[MemberRow]) -> int:
    """How many of these rows were imported before."""
    return len(_refs_before(alliance, rows))


def _refs_before(alliance: Alliance, rows: Sequence[MemberRow]) -> Collection[str]:
    with alliance.database.engine.connect() as connection:
        parts = [rows[at : at + AT_ONCE] for at in range(0, len(rows), AT_ONCE)]
        return {ref for part in parts for ref in _imported(connection, alliance, part)}


def find_problems(alliance: Alliance, rows: Sequence[MemberRow]) -> list[MemberError | None]:
    """What can be seen to be wrong with each row before it is imported; None where nothing is."""
    shops = _shops(alliance)
    problems: list[MemberError | None] = []
    for row in rows:
        try:
            _check(row, shops)
            contacts_to_enrol(alliance, row.phone, row.email, row.profile)
            problems.append(None)
        except MemberError as error:
            problems.append(error)
    return problems


def import_rows(alliance: Alliance, rows: Sequence[MemberRow]) -> list[ImportedMember | MemberError]:
    """Import rows, each with its own answer: ImportInvalid, ContactInvalid, ContactNeeded, ContactsDiffer and
    BirthdayInvalid say why a row was not taken.
    """
    shops = _shops(alliance)
    imported = [
        answer
        for first in range(0, len(rows), AT_ONCE)
        for answer in _import_at_once(alliance, rows[first : first + AT_ONCE], shops)
    ]
    call_contact_hooks(alliance, [done.member for done in imported if isinstance(done, ImportedMember) and done.new])
    return imported


def _shops(alliance: Alliance) -> Collection[str]:
    with closing(alliance.database.session()) as session:
        return alliance.book.config(session).by_ref.keys() - {OPERATOR, POOL}


def _import_at_once(
    alliance: Alliance, rows: Sequence[MemberRow], shops: Collection[str]
) -> list[ImportedMember | MemberError]:
    """Import some rows in one transaction: what is wrong with a row shows before anything of it is written."""
    terms = alliance.terms_at(alliance.clock())
    while True:
        imported: list[ImportedMember | MemberError] = []
        try:
            with alliance.database.engine.begin() as connection:
                for row in rows:
                    try:
                        _check(row, shops)
                        imported.append(_import(connection, alliance, row, terms.id))
                    except MemberError as error:
                        imported.append(error)
                enrolled = [done.member for done in imported if isinstance(done, ImportedMember) and done.enrolled_now]
                announce_enrolled(connection, alliance, enrolled)
        except ContactRaced:
            continue
        return imported


def _check(row: MemberRow, shops: Collection[str]) -> None:
    if row.parts and row.shop is None:
        raise ImportInvalid(row.ref, "shop", Phrase("name the shop that stands for the points"))
    if row.shop is not None and row.shop not in shops:
        raise ImportInvalid(row.ref, "shop", Phrase("there is no shop {shop:name}", shop=row.shop))
    last = max((part.release_on for part in row.parts), default=0)
    if last > (row.expires_on or NEVER):
        raise ImportInvalid(
            row.ref, "expires_on", Phrase("the points would expire before the last of them is released")
        )


def _import(connection: Connection, alliance: Alliance, row: MemberRow, terms_id: int) -> ImportedMember:
    here, fingerprint = alliance.id, _fingerprint(alliance, row)
    book_name = book_ref(alliance, row.ref)
    keys = {"alliance_id": here, "ref": row.ref, "book_ref": book_name}
    earlier = connection.execute(_EARLIER, keys).one_or_none()
    if earlier is not None:
        if bytes(earlier.fingerprint) != fingerprint:
            raise ImportInvalid(row.ref, "ref", Phrase("another row of that name was imported before"))
        return ImportedMember(earlier.member, earlier.enrolled, again=True)
    if row.expires_on is not None and row.expires_on < alliance.today:
        raise ImportInvalid(row.ref, "expires_on", Phrase("the points would be over already; leave out what is over"))
    done = enrol_within(connection, alliance, NewMember(row.phone, row.email, row.profile, row.consents))
    member = done.member if done.new else resolve_merged(connection, here, done.member).id
    kept = connection.execute(
        _KEEP,
        {"alliance_id": here, "ref": row.ref, "fingerprint": fingerprint, "member": member, "enrolled": done.new},
    )
    if kept.rowcount != 1:
        # The same row came twice at once; the next try finds what the other one stored.
        raise ContactRaced
    add_releases(
        connection,
        here,
        [
            BalanceRelease(
                row.ref,
                number,
                member,
                row.shop or "",
                part.points,
                part.release_on,
                row.expires_on,
                0,
                None,
                book_name,
                terms_id,
            )
            for number, part in enumerate(row.parts, start=1)
        ],
    )
    return ImportedMember(member, done.new, again=False)


def book_ref(alliance: Alliance, ref: str) -> str:
    """What the book knows a row by: a keyed hash of its ref, which may have somebody's name in it."""
    return hmac.digest(alliance.programme.secret, b"import ref\0" + ref.encode(), sha256).hex()[:32]


def forget_rows(connection: Connection, alliance: Alliance, members: Sequence[str]) -> None:
    """Keep of these members' rows no more than hashes, by which a row that comes again is known."""
    columns = imported_rows.c
    rows = connection.execute(
        select(columns.ref).where(columns.alliance_id == alliance.id, columns.member.in_(members))
    )
    for ref in rows.scalars().all():
        mine = columns.alliance_id == alliance.id, columns.ref == ref
        connection.execute(update(imported_rows).where(*mine).values(ref=book_ref(alliance, ref)))


def _imported(connection: Connection, alliance: Alliance, rows: Sequence[MemberRow]) -> Collection[str]:
    """Which of these rows were imported before, by ref."""
    refs = {row.ref: row.ref for row in rows} | {book_ref(alliance, row.ref): row.ref for row in rows}
    here = (imported_rows.c.alliance_id == alliance.id, imported_rows.c.ref.in_(list(refs)))
    return {refs[ref] for ref in connection.execute(select(imported_rows.c.ref).where(*here)).scalars()}


def _fingerprint(alliance: Alliance, row: MemberRow) -> bytes:
    """A keyed hash of the row, from which nobody learns who the person is."""
    content = json.dumps(asdict(row), sort_keys=True).encode()
    return hmac.digest(alliance.programme.secret, b"import\0" + content, sha256)
