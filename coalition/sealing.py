"""Secrets at rest: values that must be read again are sealed in the database, where the process has a key for it.

Seeds of second factors, secrets of webhooks and the secret behind public ids and pay codes can't be kept as hashes.
A column of type SealedText or SealedBytes writes them sealed by the first key (Fernet: AES-128-CBC and HMAC-SHA256) and
reads what any of the keys has sealed, and what is not sealed yet. Whoever has the database alone reads none of them.
"""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Dialect, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

from coalition.errors import CoalitionError, FileUnreadable, unwritable
from coalition.locale.messages import N_
from coalition.private_file import write_private
from coalition.startup import read_startup
from settlement import Phrase

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

MARK = b"sealed:"
"""What a sealed value begins with."""


class SecretsSealed(CoalitionError):
    """A secret that none of the process's keys opens."""

    code = "secrets_sealed"
    detail = N_(
        "A secret in the database is sealed by a key that is not here. Name the file that has it in "
        "COALITION_SECRETS_KEY_FILE, or write it into COALITION_SECRETS_KEY."
    )
    public = False


class SecretsKeyUnusable(CoalitionError):
    """A key for secrets that is none."""

    code = "secrets_key_unusable"
    detail = N_("{name:code}: {why}. `coalition secrets create-key FILE` makes a key.")
    public = False
    name: str
    why: str


def keyring() -> "MultiFernet | None":
    """The keys of this process: the first seals, each opens. None where it has none. Raises SecretsKeyUnusable."""
    settings = read_startup()
    if settings.secrets_key:
        return _ring("COALITION_SECRETS_KEY", settings.secrets_key)
    if not settings.secrets_key_file:
        return None
    try:
        text = Path(settings.secrets_key_file).read_text(encoding="ascii")
    except OSError as error:
        why = Phrase("it can't be read ({reason})", reason=error.strerror or error)
        raise SecretsKeyUnusable(settings.secrets_key_file, why) from None
    except ValueError:
        text = ""
    return _ring(settings.secrets_key_file, text)


@lru_cache(maxsize=4)
def _ring(name: str, text: str) -> "MultiFernet":
    from cryptography.fernet import Fernet, MultiFernet

    try:
        return MultiFernet([Fernet(key) for key in text.replace(",", " ").split()])
    except ValueError:
        raise SecretsKeyUnusable(name, Phrase("it is no key")) from None


def make_key(path: Path) -> None:
    """Write a new key into a file that is not there yet and nobody else can read. Raises FileUnreadable."""
    from cryptography.fernet import Fernet

    try:
        write_private(path, Fernet.generate_key().decode() + "\n")
    except FileExistsError:
        raise FileUnreadable(path, Phrase("it exists already; name a new file")) from None
    except OSError as error:
        raise unwritable(path, error) from None


def sealed(value: bytes) -> bytes:
    """A secret as it is stored: sealed where there is a key, else as it is."""
    ring = keyring()
    return value if ring is None else MARK + ring.encrypt(value)


def opened(stored: bytes) -> bytes:
    """A secret as it is used. Raises SecretsSealed."""
    if not stored.startswith(MARK):
        return stored
    from cryptography.fernet import InvalidToken

    ring = keyring()
    try:
        if ring is not None:
            return ring.decrypt(stored.removeprefix(MARK))
    except InvalidToken:
        pass
    raise SecretsSealed


class SealedBytes(TypeDecorator[bytes]):
    """A column of secrets that are bytes."""

    impl = LargeBinary
    cache_ok = True
    python_type = bytes

    def process_bind_param(self, value: bytes | None, _dialect: Dialect) -> bytes | None:
        return None if value is None else sealed(value)

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> bytes | None:
        return None if value is None else opened(bytes(value))


class SealedText(TypeDecorator[str]):
    """A column of secrets that are text."""

    impl = Text
    cache_ok = True
    python_type = str

    def process_bind_param(self, value: str | None, _dialect: Dialect) -> str | None:
        return None if value is None else sealed(value.encode()).decode()

    def process_result_value(self, value: Any | None, _dialect: Dialect) -> str | None:
        return None if value is None else opened(value.encode()).decode()
