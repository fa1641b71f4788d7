"""What the environment may set: variables that begin with COALITION_, or a file .env beside the command."""

from collections.abc import Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, ValidationError, model_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from coalition.errors import CoalitionError


class SettingsInvalid(CoalitionError):
    """Settings that can't be used; `problems` names each with what is wrong."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{'; '.join(problems)}; mend the variable, or the line in .env")


class Place(BaseSettings):
    """Where the books are, and what belongs to the program: needed before all else is read."""

    model_config = SettingsConfigDict(env_prefix="COALITION_", env_file=".env", extra="ignore")

    database_url: str = "sqlite:///coalition.db"
    """Where the books live: a SQLite file, or postgresql://user@host/name."""
    plugins: str = ""
    """Packages of others that add to this one, with commas between them: see coalition/discovery.py."""


class Settings(Place):
    """Settings of one process."""

    bank: Path | None = None
    """The file that states the alliance's own bank account, where payments go by bank files."""
    stripe_key: str | None = None
    """The secret key of the alliance's account at Stripe (sk_live_…, sk_test_…), where payments go over Stripe."""
    stripe_webhook_secrets: str = ""
    """The signing secrets (whsec_…) of the account's webhook endpoints, with commas between them."""
    stripe_alliance: str | None = None
    """The name of the alliance whose account it is; the one that was opened first where it is not given."""
    stripe_url: str | None = None
    """Where Stripe is, if not at Stripe: the sandbox's fake."""
    smtp_host: str | None = None
    """The mail server that notices, invitations and codes go over; without one they are written to the log."""
    smtp_port: int | None = Field(default=None, ge=1, le=65_535)
    """Its port; by default 587, with ssl 465, with none 25."""
    smtp_user: str | None = None
    """Whom to log in as there, if anybody."""
    smtp_password: str = ""
    """The password of that user."""
    smtp_from: str | None = None
    """Whom messages come from: points@town.example, or Old Town <points@town.example>. Needed where there is a host."""
    smtp_security: Literal["starttls", "ssl", "none"] = "starttls"
    """How the connection is encrypted: by starttls, by ssl from the start, or not, as to a relay on this machine."""
    language: str = "en"
    """Language of what is shown: en or zh."""
    close_grace_minutes: int = Field(default=60, ge=0, le=10_000)
    """How long after its cut-off a window is closed: so long, what comes from offline tills is still in time."""
    webhooks_allow_private: bool = False
    """Whether webhooks may go to private addresses and by http: for development only."""
    public_url: str | None = None
    """Where people reach the server, such as https://points.example: for links in messages, and for passkeys."""
    rate_scale: int = 1
    """Multiplies the rate limits of the API; 0 lifts them, where a proxy in front has limits of its own."""

    @model_validator(mode="after")
    def _sender(self) -> Self:
        if self.smtp_host is not None and "@" not in parseaddr(self.smtp_from or "")[1]:
            raise ValueError("COALITION_SMTP_HOST is set, so COALITION_SMTP_FROM must be an e-mail address")
        return self


def read_settings() -> Settings:
    """The settings of this process. Raises SettingsInvalid."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsInvalid([_problem(one) for one in error.errors()]) from None


def _problem(one: ErrorDetails) -> str:
    """What is wrong with one variable; a problem of several names them itself."""
    said = one["msg"].removeprefix("Value error, ")
    return f"COALITION_{str(one['loc'][0]).upper()}: {said}" if one["loc"] else said
