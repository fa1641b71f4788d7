"""Shapes of statements as banks publish samples of them, each small and of our own making: matched, queued or refused.

Two debits are on their way, of 12.34 and 7.00; each file tells of them, or of something else, in one bank's way.
"""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest

from settlement.rails.bank import bank_files, import_file
from settlement.rails.bank.errors import BankError
from settlement.rails.bank.identifiers import qr_reference_of
from settlement.rails.bank.sepa import batch_ids
from tests.support.bank import Bank, attempt, balance, sent, shop_account
from tests.support.camt import OWN_IBAN, AccountStatement, Entry, Paid, camt, camt_of, document, pain_002

DAY = date(2024, 5, 21)
OTHER_IBAN = "NL91ABNA0417164300"
Shape = Callable[[str, str, str, str], bytes]
"""Makes a file from the references of both debits, the message's id and that of its part."""
MATCHED_ONE, MATCHED_BOTH, QUEUED, NOTHING, REJECTED_ONE, REJECTED_BOTH = (
    (1, 0, 0), (2, 0, 0), (0, 1, 0), (0, 0, 0), (0, 0, 1), (0, 0, 2),
)  # fmt: skip
"""How many payments are matched, how many lines wait, how many payments are refused by the bank."""


def entry(minor: int, *paid: Paid, **changes: object) -> Entry:
    return Entry(**{"minor": minor, "booked": DAY, "ref": "B1", "paid": paid, **changes})


def first(text: str, **changes: object) -> Entry:
    """The first debit, told by an end-to-end id."""
    return entry(1234, Paid(1234, text), **changes)


def zipped(**files: bytes) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def mt940(details: str, minor: str = "12,34", account: str = "37040044/0532013000") -> bytes:
    return (
        f":20:1\n:25:{account}\n:28C:1/1\n:60F:C240520EUR0,00\n:61:2405210521C{minor}NTRFNONREF//B1\n:86:{details}\n"
        f":62F:C240521EUR{minor}\n-\n"
    ).encode()


