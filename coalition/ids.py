"""Public ids such as `pur_3f6k…`: they look random, and are converted from and to the book's posting numbers.

Posting numbers count up, so they would show every shop how busy the alliance is. A permutation keyed with a secret of
the alliance hides that, without another column or index. Four Feistel rounds with a keyed hash as the round function
are a strong pseudo-random permutation (M. Luby, C. Rackoff, "How to construct pseudorandom permutations from
pseudorandom functions", SIAM J. Comput. 17 (2), 1988).
"""

import secrets
from functools import lru_cache
from hashlib import blake2s

from coalition.locale.formats import moment

_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
_VALUES = {letter: value for value, letter in enumerate(_LETTERS)}
_LENGTH = 13
_ROUNDS = (b"\1", b"\2", b"\3", b"\4")
_HALF = 0xFFFF_FFFF


def random_id(prefix: str) -> str:
    """A new random id: the prefix, an underscore, 26 letters (130 bits)."""
    return id_of_bytes(prefix, secrets.token_bytes(26))


def id_of_bytes(prefix: str, random: bytes) -> str:
    """The id that 26 random bytes make: of the same bytes the same."""
    # 256 is a multiple of 32, so each letter is as likely as another.
    return f"{prefix}_{''.join([_LETTERS[byte & 31] for byte in random[:26]])}"


@lru_cache(maxsize=1_024)
def window_id(opens_at: int) -> str:
    """The id of the window that opens at this instant (microseconds since 1970 UTC): win_20260601T000000Z."""
    return f"win_{moment(opens_at):%Y%m%dT%H%M%SZ}"


class PostingIds:
    """Public ids of one alliance's postings."""

    def __init__(self, secret: bytes) -> None:
        # A copy of a hash that has its key already takes half as long as a new one.
        self._keyed = tuple(blake2s(digest_size=4, key=secret, person=number) for number in _ROUNDS)

    def public(self, prefix: str, posting_id: int) -> str:
        """The public id of a posting, with a prefix that says what it is: `pur`, `ref`, `hold` …"""
        left, right = posting_id >> 32, posting_id & _HALF
        for keyed in self._keyed:
            left, right = right, left ^ _mixed(keyed, right)
        value = left << 32 | right
        return f"{prefix}_" + "".join([_LETTERS[value >> shift & 31] for shift in range(60, -1, -5)])

    def posting(self, prefix: str, public: str) -> int | None:
        """The number of the posting with this public id; None if the text is not a public id with this prefix."""
        start, _, text = public.partition("_")
        if start != prefix or len(text) != _LENGTH or not _VALUES.keys() >= set(text):
            return None
        value = 0
        for letter in text:
            value = value << 5 | _VALUES[letter]
        left, right = value >> 32, value & _HALF
        for keyed in reversed(self._keyed):
            left, right = right ^ _mixed(keyed, left), left
        posting_id = left << 32 | right
        return posting_id if value < 2**64 and posting_id < 2**63 else None


def _mixed(keyed: "blake2s", half: int) -> int:
    digest = keyed.copy()
    digest.update(half.to_bytes(4))
    return int.from_bytes(digest.digest())
