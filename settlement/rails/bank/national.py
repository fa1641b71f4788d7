"""Facts of single countries: addresses, numbers of banks and accounts, Swiss references, and Chinese batch tables."""

import re
from collections.abc import Mapping
from typing import Final

from settlement.rails.bank.identifiers import IBAN_LENGTHS, QR_DIGITS, compact
from settlement.sentences import Phrase

ADDRESS: Final = ("street", "building", "postcode", "town", "country")
"""Parts of an address. From November 2026 banks refuse unstructured ones: town and country must stand apart."""

_SEPA_OUTSIDE_EEA: Final = frozenset(["AD", "AL", "CH", "GB", "GI", "MC", "MD", "ME", "MK", "RS", "SM", "VA"])
"""Countries of SEPA that are not in the European Economic Area (EPC409-09): payments there need BIC and addresses."""
_QR_IIDS: Final = range(30_000, 32_000)
"""Numbers of institutions in QR-IBANs (SIX, Swiss Implementation Guidelines QR-bill)."""

_COUNTRY = re.compile(r"[A-Z]{2}", re.ASCII)
_SORT_CODE = re.compile(r"[0-9]{6}", re.ASCII)
_BACS_ACCOUNT = re.compile(r"[0-9]{8}", re.ASCII)

TEMPLATES: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "icbc": (
        ("收款账号", "account"), ("收款账号名称", "name"), ("收款账号开户行", "bank"), ("金额", "amount"),
        ("汇款用途", "text"), ("备注信息", "reference"),
    ),
    "ccb": (
        ("序号", "number"), ("收款账号", "account"), ("收款户名", "name"), ("收款行联行号", "bank_code"),
        ("收款行名称", "bank"), ("金额", "amount"), ("用途", "reference"),
    ),
    "abc": (
        ("编号", "number"), ("收款方账号", "account"), ("收款方户名", "name"), ("收款方开户行", "bank"),
        ("金额", "amount"), ("用途", "reference"),
    ),
    "boc": (
        ("收款人账号", "account"), ("收款人名称", "name"), ("收款人开户行名称", "bank"), ("收款行联行号", "bank_code"),
        ("金额", "amount"), ("用途", "reference"),
    ),
    "cmb": (
        ("收款账户", "account"), ("收款户名", "name"), ("转账金额", "amount"), ("备注", "reference"),
        ("收款银行", "bank"), ("收款银行支行", "branch"), ("收款省/直辖市", "province"), ("收款市县", "city"),
    ),
}  # fmt: skip
"""Batch tables of Chinese banks (工商、建设、农业、中国、招商): their columns, and what of a payment stands in each.
A bank shows a sample of its own on the page that takes the file; where it differs, the settings say what that has.
"""


def needs_address(iban: str) -> bool:
    """Whether payments to and from an account need its BIC and both sides' addresses."""
    return compact(iban)[:2] in _SEPA_OUTSIDE_EEA


def address_problem(address: Mapping[str, str]) -> str:
    """Why these parts are no structured address; empty where they are, or where there are none."""
    if not any(address.values()):
        return ""
    if not address.get("town"):
        return Phrase("the address has no town")
    country = address.get("country", "")
    return "" if _COUNTRY.fullmatch(country) else Phrase("the address needs a country of two letters, as DE or CH")


def is_qr_iban(iban: str) -> bool:
    """Whether an IBAN of Switzerland or Liechtenstein takes payments with a QR reference only."""
    plain = compact(iban)
    is_swiss = plain[:2] in ("CH", "LI") and len(plain) == IBAN_LENGTHS["CH"]
    return is_swiss and plain[4:9].isdigit() and int(plain[4:9]) in _QR_IIDS


def qr_reference_problem(reference: str) -> str:
    """Why this is no QR reference (27 digits, the last one checks, modulo 10 recursive); empty where it is one."""
    from stdnum.ch import esr

    plain = compact(reference)
    is_sound = len(plain) == QR_DIGITS and plain.isdigit() and esr.is_valid(plain)
    return "" if is_sound else Phrase("{reference:name} is not a QR reference of 27 digits", reference=reference)


def routing_problem(routing: str) -> str:
    """Why this is no routing number of a bank in the United States (nine digits that check); empty where it is one."""
    from stdnum.us import rtn

    return (
        ""
        if rtn.is_valid(routing)
        else Phrase("{routing:name} is not a routing number of nine digits", routing=routing)
    )


def sort_code_problem(sort_code: str) -> str:
    """Why this is no sort code; empty where it is one."""
    plain = digits_of(sort_code)
    return "" if _SORT_CODE.fullmatch(plain) else Phrase("{code:name} is not a sort code of six digits", code=sort_code)


def bacs_account_problem(account: str) -> str:
    """Why this is no account number of Bacs; empty where it is one."""
    plain = digits_of(account)
    is_sound = _BACS_ACCOUNT.fullmatch(plain) is not None
    return "" if is_sound else Phrase("{account:name} is not an account number of eight digits", account=account)


def digits_of(number: str) -> str:
    """A number without the spaces and dashes that people group it by."""
    return compact(number).replace("-", "")
