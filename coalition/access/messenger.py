"""How a code or an invitation reaches somebody: the port, and the default for development."""

import logging
from typing import Protocol

log = logging.getLogger("coalition.messages")


class Messenger(Protocol):
    """Sends short texts by SMS or e-mail. It may take its time; whoever calls it does not wait for the answer."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Send `text` to a phone number (+49…) or an e-mail address; `subject` is for e-mail only."""


class LogMessenger:
    """Writes messages to the log, for development: there a code is read without a phone."""

    def send(self, to: str, subject: str, text: str) -> None:
        """Log the message."""
        log.warning("message to %s: %s: %s", to, subject, text)
