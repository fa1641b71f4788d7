"""Files for banks outside the euro's heartland: addresses, Swiss transfers, ACH, Bacs."""

from collections.abc import Callable
from datetime import date

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from settlement.rails.bank import BankSettings, BankSettingsInvalid, FileKind, reference_of
from settlement.rails.bank.bank_days import next_bank_day
from settlement.rails.bank.errors import ForeignStatement
from settlement.rails.bank.identifiers import qr_reference_of, references_in
from settlement.rails.port import Direction, RailAccount, RailStatus
from tests.support.bank import (
    Bank,
    attempt,
    balance,
    csv_settings,
    queue,
    sent,
    sepa_settings,
    shop_account,
    statuses,
    take,
)

SWISS_IBAN, QR_IBAN, BRITISH_IBAN = "CH9300762011623852957", "CH4431999123000889012", "GB29NWBK60161331926819"
ADDRESS = {"street": "Marktgasse", "building": "3", "postcode": "3011", "town": "Bern", "country": "CH"}
OWN_ADDRESS = {"town": "Berlin", "country": "DE"}
QR_REFERENCE = "210000000003139471430009017"


def exported(bank: Bank, *orders: object) -> str:
    """The one file that these payments make."""
    assert {seen.status for seen in bank.rail.instruct(orders)} == {RailStatus.PENDING}
    (content,) = bank.export()
    return content.decode()


def texts(xml: str, path: str) -> list[str | None]:
    return [element.text for element in fromstring(xml).iterfind(f".//{path}")]


class TestOutsideTheEea:
    @pytest.mark.parametrize(
        ("settings", "details", "why"),
        [
            ({}, {"iban": SWISS_IBAN}, "BIC is needed"),
            ({}, {"iban": BRITISH_IBAN, "bic": "NWBKGB2L"}, "bank settings need an address"),
            (OWN_ADDRESS, {"iban": SWISS_IBAN, "bic": "POFICHBE"}, "the address is missing"),
            (OWN_ADDRESS, {"iban": SWISS_IBAN, "bic": "POFICHBE", "street": "Marktgasse"}, "has no town"),
            (OWN_ADDRESS, {"iban": SWISS_IBAN, "bic": "POFICHBE", "town": "Bern", "country": "Schweiz"}, "two letters"),
            ({}, {"town": "Bern"}, "two letters"),
            (OWN_ADDRESS, {"iban": QR_IBAN, "bic": "POFICHBE", **ADDRESS}, "not a QR reference"),
            (OWN_ADDRESS, {"iban": SWISS_IBAN, "bic": "POFICHBE", **ADDRESS}, ""),
        ],
    )
    def test_what_is_missing_is_said_before_a_payment_is_made(
        self, bank_of: Callable[..., Bank], settings: dict[str, str], details: dict[str, str], why: str
    ) -> None:
        problem = bank_of(sepa_settings(**settings)).rail.problem(shop_account(**details), Direction.PAY)
        assert why in problem
        assert bool(why) == bool(problem)

    @pytest.mark.parametrize("direction", [Direction.PAY, Direction.COLLECT])
    def test_bic_and_structured_addresses_of_both_sides_are_in_the_file(
        self, bank_of: Callable[..., Bank], direction: Direction
    ) -> None:
        account = shop_account(iban=SWISS_IBAN, bic="POFICHBE", **ADDRESS)
        xml = exported(bank_of(sepa_settings(**OWN_ADDRESS)), attempt("a", direction, account=account))
        assert {"Berlin", "Bern"} >= {*texts(xml, "{*}TwnNm")} >= {"Bern"}
        assert "Marktgasse" in texts(xml, "{*}StrtNm")
        assert "POFICHBE" in texts(xml, "{*}BICFI")
        assert texts(xml, "{*}AdrLine") == []


