"""Passwords: argon2id with OWASP's least parameters (19 MiB, two passes), so that a log-in takes some 20 ms.

Source: OWASP Password Storage Cheat Sheet. What a password must be follows NIST SP 800-63B: long enough, no rules of
composition, all of Unicode.
"""

import threading
import unicodedata

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from coalition.access.errors import PasswordWeak

CHARS_MIN, CHARS_MAX = 12, 200
AT_ONCE = 4
"""Hashes at once in a process: each takes 19 MiB and a core."""

_hasher = PasswordHash([Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1)])
_room = threading.BoundedSemaphore(AT_ONCE)
_NOBODYS = _hasher.hash("a password that nobody has")


def hash_password(password: str, email: str) -> str:
    """What is kept of a password. Raises PasswordWeak for one that is too short, or the e-mail address."""
    text = _normal(password)
    if not CHARS_MIN <= len(text) <= CHARS_MAX:
        raise PasswordWeak(f"A password has {CHARS_MIN} to {CHARS_MAX} characters; a sentence is a good one.")
    if text.casefold() == email.casefold() or len(set(text)) == 1:
        raise PasswordWeak("This password is too easy to guess; take a sentence that only you would write.")
    with _room:
        return _hasher.hash(text)


def is_password(password: str, kept: str | None) -> bool:
    """Whether this is the password of which `kept` is left. None takes as long, and is never right."""
    with _room:
        right = _hasher.verify(_normal(password), kept or _NOBODYS)
    return right and kept is not None


def _normal(password: str) -> str:
    # The same letters may come in several encodings from different keyboards.
    return unicodedata.normalize("NFKC", password)
