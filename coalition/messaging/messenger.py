"""How a code, an invitation or a notification reaches somebody: the port, the log for development, and nothing."""

import logging
from dataclasses import dataclass
from typing import Protocol

from coalition.errors import CoalitionError
from coalition.locale.messages import N_

log = logging.getLogger("coalition.messages")


class MessageNotSent(CoalitionError):
    """A message that will not go out, or of which nobody knows whether it did."""

    code = "message_not_sent"
    detail = N_("The message was not sent: {why}.")
    public = False
    why: str


class MessageDelayed(MessageNotSent):
    """A message that certainly did not go out, and may go out another time."""


class NothingSetUp(MessageDelayed):
    """A message for which there is no way out: it may go out once somebody sets one up."""


class Messenger(Protocol):
    """Sends short texts by SMS or e-mail. It may take its time; whoever calls it does not wait for the answer."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Send `text` to a phone number (+49…) or an e-mail address; `subject` is for e-mail only.

        Raises MessageNotSent and MessageDelayed.
        """


@dataclass(frozen=True, slots=True)
class LogMessenger:
    """Writes messages to the log, for development and the sandbox alone: there a code is read without a phone."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Log the message."""
        log.warning("for development, a message to %s: %s: %s", to, subject, text)


@dataclass(frozen=True, slots=True)
class NoMessenger:
    """Sends nothing, since the environment sets nothing up; `setting` is the variable that would."""

    setting: str

    def send(self, to: str, subject: str, text: str) -> None:  # noqa: ARG002 - the port's
        """Raise NothingSetUp."""
        raise NothingSetUp(f"{self.setting} is not set")


def send_or_log(messenger: Messenger, to: str, subject: str, text: str) -> None:
    """Send what its reader can ask for again; where it did not go out, the log says so, and not to whom."""
    try:
        messenger.send(to, subject, text)
    except MessageNotSent as error:
        log.warning("%s", error)
