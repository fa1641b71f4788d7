"""A pay code: 20 digits that a member's phone makes by itself, without reception. Pure.

| digits | what                                                                                                   |
|--------|--------------------------------------------------------------------------------------------------------|
| 2      | 29: a number that shops use inside, so no product's barcode is taken for one                           |
| 9      | the number of the phone (a device)                                                                     |
| 9      | a MAC over the step of time: HMAC-SHA-256 under the device's key over the step, written in decimal; of  |
|        | its hexadecimal digits the first 13 as a number, modulo 10⁹                                            |

A step lasts 30 seconds, and one step of slack either way lets clocks differ. Thirteen hexadecimal digits are the most
that JavaScript counts exactly, so each language computes the same. Codes are made by `pay_code.js` on a phone and by
`coalition/client/pay_codes.py` in an app, and proven here; `tests/data/pay_codes.json` has examples for all three.
"""

import hmac
import re
from hashlib import sha256
from typing import NamedTuple

PREFIX = "29"
CODE_DIGITS = 20
STEP_SECONDS = 30
STEP_US = STEP_SECONDS * 1_000_000
SLACK_STEPS = 1
RECOGNISED_STEPS = 20
"""So many steps away a code is still known to be the phone's, and called over: its time is past, or its clock wrong."""
OFFLINE_US = 72 * 3600 * 1_000_000
"""How old a sale with a code may be that a till made offline (microseconds). It earns, and spends nothing."""
MODULUS = 10**9
SHORT_DIGITS = 6
_CODE = re.compile(rf"{PREFIX}(\d{{9}})(\d{{9}})", re.ASCII)
_SHORT = re.compile(rf"\d{{{SHORT_DIGITS}}}", re.ASCII)


class ScannedCode(NamedTuple):
    """The two halves of a code: the number of the device, and the digits that prove it."""

    number: int
    mac: str


def scan(text: str) -> ScannedCode | None:
    """The code that a till has read; None for what has not its form."""
    match = _CODE.fullmatch(text)
    return None if match is None else ScannedCode(int(match[1]), match[2])


def is_short(text: str) -> bool:
    """Whether a text has the form of the six digits that the server makes where no code can be scanned."""
    return _SHORT.fullmatch(text) is not None


def derive_key(secret: bytes, nonce: str) -> bytes:
    """The key of a device, which nothing stores here: it is derived from the alliance's secret."""
    # The secret signs other things too: naming the purpose keeps a key from being good for another one.
    return hmac.digest(secret, b"pay device\0" + nonce.encode(), sha256)


def step_of(instant: int) -> int:
    """The step of an instant (microseconds since 1970 UTC)."""
    return instant // STEP_US


def proven_step(key: bytes, mac: str, around: int) -> int | None:
    """The step that a MAC proves, of those that are recognised the nearest one; None where it proves none.

    A code that is good is found among the first three. How far a code is off, its answer says anyway; a wrong one is
    compared with all of them, whether its number is a phone's or not.
    """
    for distance in range(RECOGNISED_STEPS + 1):
        for step in sorted({around - distance, around + distance}):
            if hmac.compare_digest(_mac(key, step), mac):
                return step
    return None


def _mac(key: bytes, step: int) -> str:
    digest = hmac.digest(key, str(step).encode(), sha256).hex()
    return f"{int(digest[:13], 16) % MODULUS:09d}"
