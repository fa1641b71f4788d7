"""Read the pay code of a purchase or a hold: what it consents to, and what a till hears that sent a wrong one."""

from coalition.alliance import Alliance
from coalition.paycodes.code import is_short, scan
from coalition.paycodes.consent import SpendingConsent
from coalition.paycodes.errors import PayCodeInvalid
from coalition.paycodes.guesses import guess_guard
from coalition.paycodes.read_code import read_code, read_code_now
from coalition.purchases.voided import posting_under


async def scanned_consent(alliance: Alliance, pay_code: str, till: str, sold_at: int | None) -> SpendingConsent | None:
    """What a code of a phone consents to; None where `consent_now` has to look: it is another code, or a wrong one."""
    return None if guess_guard(alliance).stops(till) else await read_code(alliance, pay_code, sold_at)


def consent_now(alliance: Alliance, pay_code: str, till: str, sold_at: int | None, key: str) -> SpendingConsent:
    """What a code consents to that comes with a request under a key of the book.

    Where that request was booked before, it is the consent of then, whatever became of the code. A wrong code counts as
    a guess of the till, if it has the form of one: a product's barcode that is scanned by mistake is no guess. Raises
    PayCodeInvalid and PayCodesStopped.
    """
    guard = guess_guard(alliance)
    consent = None if guard.stops(till) else read_code_now(alliance, pay_code, sold_at)
    consent = consent or _consent_of_then(alliance, pay_code, key)
    if consent is not None:
        return consent
    guard.check(till)
    if scan(pay_code) or is_short(pay_code):
        guard.count(till)
    raise PayCodeInvalid


def _consent_of_then(alliance: Alliance, pay_code: str, key: str) -> SpendingConsent | None:
    """The consent of a posting that stands under the key with this code; None where there is none."""
    posting = posting_under(alliance, key)
    if posting is None or posting.content.get("pay_code") != pay_code:
        return None
    return SpendingConsent(str(posting.content["member"]), "", pay_code, is_over=True)