class TestTransfers:
    def test_sepa_instant_and_an_hour_of_execution(self, bank_of: Callable[..., Bank]) -> None:
        xml = exported(bank_of(sepa_settings(instant=True, execution_time="14:30")), attempt("a", Direction.PAY))
        assert texts(xml, "{*}PmtTpInf/{*}LclInstrm/{*}Cd") == ["INST"]
        assert texts(xml, "{*}ReqdExctnDt/{*}DtTm") == ["2024-05-20T14:30:00"]

    @pytest.mark.parametrize(
        "settings",
        [
            {"execution_time": "25:00"},
            {"execution_time": "14:30", "transfer_schema": "pain.001.001.03"},
            {"town": "Bern"},
            {"street": "Marktgasse", "country": "CH"},
        ],
    )
    def test_a_time_or_an_address_that_no_file_can_have_is_refused(self, settings: dict[str, str]) -> None:
        with pytest.raises(BankSettingsInvalid):
            sepa_settings(**settings)

    def test_francs_go_by_the_swiss_form_with_qr_references(self, bank_of: Callable[..., Bank]) -> None:
        settings = csv_settings(
            pay=FileKind.CREDIT_TRANSFER, transfer_schema="pain.001.001.09.ch.03", currency="CHF", account=SWISS_IBAN,
            **ADDRESS,
        )  # fmt: skip
        bank = bank_of(settings)
        assert "address is missing" in bank.rail.problem(shop_account(iban=SWISS_IBAN), Direction.PAY)
        plain, qr = (shop_account(iban=iban, **ADDRESS) for iban in (SWISS_IBAN, QR_IBAN))
        orders = [
            attempt("a", Direction.PAY, account=plain, currency="CHF"),
            attempt(
                "b",
                Direction.PAY,
                account=RailAccount("cafe", {**qr.details, "qr_reference": QR_REFERENCE}),
                currency="CHF",
            ),
        ]
        xml = exported(bank, *orders)
        assert "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09" in xml
        assert texts(xml, "{*}CdtrRefInf/{*}Ref") == [QR_REFERENCE]
        assert texts(xml, "{*}SvcLvl/{*}Cd") == texts(xml, "{*}ChrgBr") == []
        assert len(texts(xml, "{*}Ustrd")) == 1

    def test_a_request_to_pay_to_a_qr_iban_has_a_qr_reference_and_is_told_by_it(
        self, bank_of: Callable[..., Bank]
    ) -> None:
        bank = bank_of(csv_settings(account=QR_IBAN, currency="CHF"))
        (reference,) = sent(bank, order := attempt("a", currency="CHF"))
        assert references_in(f"Ref {qr_reference_of(reference)} CHF") == [reference]
        assert references_in(reference[2:]) == [reference]
        assert bank.rail.observe([order])[0].status is RailStatus.PENDING


@given(st.text(min_size=1, max_size=20))
def test_a_qr_reference_stands_for_one_reference(key: str) -> None:
    reference = reference_of(1, key)
    digits = qr_reference_of(reference)
    assert (len(digits), references_in(digits)) == (27, [reference])
    slip = f"{digits[:-1]}{(int(digits[-1]) + 1) % 10}"
    assert references_in(slip) == []


AMERICAN = {"name": "Bakery", "routing": "011000015", "account": "12-345678", "mandate_id": "M-1"}


def american(**changes: str) -> BankSettings:
    """An account in the United States."""
    plain = {"currency": "USD", "account": "998877", "routing": "021000021", "company_id": "1234567890", **changes}
    return csv_settings(pay=FileKind.ACH_CREDIT, collect=FileKind.ACH_DEBIT, **plain)


