"""Errors of web push."""

from coalition.errors import CoalitionError, Invalid, NotFound
from coalition.locale.messages import N_


class PushKeysInvalid(CoalitionError, like=Invalid):
    """Keys for which nothing can be encrypted."""

    detail = N_("These are not the keys of a push subscription: send what the browser's `toJSON` says.")
    concerns = "p256dh"


class SubscriptionUnknown(CoalitionError, like=NotFound):
    """No such subscription, or none of the caller's."""

    detail = N_("There is no push subscription {subscription:name} that you can see.")
    subscription: str
