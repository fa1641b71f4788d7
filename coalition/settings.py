"""What the environment may set: variables that begin with COALITION_, or a file .env beside the command."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of one process."""

    model_config = SettingsConfigDict(env_prefix="COALITION_", env_file=".env", extra="ignore")

    database_url: str = "sqlite:///coalition.db"
    """Where the books live: a SQLite file, or postgresql://user@host/name."""
    language: str = "en"
    """Language of what is shown: en or zh."""
    public_url: str | None = None
    """Where people reach the server, such as https://points.example: for links in messages, and for passkeys."""
    rate_scale: int = 1
    """Multiplies the rate limits of the API; 0 lifts them, where a proxy in front has limits of its own."""
