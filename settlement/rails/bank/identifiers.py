"""What banks identify things by: IBAN, BIC, creditor identifier, our own references, and the letters they know.

The reference of a payment is a creditor reference of ISO 11649: RF, two check digits, and sixteen characters made
from its key. It is short enough for every field of a bank, safe to read out and to type (no I, L, O or U), and a
slip in it is found by the check digits. The same reference is the end-to-end id of a payment that we send.
"""

import re
from hashlib import sha256
from typing import Final

from text_unidecode import unidecode

from settlement.sentences import Phrase

# Lengths by country of the SEPA schemes' geographical scope (EPC409-09) as the IBAN registry (ISO 13616) gives them.
_LENGTHS: Final = (
    "AD24 AL28 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23 GR27 HR21 HU28 IE22 IS26 IT27 "
    "LI21 LT20 LU20 LV21 MC27 MD24 ME22 MK19 MT31 NL18 NO15 PL28 PT25 RO24 RS22 SE24 SI19 SK24 SM27 VA22"
)
IBAN_LENGTHS: Final = {entry[:2]: int(entry[2:]) for entry in _LENGTHS.split()}
"""Characters in an IBAN by country, for the countries of SEPA."""

REFERENCE_CHARS = 20
CREDITOR_PREFIX = "RF"
QR_DIGITS = 27
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BITS = 5
_BODY_CHARS = REFERENCE_CHARS - 4

# The letters that every bank of the SEPA schemes takes (EPC217-08).
_NOT_SEPA = re.compile(r"[^A-Za-z0-9/?:().,'+ -]")
_SPACES = re.compile(r"\s+")
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", re.ASCII)
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{10,30}", re.ASCII)
_CREDITOR_ID = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}", re.ASCII)
_MANDATE_ID = re.compile(r"[A-Za-z0-9/?:().,'+-]{1,35}", re.ASCII)
# A look-ahead finds references that begin inside another text that only looks like one.
_REFERENCE = re.compile(rf"(?=(RF[0-9]{{2}}[{_ALPHABET}]{{{_BODY_CHARS}}}))", re.ASCII)

_BARE = re.compile(rf"[0-9]{{2}}[{_ALPHABET}]{{{_BODY_CHARS}}}", re.ASCII)
_QR = re.compile(rf"(?<![0-9])[0-9]{{{QR_DIGITS}}}(?![0-9])", re.ASCII)


def compact(text: str) -> str:
    """An identifier as machines write it: capitals, without the spaces that people group it by."""
    return _SPACES.sub("", text).upper()


def iban_problem(iban: str) -> str:
    """Why this is not an IBAN of a SEPA country (ISO 13616: length by country, check digits mod 97); or empty."""
    plain = compact(iban)
    if not plain:
        return Phrase("there is no IBAN")
    if not _IBAN.fullmatch(plain):
        return Phrase("{iban:name} is not an IBAN", iban=iban)
    length = IBAN_LENGTHS.get(plain[:2])
    if length is None:
        return Phrase("IBAN {iban:name} is of a country outside SEPA", iban=iban)
    if len(plain) != length:
        return Phrase(
            "IBAN {iban:name} has {count} characters, and those of {country} have {length}",
            iban=iban,
            count=len(plain),
            country=plain[:2],
            length=length,
        )
    if not _checks(plain):
        return Phrase("IBAN {iban:name} has a typing error; its check digits don't fit", iban=iban)
    return ""


def bic_problem(bic: str) -> str:
    """Why this is not a BIC (ISO 9362: 8 or 11 characters); empty where it is one."""
    return (
        "" if _BIC.fullmatch(compact(bic)) else Phrase("{bic:name} is not a BIC, which has 8 or 11 characters", bic=bic)
    )


def creditor_id_problem(creditor_id: str) -> str:
    """Why this is not a SEPA creditor identifier (EPC262-08); empty where it is one.

    Its check digits are over the country and the national part; the three characters between are the creditor's own.
    """
    plain = compact(creditor_id)
    if not plain:
        return Phrase("there is no creditor identifier; the central bank gives one to whoever collects by direct debit")
    if not _CREDITOR_ID.fullmatch(plain):
        return Phrase("{creditor:name} is not a creditor identifier", creditor=creditor_id)
    if not _checks(plain[:4] + plain[7:]):
        return Phrase(
            "creditor identifier {creditor:name} has a typing error; its check digits don't fit", creditor=creditor_id
        )
    return ""


