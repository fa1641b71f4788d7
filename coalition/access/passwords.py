"""Passwords, hashed by argon2id with OWASP's minimum parameters (19 MiB, two passes): about 20 ms a log-in.

Source: OWASP Password Storage Cheat Sheet. The rules for passwords follow NIST SP 800-63B: a minimum length, no
rules of composition, all of Unicode, and none that is known from a leak or easily made from one. What is easily made is
what zxcvbn finds in 10^8 guesses or less, with its list of 30,000 leaked passwords (Wheeler, USENIX Security 2016).
A password is checked exactly as it was typed, as OWASP's ASVS 6.2.8 has it, in no normal form of Unicode.
"""

import threading
import unicodedata
from decimal import Decimal

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from coalition.access.errors import PasswordWeak
from settlement import Phrase

CHARS_MIN, CHARS_MAX = 12, 200
CONCURRENT_MAX = 4
"""Hashes computed at the same time in a process: each takes 19 MiB and a core."""

LOOKED_AT_CHARS = 72
"""How much of a password is looked at: what begins with so many that are hard to guess is hard to guess."""
GUESSES_MAX = 10**8
OWN_WORDS = (
    "coalition",
    "alliance",
    "loyalty",
    "loyalty points",
    "points",
    "bonus",
    "wallet",
    "till",
    "cashier",
    "shop",
)
"""Words of this trade, which cost whoever guesses nothing."""

_hasher = PasswordHash([Argon2Hasher(time_cost=2, memory_cost=19_456, parallelism=1)])
_slots = threading.BoundedSemaphore(CONCURRENT_MAX)
_DUMMY_HASH = _hasher.hash("a password that nobody has")


def hash_password(password: str, email: str) -> str:
    """The hash to store. Raises PasswordWeak if the password is too short, too long, leaked, or easy to guess."""
    if not CHARS_MIN <= len(password) <= CHARS_MAX:
        raise PasswordWeak(
            Phrase(
                "it must have {least} to {most} characters; a sentence is a good one", least=CHARS_MIN, most=CHARS_MAX
            )
        )
    if _guesses(password, email) <= GUESSES_MAX:
        raise PasswordWeak(
            Phrase("it is too easy to guess, or known from a leak; choose a sentence that only you would write")
        )
    with _slots:
        return _hasher.hash(password)


def hash_pin(pin: str) -> str:
    """The hash of a PIN, whose strength is that few tries are allowed."""
    with _slots:
        return _hasher.hash(pin)


def is_password(password: str, stored_hash: str | None) -> bool:
    """Whether the password has this hash. None matches nothing, and takes equally long."""
    with _slots:
        right = _hasher.verify(password, stored_hash or _DUMMY_HASH)
    return right and stored_hash is not None


def _guesses(password: str, email: str) -> Decimal:
    """How many guesses it takes whoever knows leaked passwords, words, and the user's address."""
    from zxcvbn import zxcvbn

    # Letters of full width make a word no harder to guess.
    text = unicodedata.normalize("NFKC", password)
    own = [*OWN_WORDS, email, *email.replace("@", " ").replace(".", " ").split()]
    return Decimal(zxcvbn(text[:LOOKED_AT_CHARS], own, max_length=LOOKED_AT_CHARS)["guesses"])
