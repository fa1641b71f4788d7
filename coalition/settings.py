"""What the environment may set: variables that begin with COALITION_, or a file .env beside the command."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one process."""

    model_config = SettingsConfigDict(env_prefix="COALITION_", env_file=".env", extra="ignore")

    database_url: str = "sqlite:///coalition.db"
    """Where the books live: a SQLite file, or postgresql://user@host/name."""
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
