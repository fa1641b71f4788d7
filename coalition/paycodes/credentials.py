"""What lets a member's points be spent: codes that they showed, and amounts that they confirmed."""

from coalition.access.end_credentials import CredentialKind
from coalition.members.tables import members
from coalition.paycodes.tables import confirmations

CREDENTIALS = (
    CredentialKind("pay code", members.c.id, "member", since="pay_codes_since"),
    CredentialKind("confirmation", confirmations.c.member, "member"),
)
