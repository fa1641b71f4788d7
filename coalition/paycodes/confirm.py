"""Let the member confirm an amount before a till's purchase goes through.

A till asks in one of three ways. It requests a confirmation of a member whom it knows, which their wallet shows, and
names that in its purchase. Where it knows nobody, it shows a QR code, which opens the same question in the wallet of
whoever scans it. Or the member showed a code, and the amount is above the alliance's threshold:

The till's first request is answered with ConfirmationNeeded, and stores the question; the member sees shop and amount
and answers; the till sends the same request again. From the question on the code is good at that shop for that amount
only, and for ANSWER_SECONDS, although a code that nobody asked about is only good for a minute.
"""

import secrets
from typing import NamedTuple

from sqlalchemy import Connection, select, text, update

from coalition.access.typed_code import new_typed_code, read_typed
from coalition.alliance import Alliance
from coalition.events.emit import begin_after_postings, emit
from coalition.events.event_type import EventType
from coalition.events.posting import BY_CONTACT
from coalition.locale.formats import moment, rfc3339
from coalition.members.member_cache import check_active, check_unlocked, member_cache
from coalition.paycodes.consent import NONCE_BYTES, SpendingConsent
from coalition.paycodes.errors import (
    ConfirmationDeclined,
    ConfirmationNeeded,
    ConfirmationUnknown,
    PayCodeElsewhere,
    PayCodeOver,
)
from coalition.paycodes.event_types import CONFIRMATION_ANSWERED, CONFIRMATION_REQUESTED
from coalition.paycodes.tables import confirmations

PREFIX = "conf_"
ANSWER_SECONDS = 120
ANSWER_TIME = ANSWER_SECONDS * 1_000_000


class Confirmation(NamedTuple):
    """A question to a member, None until somebody opens it. Times are microseconds since 1970 UTC.

    `requested` by a till without a pay code, which knows the member `by_contact` only, or by their id; or which shows
    the `code` that opens the question.
    """

    nonce: str
    member: str | None
    shop: str
    amount_minor: int
    state: str
    asked_at: int
    over_at: int
    requested: bool = False
    by_contact: bool = False
    code: str | None = None

    def consent(self, now: int) -> SpendingConsent | None:
        """What it is to a purchase: good for one, like a pay code; None where nobody has opened it."""
        return (
            None if self.member is None else SpendingConsent(self.member, self.nonce, self.nonce, self.over_at <= now)
        )

    @property
    def id(self) -> str:
        """Its public id."""
        return f"{PREFIX}{self.nonce}"


_COLUMNS = [confirmations.c[name] for name in Confirmation._fields]


def request_confirmation(
    alliance: Alliance, member: str, shop: str, amount_minor: int, *, by_contact: bool
) -> Confirmation:
    """Ask a member to let a shop take points in a sale of this amount, without a code. It is good for one sale.

    A till that asks again while the member has not answered gets the same question. Raises MemberUnknown, MemberFrozen,
    SpendLocked.
    """
    owner = check_unlocked(check_active(member_cache(alliance).look_up(member))).id
    now = alliance.clock()
    nonce, over_at = secrets.token_hex(NONCE_BYTES), now + ANSWER_TIME
    asked = Confirmation(nonce, owner, shop, amount_minor, "asked", now, over_at, requested=True, by_contact=by_contact)
    with begin_after_postings(alliance) as connection:
        row = connection.execute(
            select(*_COLUMNS)
            .where(
                confirmations.c.alliance_id == alliance.id,
                confirmations.c.member == owner,
                confirmations.c.over_at > now,
                confirmations.c.state == "asked",
                confirmations.c.requested,
                confirmations.c.by_contact.is_(by_contact),
                confirmations.c.shop == shop,
                confirmations.c.amount_minor == amount_minor,
            )
            .limit(1)
        ).one_or_none()
        if row is not None:
            return Confirmation(*row)
        _ask(connection, alliance.id, asked)
    return asked


def request_from_anybody(alliance: Alliance, shop: str, amount_minor: int) -> Confirmation:
    """Ask whoever opens it first, by the code that the till shows. It is good for one sale of this amount."""
    now = alliance.clock()
    code = new_typed_code()
    asked = Confirmation(
        secrets.token_hex(NONCE_BYTES),
        None,
        shop,
        amount_minor,
        "asked",
        now,
        now + ANSWER_TIME,
        requested=True,
        code=code,
    )
    with alliance.database.engine.begin() as connection:
        _ask(connection, alliance.id, asked)
    return asked


def open_confirmation(alliance: Alliance, code: str, member: str) -> Confirmation:
    """Let a member see what a till shows as a QR code: from then on the question is theirs, and nobody else's.

    What they have answered they can look at again later. Raises MemberUnknown, MemberFrozen, SpendLocked, and
    ConfirmationUnknown where its time was over before an answer, or it is somebody else's.
    """
    owner = check_unlocked(check_active(member_cache(alliance).look_up(member))).id
    now = alliance.clock()
    mine = confirmations.c.alliance_id == alliance.id, confirmations.c.code == read_typed(code)
    with begin_after_postings(alliance) as connection:
        taken = connection.execute(
            update(confirmations)
            .where(*mine, confirmations.c.member.is_(None), confirmations.c.over_at > now)
            .values(member=owner)
        )
        row = connection.execute(select(*_COLUMNS).where(*mine)).one_or_none()
        opened = None if row is None else Confirmation(*row)
        if taken.rowcount and opened is not None:
            _publish(connection, alliance.id, CONFIRMATION_REQUESTED, opened, now)
    if opened is None or opened.member != owner or (opened.state == "asked" and opened.over_at <= now):
        raise ConfirmationUnknown(code)
    return opened


