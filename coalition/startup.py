"""What is read before all other settings, and by every command's help: without the library that checks the others."""

import os
from dataclasses import dataclass, fields
from pathlib import Path

PREFIX = "COALITION_"
ENV_FILE = Path(".env")


@dataclass(frozen=True)
class StartupSettings:
    """Where the database is, and which packages belong to the program."""

    database_url: str = "sqlite:///coalition.db"
    """The database: a SQLite file, or postgresql://user@host/name."""
    language: str = ""
    """Language of commands, and of notifications to those who never chose one: en or zh; the terminal's, or English."""
    plugins: str = ""
    """Packages that extend this one, separated by commas: see coalition/discovery.py."""
    secrets_key: str = ""
    """The key that secrets in the database are sealed with; after a comma, older ones that still open."""
    secrets_key_file: str = ""
    """A file with that key, and a line for each older one."""


def read_startup() -> StartupSettings:
    """These settings from the environment, or from a file .env in the working directory, as `Settings` reads them."""
    stated = {name.upper(): text for source in (_env_file(), os.environ) for name, text in source.items()}
    names = (field.name for field in fields(StartupSettings))
    return StartupSettings(**{name: stated[key] for name in names if (key := PREFIX + name.upper()) in stated})


def _env_file() -> dict[str, str]:
    if not ENV_FILE.is_file():
        return {}
    from dotenv import dotenv_values

    return {name: text for name, text in dotenv_values(ENV_FILE, encoding="utf-8").items() if text is not None}
