"""Browsers that hear what a member does: whatever ends how the member logs in ends that too."""

from coalition.access.end_credentials import CredentialKind
from coalition.push.tables import push_subscriptions

CREDENTIALS = (CredentialKind("push subscription", push_subscriptions.c.member, "member"),)
