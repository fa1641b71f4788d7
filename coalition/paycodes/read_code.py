"""Read the code of a member's phone: from memory, where the phone and its member are there."""

from coalition.alliance import Alliance
from coalition.paycodes.code import (
    OFFLINE_US,
    SLACK_STEPS,
    ScannedCode,
    derive_key,
    is_short,
    proven_step,
    scan,
    step_of,
)
from coalition.paycodes.consent import SpendingConsent, nonce_of_step
from coalition.paycodes.device_cache import KnownDevice, device_cache
from coalition.paycodes.short_code import read_short_code

NOBODY = "nobody"


async def read_code(alliance: Alliance, text: str, sold_at: int | None) -> SpendingConsent | None:
    """What a code that was scanned consents to; None where it is none, or is six digits, which the database knows.

    `sold_at` is when a sale happened that the till made offline and that spends nothing (microseconds since 1970 UTC),
    None for any other: the code is judged by that instant, or by now. A code of the phone's that is not good then is
    over: its time is past, or the phone's clock is wrong.
    """
    scanned = scan(text)
    if scanned is None:
        return None
    device = await device_cache(alliance).look_up_async(scanned.number)
    return _judged(alliance, text, scanned, device, sold_at)


def read_code_now(alliance: Alliance, text: str, sold_at: int | None) -> SpendingConsent | None:
    """The same for a thread, which may wait for the database; six digits are read too."""
    if is_short(text):
        return read_short_code(alliance, text, sold_at)
    scanned = scan(text)
    if scanned is None:
        return None
    return _judged(alliance, text, scanned, device_cache(alliance).look_up(scanned.number), sold_at)


def _judged(
    alliance: Alliance, text: str, scanned: ScannedCode, device: KnownDevice | None, sold_at: int | None
) -> SpendingConsent | None:
    now, secret = alliance.clock(), alliance.programme.secret
    at = now if sold_at is None else min(sold_at, now)
    around = step_of(at)
    # A number that no phone has takes as long as one that a phone has.
    key = derive_key(secret, NOBODY) if device is None else device.key
    step = proven_step(key, scanned.mac, around)
    if device is None or step is None:
        return None
    is_over = abs(step - around) > SLACK_STEPS or at < now - OFFLINE_US
    return SpendingConsent(device.member, nonce_of_step(secret, device.nonce, step), text, is_over)