def shops_confirmation(alliance: Alliance, id_: str, shop: str | None) -> Confirmation:
    """A confirmation that this shop asked for; any shop's where none is named. Raises ConfirmationUnknown."""
    with alliance.database.engine.connect() as connection:
        asked = _find(connection, alliance.id, id_.removeprefix(PREFIX))
    if asked is None or not asked.requested or asked.id != id_ or shop not in (None, asked.shop):
        raise ConfirmationUnknown(id_)
    return asked


def check_confirmed(alliance: Alliance, consent: SpendingConsent, member: str, shop: str, amount_minor: int) -> None:
    """Ask the member, or go by their answer.

    Raises ConfirmationNeeded (asked now, or not answered yet), ConfirmationDeclined, PayCodeOver, PayCodeElsewhere.
    """
    now = alliance.clock()
    with begin_after_postings(alliance) as connection:
        if not consent.is_over:
            asked = Confirmation(consent.nonce, member, shop, amount_minor, "asked", now, now + ANSWER_TIME)
            _ask(connection, alliance.id, asked)
        existing = _find(connection, alliance.id, consent.nonce)
    if existing is None or existing.over_at <= now:
        raise PayCodeOver
    if (existing.shop, existing.amount_minor) != (shop, amount_minor):
        raise PayCodeElsewhere
    if existing.state == "declined":
        raise ConfirmationDeclined
    if existing.state == "asked":
        raise ConfirmationNeeded(existing.id)


def _ask(connection: Connection, alliance_id: int, asked: Confirmation) -> None:
    """Keep a question and publish it; nothing where it was asked before."""
    added = connection.execute(
        text(
            "INSERT INTO confirmations "
            "(alliance_id, nonce, member, shop, amount_minor, state, asked_at, over_at, requested, by_contact, code) "
            "VALUES (:alliance_id, :nonce, :member, :shop, :amount_minor, :state, :asked_at, :over_at, "
            ":requested, :by_contact, :code) "
            "ON CONFLICT DO NOTHING"
        ),
        {"alliance_id": alliance_id, **asked._asdict()},
    )
    if added.rowcount and asked.member is not None:
        _publish(connection, alliance_id, CONFIRMATION_REQUESTED, asked, asked.asked_at)


def _publish(connection: Connection, alliance_id: int, type_: EventType, asked: Confirmation, now: int) -> None:
    payload = {
        "id": asked.id,
        "shop": asked.shop,
        "member": asked.member,
        "amount_minor": asked.amount_minor,
        "state": asked.state,
        "expires_at": rfc3339(moment(asked.over_at)),
        **({BY_CONTACT: 1} if asked.by_contact else {}),
    }
    emit(connection, alliance_id, type_, now, payload, shop=asked.shop, member=asked.member)


def open_confirmations(alliance: Alliance, member: str) -> list[Confirmation]:
    """The amounts that wait for a member's answer, the latest first. Raises MemberUnknown."""
    owner = member_cache(alliance).look_up(member).id
    with alliance.database.engine.connect() as connection:
        rows = connection.execute(
            select(*_COLUMNS)
            .where(
                confirmations.c.alliance_id == alliance.id,
                confirmations.c.member == owner,
                confirmations.c.over_at > alliance.clock(),
                confirmations.c.state == "asked",
            )
            .order_by(confirmations.c.over_at.desc(), confirmations.c.nonce)
        )
        return [Confirmation(*row) for row in rows]


def answer_confirmation(alliance: Alliance, id_: str, member: str, *, confirmed: bool) -> Confirmation:
    """Confirm an amount, or decline it. The first answer stands. Raises MemberUnknown, ConfirmationUnknown."""
    owner = member_cache(alliance).look_up(member).id
    nonce = id_.removeprefix(PREFIX)
    wanted = "confirmed" if confirmed else "declined"
    with begin_after_postings(alliance) as connection:
        done = connection.execute(
            update(confirmations)
            .where(
                confirmations.c.alliance_id == alliance.id,
                confirmations.c.nonce == nonce,
                confirmations.c.member == owner,
                confirmations.c.state == "asked",
                confirmations.c.over_at > alliance.clock(),
            )
            .values(state=wanted)
        )
        answered = _find(connection, alliance.id, nonce)
        if done.rowcount and answered is not None:
            _publish(connection, alliance.id, CONFIRMATION_ANSWERED, answered, alliance.clock())
    if answered is None or answered.id != id_ or answered.member != owner or answered.state != wanted:
        raise ConfirmationUnknown(id_)
    return answered


def _find(connection: Connection, alliance_id: int, nonce: str) -> Confirmation | None:
    row = connection.execute(
        select(*_COLUMNS).where(confirmations.c.alliance_id == alliance_id, confirmations.c.nonce == nonce)
    ).one_or_none()
    return None if row is None else Confirmation(*row)
