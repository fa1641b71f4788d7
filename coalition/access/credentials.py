"""The credentials of people that are kept here."""

from coalition.access.end_credentials import CredentialKind
from coalition.access.tables import invitations, known_places, member_codes, passkey_challenges, passkeys, sessions

CREDENTIALS = (
    CredentialKind("session", sessions.c.subject, "subject"),
    CredentialKind("passkey", passkeys.c.subject, "subject"),
    CredentialKind("passkey challenge", passkey_challenges.c.subject, "subject"),
    CredentialKind("known place", known_places.c.subject, "subject"),
    CredentialKind("invitation", invitations.c.user_id, "user"),
    CredentialKind("one-time code", member_codes.c.member, "member"),
)