class TestAch:
    @pytest.mark.parametrize(
        ("direction", "service", "code"), [(Direction.PAY, "220", "22"), (Direction.COLLECT, "225", "27")]
    )
    def test_records_have_their_sums_and_references(
        self, bank_of: Callable[..., Bank], direction: Direction, service: str, code: str
    ) -> None:
        bank = bank_of(american())
        account = RailAccount("bakery", AMERICAN)
        orders = [
            attempt(key, direction, minor, account=account, currency="USD", due_on=due)
            for key, minor, due in (("a", 1234, 2024_05_20), ("b", 66, 2024_05_20), ("c", 100, 2024_05_25))
        ]
        records = exported(bank, *orders).split("\r\n")[:-1]
        assert {len(record) for record in records} == {94}
        assert len(records) % 10 == 0
        batches = [record for record in records if record.startswith("5")]
        # The 25th is a Saturday, and the Monday after it Memorial Day.
        assert [(batch[1:4], batch[69:75]) for batch in batches] == [(service, "240520"), (service, "240528")]
        entries = [record for record in records if record.startswith("6")]
        assert [(entry[1:3], entry[3:12], int(entry[29:39])) for entry in entries] == [
            (code, "011000015", minor) for minor in (1234, 66, 100)
        ]
        assert [int(entry[87:94]) for entry in entries] == [1, 2, 3]
        addenda = [record[3:23] for record in records if record.startswith("705")]
        assert addenda == [bank.reference(order) for order in orders]
        end = next(record for record in records if record.startswith("9") and record.strip("9"))
        sums = (int(end[1:7]), int(end[7:13]), int(end[13:21]), int(end[21:31]), int(end[31:43]), int(end[43:55]))
        debited, credited = (1400, 0) if direction is Direction.COLLECT else (0, 1400)
        assert sums == (2, len(records) // 10, 6, 3 * 1100001, debited, credited)

    @pytest.mark.parametrize(
        "details", [{"routing": "011000016"}, {"account": ""}, {"account": "1" * 18}, {"account_type": "loan"}]
    )
    def test_an_account_that_is_none_is_refused(self, bank_of: Callable[..., Bank], details: dict[str, str]) -> None:
        account = RailAccount("bakery", {**AMERICAN, **details})
        assert bank_of(american()).rail.problem(account, Direction.PAY)

    def test_settings_need_the_banks_number_and_the_company(self) -> None:
        for wrong in ({"routing": "021000022"}, {"company_id": ""}):
            with pytest.raises(BankSettingsInvalid):
                american(**wrong)


BRITISH = {"name": "Bakery", "sort_code": "60-16-13", "account": "31926819", "mandate_id": "M1"}


def british(**changes: str) -> BankSettings:
    """An account in the United Kingdom."""
    plain = {"currency": "GBP", "account": "12345678", "sort_code": "200000", "service_user": "123456", **changes}
    return csv_settings(pay=FileKind.BACS_CREDIT, collect=FileKind.BACS_DEBIT, **plain)


class TestBacs:
    @pytest.mark.parametrize(
        ("direction", "code", "contra"), [(Direction.PAY, "99", "17"), (Direction.COLLECT, "17", "99")]
    )
    def test_labels_payments_and_contras(
        self, bank_of: Callable[..., Bank], direction: Direction, code: str, contra: str
    ) -> None:
        bank = bank_of(british())
        account = RailAccount("bakery", BRITISH)
        orders = [
            attempt(key, direction, minor, account=account, currency="GBP", due_on=due)
            for key, minor, due in (("a", 1234, 2024_05_20), ("b", 66, 2024_05_25))
        ]
        records = exported(bank, *orders).split("\r\n")[:-1]
        labels, payments = records[:4] + records[-3:], records[4:-3]
        assert [record[:4] for record in labels] == ["VOL1", "HDR1", "HDR2", "UHL1", "EOF1", "EOF2", "UTL1"]
        assert {len(record) for record in labels} == {80}
        assert {len(record) for record in payments} == {106}
        read = [
            (record[:14], record[15:17], int(record[35:46]), record[64:82].strip(), record[100:]) for record in payments
        ]
        # The 25th is a Saturday, and the Monday after it a bank holiday.
        assert read == [
            ("60161331926819", code, 1234, bank.reference(orders[0])[2:], " 24141"),
            ("20000012345678", contra, 1234, "CONTRA", " 24141"),
            ("60161331926819", code, 66, bank.reference(orders[1])[2:], " 24149"),
            ("20000012345678", contra, 66, "CONTRA", " 24149"),
        ]
        assert (int(labels[-1][4:17]), int(labels[-1][17:30])) == (1300, 1300)

    @pytest.mark.parametrize("details", [{"sort_code": "60161"}, {"account": "1"}, {"mandate_id": "M" * 19}])
    def test_an_account_that_is_none_is_refused(self, bank_of: Callable[..., Bank], details: dict[str, str]) -> None:
        account = RailAccount("bakery", {**BRITISH, **details})
        assert bank_of(british()).rail.problem(account, Direction.COLLECT)

    def test_settings_need_sort_code_account_and_service_user(self) -> None:
        for wrong in ({"sort_code": "1"}, {"account": "1"}, {"service_user": ""}):
            with pytest.raises(BankSettingsInvalid):
                british(**wrong)


def test_holidays_are_no_banking_days() -> None:
    assert next_bank_day("GB", date(2024, 5, 25)) == date(2024, 5, 28)
    assert next_bank_day("US", date(2024, 7, 3), 1) == date(2024, 7, 5)


def ach_returns(*returned: tuple[str, int, str]) -> bytes:
    """A return file: references, cents, and reasons."""
    records = ["101 021000021 0210000212405220900A094101" + " " * 54]
    records.append("5225" + " " * 46 + "CCD" + " " * 41)
    for number, (reference, minor, reason) in enumerate(returned, start=1):
        trace = f"01100001{number:07}"
        entry = f"626021000021{'12345678':17}{minor:010}{reference[:15]}{'Bakery':22}  1{trace}"
        records += [entry, f"7{'98' if reason[0] == 'C' else '99'}{reason}{trace}      02100002{'99887766':44}{trace}"]
    assert {len(record) for record in records} == {94}
    return "\r\n".join(records).encode()


def arudd(user: str, *returned: tuple[str, int]) -> bytes:
    """A report of unpaid direct debits: references and pence."""
    items = "".join(
        f'<ReturnedDebitItem ref="{reference}" transCode="17" returnCode="0128" returnDescription="REFER TO PAYER" '
        f'originalProcessingDate="2024-05-20" valueOf="{minor / 100:.2f}" currency="GBP">'
        f'<PayerAccount number="31926819" ref="{reference}" name="BAKERY" sortCode="60-16-13"/></ReturnedDebitItem>'
        for reference, minor in returned
    )
    return (
        f'<?xml version="1.0"?><BACSDocument><Data><ARUDD><Header reportType="REFT1019"/>'
        f'<ServiceLicenseInformation userName="Verbund" userNumber="{user}"/><Advice><OriginatingAccountRecords>'
        f"<OriginatingAccountRecord>{items}</OriginatingAccountRecord></OriginatingAccountRecords></Advice></ARUDD>"
        "</Data></BACSDocument>"
    ).encode()


def statement(*lines: tuple[int, str]) -> bytes:
    """A table of ours with movements, and what each says."""
    rows = [f"2024-05-2{number},{minor / 100:.2f},{text}" for number, (minor, text) in enumerate(lines)]
    return "\n".join(["booked_on,amount,text", *rows]).encode()


class TestReturnFiles:
    """A file of returns says what has failed or comes back; what the account is debited is told by its statement."""

    @pytest.mark.parametrize("nation", ["US", "GB"])
    def test_what_was_not_paid_yet_has_failed_and_what_was_is_found_in_the_statements_sum(
        self, bank_of: Callable[..., Bank], nation: str
    ) -> None:
        settings, details = (american(), AMERICAN) if nation == "US" else (british(), BRITISH)
        bank = bank_of(settings)
        orders = [
            attempt(key, minor=minor, account=RailAccount("bakery", details), currency=settings.currency)
            for key, minor in (("a", 1000), ("b", 700), ("c", 300), ("d", 50))
        ]
        names = sent(bank, *orders)
        take(bank, statement((1000, names[0]), (700, names[1]), (50, names[3])))
        returned = list(zip(names, (1000, 700, 300), strict=False))
        bare = [(name.removeprefix("RF"), minor) for name, minor in returned]
        content = ach_returns(*((*each, "R01") for each in returned)) if nation == "US" else arudd("123456", *bare)
        imported = take(bank, content)
        assert (imported.rejected, imported.unknown, imported.lines_new) == (3, 0, 0)
        paid, failed, back = RailStatus.PAID, RailStatus.FAILED, RailStatus.FAILED
        assert statuses(bank, *orders) == [paid, paid, failed, paid]
        assert take(bank, statement((-5, "charge"), (-1700, "RETURNED ITEMS"))).matched == 2
        assert statuses(bank, *orders) == [back, back, failed, paid]
        seen = bank.rail.observe([orders[0]])[0]
        assert seen.code == ("R01" if nation == "US" else "0128")
        assert ("not enough money" if nation == "US" else "REFER TO PAYER") in seen.why
        assert [line.minor for line in queue(bank)] == [-5]
        assert balance(bank) == 45

    def test_one_of_those_that_come_back_is_found_by_its_amount_in_a_statement_that_came_before(
        self, bank_of: Callable[..., Bank]
    ) -> None:
        bank = bank_of(american())
        account = RailAccount("bakery", AMERICAN)
        orders = [
            attempt(key, minor=minor, account=account, currency="USD") for key, minor in (("a", 1000), ("b", 700))
        ]
        names = sent(bank, *orders)
        take(bank, statement((1000, names[0]), (700, names[1]), (-700, "RETURNED ITEM")))
        assert [line.minor for line in queue(bank)] == [-700]
        take(bank, ach_returns((names[0], 1000, "R02"), (names[1], 700, "R10")))
        assert (queue(bank), balance(bank)) == ([], 1000)
        assert statuses(bank, *orders) == [RailStatus.PAID, RailStatus.FAILED]

    def test_what_banks_only_ask_or_argue_about_is_no_return(self, bank_of: Callable[..., Bank]) -> None:
        bank = bank_of(american())
        order = attempt("a", account=RailAccount("bakery", AMERICAN), currency="USD")
        (name,) = sent(bank, order)
        imported = take(bank, ach_returns((name, 1234, "C01"), (name, 1234, "R69"), ("RF99NOBODY00000", 5, "R01")))
        assert (imported.rejected, imported.unknown) == (0, 1)
        assert "asks to correct its account (C01: 99887766)" in str(imported.doubts[0])
        assert statuses(bank, order) == [RailStatus.PENDING]

    def test_a_report_of_another_service_user_is_refused(self, bank_of: Callable[..., Bank]) -> None:
        with pytest.raises(ForeignStatement, match="service user 654321"):
            take(bank_of(british()), arudd("654321"))
