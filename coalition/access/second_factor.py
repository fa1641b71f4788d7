"""The second factor: six digits from an authenticator app (TOTP, RFC 6238: SHA-1, 30 s); each code counts once."""

import pyotp

STEP_SECONDS = 30
SKEW_STEPS = 1
"""A phone's clock may be one step fast or slow."""
ISSUER = "Coalition"


def new_secret() -> str:
    """A new random secret, in base 32 as apps expect it."""
    return pyotp.random_base32()


def app_uri(secret: str, email: str, alliance: str) -> str:
    """The URI that an authenticator app scans as a QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=f"{ISSUER} {alliance}")


def step_of(secret: str, code: str, now: int) -> int | None:
    """The time step near `now` (microseconds since 1970 UTC) that has this code; None if the code is wrong."""
    code_of = pyotp.TOTP(secret)
    current = now // 1_000_000 // STEP_SECONDS
    for step in range(current - SKEW_STEPS, current + SKEW_STEPS + 1):
        if pyotp.utils.strings_equal(code, code_of.generate_otp(step)):
            return step
    return None
