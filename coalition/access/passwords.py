"""Passwords, hashed by argon2id with OWASP's minimum parameters (19 MiB, two passes): about 20 ms a log-in.

Source: OWASP Password Storage Cheat Sheet. The rules for passwords follow NIST SP 800-63B: a minimum length, no
rules of composition, all of Unicode.
"""

import threading
import unicodedata

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from coalition.access.errors import PasswordWeak
from settlement import Phrase

CHARS_MIN, CHARS_MAX = 12, 200
CONCURRENT_MAX = 4
"""Hashes computed at the same time in a process: each takes 19 MiB and a core."""

_hasher = PasswordHash([Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1)])
_slots = threading.BoundedSemaphore(CONCURRENT_MAX)
_DUMMY_HASH = _hasher.hash("a password that nobody has")


def hash_password(password: str, email: str) -> str:
    """The hash to store. Raises PasswordWeak if the password is too short, too long, or easy to guess."""
    text = _normal(password)
    if not CHARS_MIN <= len(text) <= CHARS_MAX:
        raise PasswordWeak(
            Phrase(
                "it must have {least} to {most} characters; a sentence is a good one", least=CHARS_MIN, most=CHARS_MAX
            )
        )
    if text.casefold() == email.casefold() or len(set(text)) == 1:
        raise PasswordWeak(Phrase("it is too easy to guess; choose a sentence that only you would write"))
    with _slots:
        return _hasher.hash(text)


def is_password(password: str, stored_hash: str | None) -> bool:
    """Whether the password has this hash. None matches nothing, and takes equally long."""
    with _slots:
        right = _hasher.verify(_normal(password), stored_hash or _DUMMY_HASH)
    return right and stored_hash is not None


def _normal(password: str) -> str:
    # The same letters may come in several encodings from different keyboards.
    return unicodedata.normalize("NFKC", password)
