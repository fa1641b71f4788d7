"""What lets a member's points be spent: their phones, six digits, and amounts that they confirmed."""

from coalition.access.end_credentials import CredentialKind
from coalition.paycodes.tables import confirmations, pay_devices, short_codes

CREDENTIALS = (
    CredentialKind("pay device", pay_devices.c.member, "member"),
    CredentialKind("short code", short_codes.c.member, "member"),
    CredentialKind("confirmation", confirmations.c.member, "member"),
)
