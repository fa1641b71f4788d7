"""Settings from the environment: variables that begin with COALITION_, or a file .env in the working directory."""

import json
from collections.abc import Sequence
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from coalition.errors import CoalitionError
from coalition.locale.messages import N_
from coalition.locale.pydantic_texts import PYDANTIC, readable
from coalition.startup import StartupSettings
from settlement import Phrase

_SENDER, _NETWORK, _TEMPLATE = "sender_missing", "network_invalid", "template_invalid"
TEXTS = {
    **PYDANTIC,
    _SENDER: N_("COALITION_SMTP_HOST is set, so COALITION_SMTP_FROM must be an e-mail address"),
    _TEMPLATE: N_(
        "COALITION_SMS_URL is set, so COALITION_SMS_TEMPLATE must be a JSON object with places to fill: see the README "
        "of coalition/operation"
    ),
    _NETWORK: N_("write addresses or networks such as 127.0.0.1 or 10.0.0.0/8, separated by commas"),
}
"""What can be wrong with a setting, by the name of the error."""


class SettingsInvalid(CoalitionError):
    """Settings that can't be used. `problems` has a sentence for each."""

    code = "settings_invalid"
    detail = N_("{problems:each}. Correct the variable, or the line in .env.")
    public = False
    problems: Sequence[str]


class Settings(BaseSettings):
    """All settings of a process."""

    model_config = SettingsConfigDict(env_prefix="COALITION_", env_file=".env", extra="ignore")

    database_url: str = StartupSettings.database_url
    """The database: a SQLite file, or postgresql://user@host/name."""
    language: str = ""
    """Language of commands, and of notifications to those who never chose one: en or zh; the terminal's, or English."""
    plugins: str = ""
    """Packages that extend this one, separated by commas: see coalition/discovery.py."""
    secrets_key: str = ""
    """The key that secrets in the database are sealed with; after a comma, older ones that still open."""
    secrets_key_file: str = ""
    """A file with that key, and a line for each older one."""

    bank: Path | None = None
    """The file with the alliance's own bank account, if payments go by bank files."""
    stripe_key: str | None = None
    """The secret key of the alliance's account at Stripe (sk_live_…, sk_test_…), if payments go over Stripe."""
    stripe_webhook_secrets: str = ""
    """The signing secrets (whsec_…) of the account's webhook endpoints, separated by commas."""
    stripe_alliance: str | None = None
    """The name of the alliance that owns the account; by default the alliance that was opened first."""
    stripe_url: str | None = None
    """The URL of Stripe's API, if it is not Stripe's own: that of the fake Stripe."""
    stripe_week_max: str = ""
    """What Stripe lets the account collect in seven days, by method: sepa_debit=10000.00, bacs_debit=5000"""
    smtp_host: str | None = None
    """The mail server for notices, invitations and codes; without one none is sent."""
    smtp_port: int | None = Field(default=None, ge=1, le=65_535)
    """The mail server's port; by default 587, with ssl 465, with none 25."""
    smtp_user: str | None = None
    """The user to log in as at the mail server, if any."""
    smtp_password: str = ""
    """The password of that user."""
    smtp_from: str | None = None
    """The sender of messages: points@town.example, or Old Town <points@town.example>. Required with a host."""
    smtp_security: Literal["starttls", "ssl", "none"] = "starttls"
    """How the connection is encrypted: by starttls, by ssl from the start, or (to a relay on this machine) not."""
    sms_url: str | None = None
    """Where messages to phones are posted; without it none is sent."""
    sms_template: str = ""
    """What is posted: a JSON object, in which {to} stands for the number and {text} for the message."""
    sms_format: Literal["json", "form"] = "json"
    """Whether it is posted as JSON or as the fields of a form."""
    sms_authorization: str | None = None
    """The header Authorization of those requests, such as Basic … or Bearer …"""
    messages_to_log: bool = False
    """Whether messages that nothing can send are written to the log, codes and contacts included: for development."""
    sms_price_minor: int = Field(default=10, ge=1, le=10_000)
    """What a message to a phone costs, in minor units of the provider's currency."""
    sms_day_max_minor: int = Field(default=10_000, ge=0, le=10_000_000)
    """What an alliance spends on messages to phones in a day at the most; above it no code is sent to a phone."""
    log_in_over_http: bool = False
    """Whether people on other machines log in without TLS, where all the network can read along: for a sandbox only."""
    close_grace_minutes: int = Field(default=60, ge=0, le=10_000)
    """How long after its cut-off a window is closed. Until then, late purchases of offline tills still count."""
    webhooks_allow_private: bool = False
    """Whether webhooks may go to private addresses and over http: for development only."""
    key_file: Path = Path("coalition.key")
    """The file with the key that backups are encrypted with; the first backup makes it."""
    backup_passphrase: str = ""
    """The passphrase of `coalition backup --passphrase`, which asks for one where there is none."""
    public_url: str | None = None
    """The server's public address, such as https://points.example: for links in messages, and for passkeys."""
    trusted_proxies: str = ""
    """Addresses and networks of the proxies in front, separated by commas: nobody else's X-Forwarded-For counts."""
    connections_per_address: int = Field(default=250, ge=1, le=100_000)
    """How many connections one address may have open to a process; the proxies in front may have any number."""
    rate_scale: int = 1
    """Multiplies the rate limits of the API; 0 lifts them, for a server behind a proxy with limits of its own."""

    @field_validator("trusted_proxies")
    @classmethod
    def _proxies(cls, text: str) -> str:
        try:
            networks_of(text)
        except ValueError:
            raise PydanticCustomError(_NETWORK, "{sentence}", {"sentence": TEXTS[_NETWORK]}) from None
        return text

    @model_validator(mode="after")
    def _sender(self) -> Self:
        if self.smtp_host is not None and "@" not in parseaddr(self.smtp_from or "")[1]:
            raise PydanticCustomError(_SENDER, "{sentence}", {"sentence": TEXTS[_SENDER]})
        return self

    @model_validator(mode="after")
    def _sms_template(self) -> Self:
        if self.sms_url is not None:
            try:
                template = json.loads(self.sms_template)
            except ValueError:
                template = None
            if not isinstance(template, dict) or any(place not in self.sms_template for place in ("{to}", "{text}")):
                raise PydanticCustomError(_TEMPLATE, "{sentence}", {"sentence": TEXTS[_TEMPLATE]})
        return self


def networks_of(text: str) -> list[IPv4Network | IPv6Network]:
    """Networks separated by commas; an address is one of itself. Raises ValueError."""
    return [ip_network(part.strip()) for part in text.split(",") if part.strip()]


def read_settings() -> Settings:
    """The settings of this process. Raises SettingsInvalid."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsInvalid([_problem(details) for details in error.errors()]) from None


def _problem(details: ErrorDetails) -> str:
    """A sentence on one variable; a problem that concerns several variables names them itself."""
    kind, values = details["type"], readable(details.get("ctx", {}))
    problem = Phrase(TEXTS[kind], **values)
    if not details["loc"]:
        return problem
    return Phrase("{variable}: {problem}", variable=f"COALITION_{str(details['loc'][0]).upper()}", problem=problem)
