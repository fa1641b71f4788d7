"""Files for the bank: what is in them, that they follow the schemas, and that they never change."""

import csv
import re
from dataclasses import replace
from datetime import date
from functools import cache
from hashlib import sha256
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
import sepaxml
import xmlschema
from defusedxml.ElementTree import fromstring
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from settlement.rails.bank import FileKind, bank_files, export_file, give_up_payment
from settlement.rails.bank.errors import BankFileNotFound, NothingToExport
from settlement.rails.bank.facts import BankFileItem
from settlement.rails.bank.sepa import batch_ids, sepa_file
from settlement.rails.bank.settings import DEBIT_SCHEMAS, TRANSFER_SCHEMAS
from settlement.rails.port import Direction, RailStatus
from tests.support.bank import Bank, attempt, csv_settings, sepa_settings, shop_account
from tests.support.clock import DAY, Clock, instant

PAY = Direction.PAY
WEDNESDAY = date(2024, 5, 15)
GOLDEN = Path(__file__).parent / "golden"
SCHEMAS = Path(sepaxml.__file__).parent / "schemas"


def check_schema(content: bytes) -> str:
    """The message follows the schema that it names; returns its name."""
    name = re.search(rb'xmlns="urn:iso:std:iso:20022:tech:xsd:([a-z0-9.]+)"', content)[1].decode()
    schema(name).validate(content.decode())
    return name


@cache
def schema(name: str) -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(SCHEMAS / f"{name}.xsd")


def all_of(content: bytes, name: str) -> list[str]:
    """Texts of all elements of a name."""
    return [element.text for element in fromstring(content).iter() if element.tag.endswith(f"}}{name}")]


def test_the_files_are_these_to_the_byte(bank: Bank, tables: Bank) -> None:
    cafe = shop_account("café", name="", mandate_id="M-2", iban="DE02120300000000202051", bic="BYLADEM1001")
    orders = [
        attempt("p1-1"),
        attempt("p2-1", minor=999, account=cafe),
        attempt("p3-1", minor=5, account=shop_account(mandate_sequence="OOFF")),
        attempt("p4-1", PAY, 500_000),
    ]
    # A key is in one rail only, as it is in one file.
    other = [replace(order, key=f"t{order.key}") for order in orders]
    bank.rail.instruct(orders)
    tables.rail.instruct(other)
    made = [*bank.export(), *tables.export()]
    for name, content in zip(("debits.xml", "transfers.xml", "requests.csv", "payments.csv"), made, strict=True):
        # The alliance's id is part of every reference, and of the message's id.
        assert content.decode() == (GOLDEN / name).read_bytes().decode()


def test_transfers_follow_every_schema_that_can_be_chosen(bank: Bank) -> None:
    for number, schema in enumerate(TRANSFER_SCHEMAS):
        chosen = Bank(bank.book, sepa_settings(name=f"s{number}", transfer_schema=schema), bank.clock)
        # The Swiss form asks for an address, and is a form of the message that its name begins with.
        plain, bic = (shop_account(town="Utrecht", country="NL", **more) for more in ({}, {"bic": "ABNANL2A"}))
        chosen.rail.instruct([attempt(f"a{number}", PAY, account=plain), attempt(f"b{number}", PAY, account=bic)])
        (content,) = chosen.export()
        assert check_schema(content) == schema.removesuffix(".ch.03")


def test_debits_follow_every_schema_that_can_be_chosen(bank: Bank) -> None:
    for number, schema in enumerate(DEBIT_SCHEMAS):
        settings = sepa_settings(name=f"s{number}", debit_schema=schema, bic="COBADEFFXXX", debit_scheme="B2B")
        chosen = Bank(bank.book, settings, bank.clock)
        chosen.rail.instruct([attempt(f"a{number}"), attempt(f"b{number}", account=shop_account(bic="ABNANL2A"))])
        (content,) = chosen.export()
        assert check_schema(content) == schema
        assert set(all_of(content, "Cd")) == {"SEPA", "B2B"}


