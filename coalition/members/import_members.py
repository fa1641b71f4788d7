"""Take over members of an older scheme, with balances that are released in parts on days of their own.

Each row stands alone: it is taken whole or not at all, and has its own answer. Its `ref`, the older scheme's own
name for the member, makes it happen once: sent again, the same row changes nothing, another one is refused.
"""

import hmac
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, fields
from datetime import date
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select, text, update

from coalition.access.caller import Caller
from coalition.alliance import Alliance
from coalition.approvals.approval import Payload
from coalition.approvals.approvals import Approvals
from coalition.members.enrol_member import (
    ContactRaced,
    Enrolled,
    NewMember,
    ToEnrol,
    announce_enrolled,
    contacts_to_enrol,
    enrol_within,
)
from coalition.members.errors import ImportInvalid, MemberError, MemberUnknown
from coalition.members.hooks import call_contact_hooks
from coalition.members.member import MemberProfile
from coalition.members.releases import BalanceRelease, add_releases
from coalition.members.store import living_members
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
    imported_rows.c.ref.in_(bindparam("refs", expanding=True)),
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


class _Earlier(NamedTuple):
    """What is kept of a row that was imported."""

    member: str
    enrolled: bool
    fingerprint: bytes


class ImportedMember(NamedTuple):
    """The member of a row: `new` where the row enrolled them, `again` where it was imported before."""

    member: str
    new: bool
    again: bool


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
        return {ref for part in parts for ref in _earlier(connection, alliance, part)}


def find_problems(alliance: Alliance, rows: Sequence[MemberRow]) -> list[list[MemberError]]:
    """All that can be seen to be wrong with each row before it is imported."""
    shops = _shops(alliance)
    problems: list[list[MemberError]] = []
    for row in rows:
        wrong: list[MemberError] = list(_problems(row, shops))
        try:
            contacts_to_enrol(alliance, row.phone, row.email, row.profile)
        except MemberError as error:
            wrong.append(error)
        problems.append(wrong)
    return problems


def import_rows(alliance: Alliance, rows: Sequence[MemberRow]) -> list[ImportedMember | MemberError]:
    """Import rows, each with its own answer: ImportInvalid, ContactInvalid, ContactNeeded, ContactsDiffer and
    BirthdayInvalid say why a row was not taken.
    """
    shops = _shops(alliance)
    imported = [answer for batch in _batches(rows) for answer in _import_at_once(alliance, batch, shops)]
    call_contact_hooks(alliance, [done.member for done in imported if isinstance(done, ImportedMember) and done.new])
    return imported


def _shops(alliance: Alliance) -> Collection[str]:
    with closing(alliance.database.session()) as session:
        return alliance.book.config(session).by_ref.keys() - {OPERATOR, POOL}


def _batches(rows: Sequence[MemberRow]) -> Iterator[Sequence[MemberRow]]:
    """The rows in order, AT_ONCE at most together and none with another of the same ref."""
    batch: dict[str, MemberRow] = {}
    for row in rows:
        if row.ref in batch or len(batch) == AT_ONCE:
            yield list(batch.values())
            batch = {}
        batch[row.ref] = row
    yield list(batch.values())


def _import_at_once(
    alliance: Alliance, rows: Sequence[MemberRow], shops: Collection[str]
) -> list[ImportedMember | MemberError]:
    """Import some rows in one transaction, in few statements: what is wrong with a row shows before any is written."""
    terms_id = alliance.terms_at(alliance.clock()).id
    ready = {row.ref: _to_enrol(alliance, row) for row in rows}
    while True:
        try:
            with alliance.database.engine.begin() as connection:
                answers = _answers(connection, alliance, rows, ready, shops)
                todo = [
                    (row, each)
                    for row in rows
                    if row.ref not in answers and isinstance(each := ready[row.ref], ToEnrol)
                ]
                imported = _enrol(connection, alliance, todo)
                _keep(connection, alliance, rows, imported, terms_id)
                answers |= imported
                enrolled = [done.member for done in imported.values() if isinstance(done, ImportedMember) and done.new]
                announce_enrolled(connection, alliance, enrolled)
        except ContactRaced:
            continue
        return [answers[row.ref] for row in rows]


def _to_enrol(alliance: Alliance, row: MemberRow) -> ToEnrol | MemberError:
    """The member of a row that is new, or why it can't be imported."""
    try:
        if row.expires_on is not None and row.expires_on < alliance.today:
            why = Phrase("the points would be over already; leave out what is over")
            raise ImportInvalid(row.ref, "expires_on", why)
        contacts = contacts_to_enrol(alliance, row.phone, row.email, row.profile)
    except MemberError as error:
        return error
    return ToEnrol(NewMember(row.phone, row.email, row.profile, row.consents), contacts)


