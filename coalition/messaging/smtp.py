"""Messages by e-mail, over a mail server."""

import re
import smtplib
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr

from coalition.messaging.messenger import MessageDelayed, MessageNotSent

PORTS: Mapping[str, int] = {"starttls": 587, "ssl": 465, "none": 25}
ANSWER_SECONDS = 20
"""How long to wait for each answer of the server."""
ADDRESS = re.compile(r"[^\s<>]+@[^\s<>]+")
LASTING = 500
"""Answers from this number on come again with every try (RFC 5321, 4.2.1)."""


@dataclass(frozen=True, slots=True)
class SmtpMessenger:
    """Sends by e-mail over a server.

    `security` is starttls, ssl or none; in the first two the server's certificate must be good for `host`.
    """

    host: str
    port: int
    sender: str
    security: str = "starttls"
    user: str | None = None
    password: str = ""

    def send(self, to: str, subject: str, text: str) -> None:
        """Send a message over a connection of its own. Raises MessageNotSent and MessageDelayed.

        A connection that is lost while the message is under way leaves in doubt whether it arrived: not again, then.
        """
        try:
            server = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            raise MessageDelayed(_nameless(f"{self.host}:{self.port}: {error}")) from error
        try:
            server.send_message(self._message(to, subject, text))
        except smtplib.SMTPRecipientsRefused as error:
            ((code, why),) = error.recipients.values()
            raise _refused(code, why) from error
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, error.smtp_error) from error
        except (OSError, smtplib.SMTPException, ValueError, MessageError) as error:
            raise MessageNotSent(_nameless(f"{self.host}:{self.port}: {error}")) from error
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()

    def _connected(self) -> smtplib.SMTP:
        server: smtplib.SMTP
        if self.security == "ssl":
            context = ssl.create_default_context()
            server = smtplib.SMTP_SSL(self.host, self.port, timeout=ANSWER_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=ANSWER_SECONDS)
        try:
            if self.security == "starttls":
                server.starttls(context=ssl.create_default_context())
            if self.user is not None:
                server.login(self.user, self.password)
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server

    def _message(self, to: str, subject: str, text: str) -> EmailMessage:
        name, address = parseaddr(self.sender)
        message = EmailMessage()
        message["From"] = Address(name, addr_spec=address)
        message["To"] = Address(addr_spec=to)
        # A line break would begin another header.
        message["Subject"] = " ".join(subject.split())
        message["Date"] = formatdate(localtime=False)
        message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
        # No machine is to answer that its owner is on holiday (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message


def _refused(code: int, why: bytes | str) -> MessageNotSent:
    """The server's answer where it did not take a message."""
    answer = why if isinstance(why, str) else why.decode(errors="replace")
    return (MessageDelayed if code < LASTING else MessageNotSent)(_nameless(f"{code} {answer}"))


def _nameless(text: str) -> str:
    """A text without addresses: servers repeat whom they refuse, and it goes into logs."""
    return ADDRESS.sub("…", text)
