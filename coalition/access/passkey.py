"""Passkeys (W3C Web Authentication, level 3): add one to an account, and log in with it.

Challenges are stored and used once. A log-in requires that the device verifies the user (finger, face, PIN), so a
passkey stands for both factors. A passkey is bound to our host name, so no other site can use it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from coalition.access.caller import Caller
from coalition.access.errors import LogInRefused, PasskeyRefused
from coalition.access.tables import passkey_challenges, passkeys
from coalition.ids import random_id
from settlement import Phrase

CHALLENGE_US = 5 * 60 * 1_000_000
PASSKEYS_MAX = 20
"""Most passkeys of one person."""

Options = Mapping[str, Any]
"""Options as `navigator.credentials` takes them in JSON."""


@dataclass(frozen=True, slots=True)
class Site:
    """The site that the browser must be on: its origin, and the name it is shown by. Passkeys are bound to its host."""

    origin: str
    name: str

    @property
    def host(self) -> str:
        """The host name without a port."""
        return urlsplit(self.origin).hostname or ""


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey without its key. Times are microseconds since 1970 UTC."""

    id: str
    name: str
    created_at: int
    used_at: int | None


def options_to_add(connection: Connection, caller: Caller, site: Site, label: str, now: int) -> tuple[str, Options]:
    """Start to add a passkey: the id of a new challenge, and the options for the browser. Raises PasskeyRefused."""
    existing = list_passkeys(connection, caller.alliance_id, caller.id)
    if len(existing) >= PASSKEYS_MAX:
        raise PasskeyRefused(Phrase("there are {most} already; remove one first", most=PASSKEYS_MAX))
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_name=label,
        user_id=caller.id.encode(),
        exclude_credentials=[PublicKeyCredentialDescriptor(base64url_to_bytes(passkey.id)) for passkey in existing],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
    )
    challenge_id = _keep_challenge(connection, caller.alliance_id, caller.id, options.challenge, now)
    return challenge_id, json.loads(options_to_json(options))


def add_passkey(
    connection: Connection, caller: Caller, site: Site, challenge_id: str, credential: Options, name: str, now: int
) -> Passkey:
    """Store the passkey that a browser created. Raises PasskeyRefused."""
    challenge = _use_challenge(connection, caller.alliance_id, challenge_id, caller.id, now)
    if challenge is None:
        raise PasskeyRefused(Phrase("its challenge was used or has expired; ask for new options"))
    try:
        verified = verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError) as error:
        raise PasskeyRefused(
            Phrase("what the browser sent is not valid ({reason})", reason=type(error).__name__)
        ) from None
    new = Passkey(bytes_to_base64url(verified.credential_id), name, now, None)
    try:
        connection.execute(
            insert(passkeys).values(
                alliance_id=caller.alliance_id,
                id=new.id,
                subject=caller.id,
                name=name,
                public_key=verified.credential_public_key,
                sign_count=verified.sign_count,
                created_at=now,
            )
        )
    except IntegrityError:
        raise PasskeyRefused(Phrase("it was added before")) from None
    return new


def options_to_log_in(connection: Connection, alliance_id: int, site: Site, now: int) -> tuple[str, Options]:
    """The id of a new challenge, and the options with which a browser shows one of its passkeys."""
    options = generate_authentication_options(rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED)
    challenge_id = _keep_challenge(connection, alliance_id, None, options.challenge, now)
    return challenge_id, json.loads(options_to_json(options))


def subject_of_passkey(
    connection: Connection, alliance_id: int, site: Site, challenge_id: str, credential: Options, now: int
) -> str:
    """The subject (`user:…` or `member:…`) of the passkey that a browser presents. Raises LogInRefused."""
    challenge = _use_challenge(connection, alliance_id, challenge_id, None, now)
    passkey_id = passkey_id_of(credential)
    columns = passkeys.c
    if challenge is None or not passkey_id:
        raise LogInRefused
    mine = columns.alliance_id == alliance_id, columns.id == passkey_id
    row = connection.execute(select(columns.subject, columns.public_key, columns.sign_count).where(*mine)).one_or_none()
    if row is None:
        raise LogInRefused
    try:
        verified = verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError):
        raise LogInRefused from None
    connection.execute(update(passkeys).where(*mine).values(sign_count=verified.new_sign_count, used_at=now))
    subject: str = row.subject
    return subject


def passkey_id_of(credential: Options) -> str:
    """The id of the passkey that a browser presents; empty where what it sent can be none."""
    passkey_id = credential.get("id")
    return passkey_id if isinstance(passkey_id, str) and passkey_id.isascii() and passkey_id.isprintable() else ""


def owner_of_passkey(connection: Connection, alliance_id: int, passkey_id: str) -> str | None:
    """The subject of a passkey; None where there is none of this id."""
    mine = passkeys.c.alliance_id == alliance_id, passkeys.c.id == passkey_id
    return connection.execute(select(passkeys.c.subject).where(*mine)).scalar()


def list_passkeys(connection: Connection, alliance_id: int, subject: str) -> list[Passkey]:
    """A person's passkeys, oldest first."""
    columns = passkeys.c
    rows = connection.execute(
        select(columns.id, columns.name, columns.created_at, columns.used_at)
        .where(columns.alliance_id == alliance_id, columns.subject == subject)
        .order_by(columns.created_at, columns.id)
    )
    return [Passkey(*row) for row in rows]


def remove_passkey(connection: Connection, alliance_id: int, subject: str, passkey_id: str) -> bool:
    """Remove one of a person's passkeys; False if there is no such passkey."""
    columns = passkeys.c
    done = connection.execute(
        delete(passkeys).where(columns.alliance_id == alliance_id, columns.subject == subject, columns.id == passkey_id)
    )
    return done.rowcount == 1


def _keep_challenge(connection: Connection, alliance_id: int, subject: str | None, challenge: bytes, now: int) -> str:
    columns = passkey_challenges.c
    connection.execute(delete(passkey_challenges).where(columns.alliance_id == alliance_id, columns.expires_at <= now))
    challenge_id = random_id("chl")
    connection.execute(
        insert(passkey_challenges).values(
            alliance_id=alliance_id,
            id=challenge_id,
            subject=subject,
            challenge=challenge,
            expires_at=now + CHALLENGE_US,
        )
    )
    return challenge_id


def _use_challenge(
    connection: Connection, alliance_id: int, challenge_id: str, subject: str | None, now: int
) -> bytes | None:
    """Use up a valid challenge and return it; None if there is none."""
    columns = passkey_challenges.c
    mine = columns.alliance_id == alliance_id, columns.id == challenge_id
    row = connection.execute(
        select(columns.challenge).where(
            *mine,
            columns.expires_at > now,
            columns.subject.is_(None) if subject is None else columns.subject == subject,
        )
    ).one_or_none()
    used = connection.execute(delete(passkey_challenges).where(*mine))
    return None if row is None or used.rowcount != 1 else bytes(row.challenge)