SHAPES: dict[str, tuple[Shape, tuple[int, int, int] | str]] = {
    **{
        f"camt.053.001.{version:02d}": (
            lambda a, b, m, p, version=version: camt([first(a)], version), MATCHED_ONE
        )
        for version in range(2, 14)
    },
    **{
        f"camt.054.001.{version:02d}": (
            lambda a, b, m, p, version=version: camt([first(a)], version, kind=54), MATCHED_ONE
        )
        for version in range(2, 14)
    },
    "a namespace with a prefix": (lambda a, b, m, p: camt([first(a)], prefix="ns2"), MATCHED_ONE),
    "a byte order mark": (lambda a, b, m, p: b"\xef\xbb\xbf" + camt([first(a)]), MATCHED_ONE),
    "UTF-16": (lambda a, b, m, p: camt([first(a)]).decode().encode("utf-16"), MATCHED_ONE),
    "a zip": (lambda a, b, m, p: zipped(s=camt([first(a)])), MATCHED_ONE),
    "a zip with a PDF beside": (lambda a, b, m, p: zipped(s=camt([first(a)]), t=b"%PDF-1.4"), MATCHED_ONE),
    "a statement and its notification in one zip": (
        lambda a, b, m, p: zipped(s=camt([first(a)]), t=camt([first(a, ref="N7")], kind=54)), MATCHED_ONE
    ),
    "two details with amounts": (
        lambda a, b, m, p: camt([entry(1934, Paid(1234, a), Paid(700, b))]), MATCHED_BOTH
    ),
    "details in version 08": (
        lambda a, b, m, p: camt([entry(1934, Paid(1234, a), Paid(700, b))], 8), MATCHED_BOTH
    ),
    "references without amounts": (
        lambda a, b, m, p: camt([entry(1934, Paid(0, a), Paid(0, b))]), MATCHED_BOTH
    ),
    "a batch by its message": (lambda a, b, m, p: camt([entry(1934, message=m)]), MATCHED_BOTH),
    "a batch by its part": (lambda a, b, m, p: camt([entry(1934, batch=p)]), MATCHED_BOTH),
    "a batch of another sum": (lambda a, b, m, p: camt([entry(1900, message=m)]), QUEUED),
    "a reference in the text": (lambda a, b, m, p: camt([entry(1234, Paid(1234, text=f"debit {a}"))]), MATCHED_ONE),
    "a reference in groups of four": (
        lambda a, b, m, p: camt([entry(1234, Paid(1234, text=" ".join(a[n : n + 4] for n in range(0, 20, 4))))]),
        MATCHED_ONE,
    ),
    "a QR reference": (lambda a, b, m, p: camt([entry(1234, Paid(1234, text=qr_reference_of(a)))]), MATCHED_ONE),
    "a reference without RF": (lambda a, b, m, p: camt([first(a[2:])]), MATCHED_ONE),
    "no reference": (lambda a, b, m, p: camt([entry(1234, Paid(1234, "NOTPROVIDED", "thanks"))]), QUEUED),
    "another's reference": (lambda a, b, m, p: camt([first("RF18539007547034")]), QUEUED),
    "a typing error": (lambda a, b, m, p: camt([first(a[:-1] + ("0" if a[-1] != "0" else "1"))]), QUEUED),
    "too little": (lambda a, b, m, p: camt([entry(1200, Paid(1200, a))]), QUEUED),
    "too much": (lambda a, b, m, p: camt([entry(1300, Paid(1300, a))]), QUEUED),
    "a fee of the bank": (lambda a, b, m, p: camt([entry(-250, text="account fee")]), QUEUED),
    "charges deducted": (
        lambda a, b, m, p: camt([entry(1204, Paid(1204, a, charges=30, instructed=1234))]), MATCHED_ONE
    ),
    "paid and returned": (
        lambda a, b, m, p: camt([first(a), entry(-1234, Paid(-1234, a, reason="MD06"), ref="B2")]), MATCHED_BOTH
    ),
    "paid and returned with charges": (
        lambda a, b, m, p: camt(
            [first(a), entry(-1534, Paid(-1534, a, reason="AC04", charges=300, instructed=1234), ref="B2")], 8
        ),
        MATCHED_BOTH,
    ),
    "a collective and its reversal": (
        lambda a, b, m, p: camt([entry(1934, message=m), entry(-1934, message=m, ref="B2", reversal=True)]), (4, 0, 0)
    ),
    "pending only": (lambda a, b, m, p: camt([first(a, status="PDNG")], 8), NOTHING),
    "booked at nothing": (lambda a, b, m, p: camt([entry(0, Paid(0, a))]), NOTHING),
    "no movements": (lambda a, b, m, p: camt([]), NOTHING),
    "several accounts": (
        lambda a, b, m, p: camt_of([AccountStatement([first(b)], OTHER_IBAN), AccountStatement([first(a)])]),
        MATCHED_ONE,
    ),
    "balances": (lambda a, b, m, p: camt([first(a)], span=(DAY, 0, DAY, 1234)), MATCHED_ONE),
    "MT940 of a German bank": (lambda a, b, m, p: mt940(f"166?00GUT?20EREF+{a}?21SVWZ+danke?32CAFE"), MATCHED_ONE),
    "MT940 of a Dutch bank": (lambda a, b, m, p: mt940(f"/TRTP/SEPA/NAME/Cafe/EREF/{a}/REMI/dank"), MATCHED_ONE),
    "MT940 in plain text": (lambda a, b, m, p: mt940(f"PAYMENT {a} THANKS"), MATCHED_ONE),
    "MT940 by IBAN": (lambda a, b, m, p: mt940(a, account=OWN_IBAN), MATCHED_ONE),
    "MT940 of another account": (lambda a, b, m, p: mt940(a, account=OTHER_IBAN), "is account"),
    "a table of ours": (lambda a, b, m, p: f"booked_on,amount,text\n2024-05-21,12.34,{a}\n".encode(), MATCHED_ONE),
    "a table of Excel": (
        lambda a, b, m, p: f"booked_on;amount;text\n21.05.2024;12,34;{a}\n".encode("cp1252"), MATCHED_ONE
    ),
    "a table of unknown columns": (lambda a, b, m, p: b"Datum;Betrag\n21.05.2024;12,34\n", "is missing"),
    "a payment refused": (lambda a, b, m, p: pain_002(m, [(a, "RJCT", "AC04")]), REJECTED_ONE),
    "a part refused": (lambda a, b, m, p: pain_002(m, part=(p, "RJCT")), REJECTED_BOTH),
    "a file refused": (lambda a, b, m, p: pain_002(m, group="RJCT"), REJECTED_BOTH),
    "a file accepted": (lambda a, b, m, p: pain_002(m, group="ACCP"), NOTHING),
    "another account": (lambda a, b, m, p: camt([first(a)], iban=OTHER_IBAN), "is account"),
    "another currency": (lambda a, b, m, p: camt([first(a)], currency="USD"), "is currency USD"),
    "an intraday report": (lambda a, b, m, p: document("<BkToCstmrAcctRpt/>", "camt.052.001.08"), "camt.052"),
    "a payment message": (lambda a, b, m, p: document("<FIToFICstmrCdtTrf/>", "pacs.008.001.08"), "no camt.053"),
    "a PDF": (lambda a, b, m, p: b"%PDF-1.4", "this is a PDF"),
    "a spreadsheet": (lambda a, b, m, p: zipped(**{"xl/workbook.xml": b""}), "this is a spreadsheet"),
    "cut off": (lambda a, b, m, p: camt([first(a)])[:-30], "not well-formed"),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_matched_queued_or_refused_with_its_reason(bank: Bank, name: str) -> None:
    orders = attempt("a"), attempt("b", minor=700, account=shop_account("cafe", mandate_id="M-2"))
    references = sent(bank, *orders)
    (file,) = bank_files(bank.book, bank.settings)
    # Each sequence of a mandate has a part of its own; both debits are the first of theirs.
    (part,) = batch_ids(file.content or b"")
    shape, expected = SHAPES[name]
    content = shape(*references, file.message_id or "", part)
    if isinstance(expected, str):
        with pytest.raises(BankError, match=expected):
            import_file(bank.book, bank.settings, "f", content)
        assert balance(bank) == 0
        return
    done = import_file(bank.book, bank.settings, "f", content)
    assert (done.matched, done.queued, done.rejected) == expected
    again = import_file(bank.book, bank.settings, "f", content)
    assert again.known_since is not None
