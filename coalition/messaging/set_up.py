"""The messenger that the environment sets up: a mail server for mailboxes, an SMS provider for phones."""

import json
from dataclasses import dataclass
from email.utils import parseaddr

from coalition.messaging.messenger import LogMessenger, Messenger, NoMessenger
from coalition.messaging.sms import SmsMessenger
from coalition.messaging.smtp import PORTS, SmtpMessenger
from coalition.settings import Settings


@dataclass(frozen=True, slots=True)
class MessengerByContact:
    """Sends to mailboxes by one messenger and to phones by another."""

    by_mail: Messenger
    by_phone: Messenger

    def send(self, to: str, subject: str, text: str) -> None:
        """Send a message. Raises MessageNotSent and MessageDelayed."""
        (self.by_mail if "@" in to else self.by_phone).send(to, subject, text)


def messenger_of(settings: Settings) -> Messenger:
    """What sends messages; to the log, for development, where nothing is set up for them."""
    return MessengerByContact(_by_mail(settings), _by_phone(settings))


def sends_mail(messenger: Messenger) -> bool:
    """Whether e-mails go anywhere, if only to the log."""
    by_mail = messenger.by_mail if isinstance(messenger, MessengerByContact) else messenger
    return not isinstance(by_mail, NoMessenger)


def push_contact_of(settings: Settings) -> str:
    """Whom push services can turn to: the server's own address, where it has TLS, or the sender of its mail."""
    if (settings.public_url or "").startswith("https://"):
        return (settings.public_url or "").rstrip("/")
    _, address = parseaddr(settings.smtp_from or "")
    return f"mailto:{address}" if address else ""


def _by_mail(settings: Settings) -> Messenger:
    if settings.smtp_host is None or settings.smtp_from is None:
        return _otherwise(settings, "COALITION_SMTP_HOST")
    return SmtpMessenger(
        settings.smtp_host,
        settings.smtp_port or PORTS[settings.smtp_security],
        settings.smtp_from,
        settings.smtp_security,
        settings.smtp_user,
        settings.smtp_password,
    )


def _by_phone(settings: Settings) -> Messenger:
    if settings.sms_url is None:
        return _otherwise(settings, "COALITION_SMS_URL")
    template = json.loads(settings.sms_template)
    return SmsMessenger(settings.sms_url, template, settings.sms_format == "form", settings.sms_authorization)


def _otherwise(settings: Settings, setting: str) -> Messenger:
    return LogMessenger() if settings.messages_to_log else NoMessenger(setting)