def _answers(
    connection: Connection,
    alliance: Alliance,
    rows: Sequence[MemberRow],
    ready: Mapping[str, ToEnrol | MemberError],
    shops: Collection[str],
) -> dict[str, ImportedMember | MemberError]:
    """The answers to those rows that can't be imported, or were before, by ref."""
    earlier = _earlier(connection, alliance, rows)
    answers: dict[str, ImportedMember | MemberError] = {}
    for row in rows:
        try:
            _check(row, shops)
            if row.ref in earlier:
                answers[row.ref] = _again(alliance, row, earlier[row.ref])
            elif isinstance(wrong := ready[row.ref], MemberError):
                answers[row.ref] = wrong
        except MemberError as error:
            answers[row.ref] = error
    return answers


def _again(alliance: Alliance, row: MemberRow, earlier: _Earlier) -> ImportedMember:
    if earlier.fingerprint != _fingerprint(alliance, row):
        raise ImportInvalid(row.ref, "ref", Phrase("another row of that name was imported before"))
    return ImportedMember(earlier.member, earlier.enrolled, again=True)


def _enrol(
    connection: Connection, alliance: Alliance, rows: Sequence[tuple[MemberRow, ToEnrol]]
) -> dict[str, ImportedMember | MemberError]:
    """Enrol the members of rows, or find them, by ref."""
    enrolled = enrol_within(connection, alliance, [wanted for _, wanted in rows])
    living = living_members(connection, alliance.id, {done.member for done in enrolled if isinstance(done, Enrolled)})
    imported: dict[str, ImportedMember | MemberError] = {}
    for (row, _), done in zip(rows, enrolled, strict=True):
        if isinstance(done, MemberError):
            imported[row.ref] = done
        elif done.member in living:
            imported[row.ref] = ImportedMember(living[done.member], done.new, again=False)
        else:
            imported[row.ref] = MemberUnknown(done.member)
    return imported


def _keep(
    connection: Connection,
    alliance: Alliance,
    rows: Sequence[MemberRow],
    imported: Mapping[str, ImportedMember | MemberError],
    terms_id: int,
) -> None:
    """Keep which rows were imported, and promise their parts."""
    here = alliance.id
    taken = [(row, done) for row in rows if isinstance(done := imported.get(row.ref), ImportedMember)]
    if not taken:
        return
    kept = [
        {
            "alliance_id": here,
            "ref": row.ref,
            "fingerprint": _fingerprint(alliance, row),
            "member": done.member,
            "enrolled": done.new,
        }
        for row, done in sorted(taken, key=lambda pair: pair[0].ref)
    ]
    if connection.execute(_KEEP, kept).rowcount != len(kept):
        # The same row came twice at once; the next try finds what the other one stored.
        raise ContactRaced
    parts = [
        BalanceRelease(
            row.ref,
            number,
            done.member,
            row.shop or "",
            part.points,
            part.release_on,
            row.expires_on,
            0,
            None,
            book_ref(alliance, row.ref),
            terms_id,
        )
        for row, done in taken
        for number, part in enumerate(row.parts, start=1)
    ]
    add_releases(connection, here, parts)


def _check(row: MemberRow, shops: Collection[str]) -> None:
    for problem in _problems(row, shops):
        raise problem


def _problems(row: MemberRow, shops: Collection[str]) -> Iterator[ImportInvalid]:
    if row.parts and row.shop is None:
        yield ImportInvalid(row.ref, "shop", Phrase("name the shop that stands for the points"))
    if row.shop is not None and row.shop not in shops:
        yield ImportInvalid(row.ref, "shop", Phrase("there is no shop {shop:name}", shop=row.shop))
    last = max((part.release_on for part in row.parts), default=0)
    if last > (row.expires_on or NEVER):
        yield ImportInvalid(
            row.ref, "expires_on", Phrase("the points would expire before the last of them is released")
        )


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


def _earlier(connection: Connection, alliance: Alliance, rows: Sequence[MemberRow]) -> dict[str, _Earlier]:
    """What is kept of those of these rows that were imported before, by ref."""
    refs = {row.ref: row.ref for row in rows} | {book_ref(alliance, row.ref): row.ref for row in rows}
    kept = connection.execute(_EARLIER, {"alliance_id": alliance.id, "refs": list(refs)})
    return {refs[row.ref]: _Earlier(row.member, row.enrolled, bytes(row.fingerprint)) for row in kept}


def _fingerprint(alliance: Alliance, row: MemberRow) -> bytes:
    """A keyed hash of the row, from which nobody learns who the person is."""
    content = json.dumps(row, default=_fields, sort_keys=True).encode()
    return hmac.digest(alliance.programme.secret, b"import\0" + content, sha256)


def _fields(record: MemberRow | MemberProfile) -> dict[str, object]:
    return {field.name: getattr(record, field.name) for field in fields(record)}