def mandate_problem(mandate_id: str) -> str:
    """Why this can't be the id of a mandate: 1 to 35 letters, digits and / ? : ( ) . , ' + -; or empty."""
    if not mandate_id:
        return Phrase("there is no mandate")
    if not _MANDATE_ID.fullmatch(mandate_id) or mandate_id.startswith("/") or "//" in mandate_id:
        return Phrase(
            "mandate id {mandate:name} has more than 35 characters, or characters that banks don't take",
            mandate=mandate_id,
        )
    return ""


def reference_of(alliance_id: int, key: str) -> str:
    """The reference of a payment, from its key: RF, check digits (ISO 11649, mod 97), 80 bits of SHA-256.

    Two alliances may share one bank account, so the alliance is part of what is hashed.
    """
    body = letters_of(f"{alliance_id}:{key}", _BODY_CHARS)
    return _with_check_digits(body)


def qr_reference_of(reference: str) -> str:
    """The Swiss form of a reference of ours, for accounts with a QR-IBAN: 26 digits and one that checks them."""
    from stdnum.ch import esr

    number = 0
    for letter in reference[-_BODY_CHARS:]:
        number = number << _BITS | _ALPHABET.index(letter)
    digits = str(number).zfill(QR_DIGITS - 1)
    return digits + esr.calc_check_digit(digits)


def _reference_of_qr(digits: str) -> str:
    """The reference of ours whose Swiss form this is; empty where its check digit does not fit, or it is too large."""
    from stdnum.ch import esr

    number = int(digits[:-1])
    if not esr.is_valid(digits) or number >> _BITS * _BODY_CHARS:
        return ""
    places = reversed(range(_BODY_CHARS))
    return _with_check_digits("".join(_ALPHABET[number >> _BITS * place & (1 << _BITS) - 1] for place in places))


def _with_check_digits(body: str) -> str:
    return f"{CREDITOR_PREFIX}{98 - _mod97(f'{body}RF00'):02d}{body}"


def letters_of(text: str, chars: int) -> str:
    """So many characters (at most 51) that stand for a text: five bits of its SHA-256 each."""
    number = int.from_bytes(sha256(text.encode()).digest())
    return "".join(_ALPHABET[number >> _BITS * place & (1 << _BITS) - 1] for place in range(chars))


def references_in(text: str) -> list[str]:
    """All sound references in a text, in order and once each, however it groups them; check digits must fit.

    One may stand in its Swiss form, and without its RF where the text is nothing else, as in a field of Bacs.
    """
    letters = re.sub(r"[^A-Z0-9]", "", text.upper())
    if _BARE.fullmatch(letters):
        letters = f"{CREDITOR_PREFIX}{letters}"
    sound = [reference for reference in _REFERENCE.findall(letters) if _checks(reference)]
    if not sound:
        sound = [reference for digits in _QR.findall(letters) if (reference := _reference_of_qr(digits))]
    return list(dict.fromkeys(sound))


def sepa_text(text: str, chars: int) -> str:
    """A text in the letters that every bank takes, at most so many; what has no such letter becomes a space.

    A slash at either end, and two in a row, are refused by banks.
    """
    plain = _SPACES.sub(" ", _NOT_SEPA.sub(" ", unidecode(text))).strip(" /")
    return re.sub(r"/{2,}", "/", plain)[:chars].strip(" /")


def _checks(plain: str) -> bool:
    """Whether the check digits at 2 and 3 fit (ISO 7064 mod 97-10: they are 02 to 98, and the number leaves 1)."""
    return "02" <= plain[2:4] <= "98" and _mod97(plain[4:] + plain[:4]) == 1


def _mod97(letters: str) -> int:
    return int("".join(str(int(letter, 36)) for letter in letters)) % 97