items = st.builds(
    BankFileItem,
    key=st.text(min_size=1, max_size=40),
    file_id=st.just(1),
    kind=st.just(FileKind.DIRECT_DEBIT),
    reference=st.integers(0, 9).map(lambda number: f"RF18{number:016d}"),
    payment_id=st.just("p"),
    direction=st.just(Direction.COLLECT),
    participant=st.text(alphabet="abcäé", min_size=1, max_size=10),
    details=st.fixed_dictionaries(
        {
            "name": st.text(min_size=1, max_size=100).filter(lambda text: re.search("[a-z]", text) is not None),
            "iban": st.sampled_from(["DE89 3704 0044 0532 0130 00", "nl91abna0417164300"]),
            "mandate_id": st.text(alphabet="abcXYZ019+?:().,'-", min_size=1, max_size=35),
            "mandate_signed_on": st.dates().map(lambda day: day.isoformat()),
        }
    ),
    minor=st.integers(1, 999_999_999_99),
    group=st.just("g"),
    text=st.text(max_size=200),
    due_on=st.sampled_from([2024_05_01, 2024_12_25, 2025_02_28]),
    taken_at=st.just(0),
    exported_at=st.none(),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(some=st.lists(items, min_size=1, max_size=4), used=st.booleans())
def test_whatever_shops_are_called_the_message_follows_its_schema(some: list[BankFileItem], *, used: bool) -> None:
    now = instant("2024-05-15T12:00")
    for kind in (FileKind.DIRECT_DEBIT, FileKind.CREDIT_TRANSFER):
        content = sepa_file(sepa_settings(), kind, some, "C1-1-ABC", now, WEDNESDAY, lambda _: used)
        check_schema(content)
        assert sum(map(_minor, all_of(content, "InstdAmt"))) == sum(item.minor for item in some)
        assert sorted(id_ for part in batch_ids(content).values() for id_ in part) == sorted(i.reference for i in some)


def _minor(text: str) -> int:
    whole, cents = text.split(".")
    return int(whole) * 100 + int(cents)


def test_an_exported_file_is_the_same_bytes_for_ever_and_takes_nothing_more(bank: Bank, clock: Clock) -> None:
    bank.rail.instruct([attempt("a", PAY)])
    first = export_file(bank.book, bank.settings, 1)
    assert first.sha256 == sha256(first.content).hexdigest()
    assert first.file_name == f"{first.message_id}-credit_transfer.xml"
    clock.forward(DAY)
    bank.rail.instruct([attempt("b", PAY), attempt("a", PAY)])
    assert export_file(bank.book, bank.settings, 1) == first
    second = export_file(bank.book, bank.settings, 2)
    assert second.message_id != first.message_id
    assert len(all_of(second.content, "EndToEndId")) == 1
    files = bank_files(bank.book, bank.settings)
    assert [(file.id, file.payments, file.exported_at is None) for file in files] == [(1, 1, False), (2, 1, False)]


def test_two_who_export_at_once_get_the_same_file(bank: Bank) -> None:
    bank.rail.instruct([attempt("a", PAY)])
    got: list[bytes] = []
    threads = [Thread(target=lambda: got.append(export_file(bank.book, bank.settings, 1).content)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 3
    assert len(set(got)) == 1


def test_each_direction_has_a_file_of_its_own(bank: Bank) -> None:
    bank.rail.instruct([attempt("a", PAY), attempt("b"), attempt("c", PAY)])
    kinds = [(file.kind, file.payments) for file in bank_files(bank.book, bank.settings)]
    assert kinds == [(FileKind.CREDIT_TRANSFER, 2), (FileKind.DIRECT_DEBIT, 1)]


def test_a_payment_that_was_given_up_before_the_export_is_left_out(bank: Bank) -> None:
    bank.rail.instruct([attempt("a", PAY), attempt("b", PAY, 77)])
    give_up_payment(bank.book, bank.settings, "a", "ann", "paid in cash")
    (content,) = bank.export()
    assert all_of(content, "InstdAmt") == ["0.77"]
    assert [seen.status for seen in bank.rail.observe([attempt("a", PAY), attempt("b", PAY)])] == [
        RailStatus.FAILED,
        RailStatus.PENDING,
    ]


def test_a_file_without_payments_is_not_exported(bank: Bank) -> None:
    with pytest.raises(BankFileNotFound):
        export_file(bank.book, bank.settings, 1)
    bank.rail.instruct([attempt("a", PAY)])
    give_up_payment(bank.book, bank.settings, "a", "ann", "paid in cash")
    with pytest.raises(NothingToExport):
        export_file(bank.book, bank.settings, 1)


def test_the_first_debit_under_a_mandate_says_so_and_later_ones_too(bank: Bank) -> None:
    bank.rail.instruct([attempt("a"), attempt("b"), attempt("c", account=shop_account(mandate_id="M-2"))])
    (content,) = bank.export()
    parts = {part.findtext(".//{*}SeqTp"): part for part in fromstring(content).iterfind(".//{*}PmtInf")}
    assert {name: len(part.findall(".//{*}EndToEndId")) for name, part in parts.items()} == {"FRST": 2, "RCUR": 1}
    bank.rail.instruct([attempt("d"), attempt("e", account=shop_account("diner"))])
    (content,) = bank.export()
    assert sorted(all_of(content, "SeqTp")) == ["FRST", "RCUR"]


def test_a_first_debit_that_the_bank_refused_was_none(bank: Bank) -> None:
    bank.rail.instruct([attempt("a")])
    bank.export()
    bank.refuse(attempt("a"))
    bank.rail.instruct([attempt("b")])
    assert all_of(bank.export()[0], "SeqTp") == ["FRST"]


@pytest.mark.parametrize(
    ("today", "due_on", "direction", "expected"),
    [
        ("2024-05-15", 2024_05_20, PAY, "2024-05-20"),
        ("2024-05-15", 2024_05_18, PAY, "2024-05-20"),
        ("2024-05-15", 2024_05_01, PAY, "2024-05-15"),
        ("2024-05-18", 2024_05_01, PAY, "2024-05-20"),
        ("2024-05-15", 2024_05_15, Direction.COLLECT, "2024-05-17"),
        ("2024-05-17", 2024_05_17, Direction.COLLECT, "2024-05-21"),
        ("2024-03-28", 2024_03_28, Direction.COLLECT, "2024-04-03"),
        ("2024-12-24", 2024_12_25, Direction.COLLECT, "2024-12-30"),
    ],
)
def test_a_payment_is_carried_out_on_a_target_day_that_the_bank_can_make(
    bank: Bank, clock: Clock, today: str, due_on: int, direction: Direction, expected: str
) -> None:
    clock.set(instant(f"{today}T12:00", "Europe/Berlin"))
    bank.rail.instruct([attempt("a", direction, due_on=due_on)])
    (content,) = bank.export()
    dates = all_of(content, "ReqdColltnDt") if direction is Direction.COLLECT else all_of(content, "Dt")
    assert dates == [expected]


def test_days_are_the_alliances_own(bank: Bank, clock: Clock) -> None:
    # 23:30 UTC on Thursday is Friday in Berlin.
    clock.set(instant("2024-05-16T23:30"))
    bank.rail.instruct([attempt("a", PAY, due_on=2024_05_01)])
    assert all_of(bank.export()[0], "Dt") == ["2024-05-17"]


FORMULAS = ("=HYPERLINK(1)", "+1", "-1", "@x", "\t=1", "  =1", "＝1", "\r=1")


@pytest.mark.parametrize("evil", FORMULAS)
def test_a_table_runs_no_formula_of_a_shops(tables: Bank, evil: str) -> None:
    account = shop_account(evil, name=evil, account=evil, bank=evil)
    tables.rail.instruct([attempt("a", PAY, account=account, text=evil), attempt("b", account=account, text=evil)])
    for content in tables.export():
        rows = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))
        for cell in rows[1]:
            assert not cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝"))


def test_tables_write_amounts_of_any_currency(bank: Bank) -> None:
    for digits, amount in ((0, "1234"), (2, "12.34"), (3, "1.234")):
        settings = csv_settings(name=f"c{digits}", currency="XXX", minor_digits=digits)
        chosen = Bank(bank.book, settings, bank.clock)
        order = attempt(f"a{digits}", PAY, currency="XXX", minor_digits=digits)
        assert chosen.rail.instruct([order])[0].status is RailStatus.PENDING
        assert amount.encode() in chosen.export()[0]
