"""Forms in which banks hand out what moved: MT940, archives, UTF-16, tables of their own; and what is refused."""

from datetime import date as date_on
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from settlement import Calendar, Cutoff
from settlement.rails.bank import BankReport, BankSettings, StatementSpan, layout_of, read_files
from settlement.rails.bank.errors import BankFileUnreadable, BankSettingsInvalid, ForeignStatement
from tests.support.bank import sepa_settings
from tests.support.camt import OWN_IBAN, AccountStatement, Entry, Paid, camt, camt_of, pain_002

BERLIN = Calendar("Europe/Berlin", Cutoff("daily"))
SHANGHAI = Calendar("Asia/Shanghai", Cutoff("daily"))
DAY = date_on(2024, 5, 14)
OTHER_IBAN = "NL91ABNA0417164300"
REFERENCE = "RF18ABCDEFGHJKMNPQRS"

MT940 = f"""
:20:STARTUMS
:25:37040044/0532013000
:28C:00112/001
:60F:C240513EUR1000,00
:61:2405140514CR300,00NTRFNONREF//B4711
:86:166?00GUTSCHRIFT?20EREF+RF18ABCDEFGH?21JKMNPQRS?22KREF+M-1?23SVWZ+Thanks for
?24 the fish?30NOLADE21?31{OTHER_IBAN}?32BAKERY MUELLER
:61:2405140514DR200,50NRTINONREF//B4712
:86:/TRTP/SEPA OVERBOEKING/IBAN/{OTHER_IBAN}/NAME/Cafe/REMI/thanks/EREF/{REFERENCE}/RTRN/AC04
:62F:C240514EUR1099,50
-
""".strip()


def read(content: bytes | str, calendar: Calendar = BERLIN, **changes: object) -> list[BankReport]:
    """What a file says to the account's settings."""
    settings: BankSettings = sepa_settings(**changes)
    return read_files(settings, calendar, "f", content.encode() if isinstance(content, str) else content)


def archive(**files: bytes) -> bytes:
    """A zip of these."""
    packed = BytesIO()
    with ZipFile(packed, "w") as writer:
        for name, content in files.items():
            writer.writestr(name, content)
    return packed.getvalue()


class TestMt940:
    def test_movements_are_read_with_references_reasons_and_balances(self) -> None:
        (report,) = read(MT940)
        came, went = report.entries
        assert (report.kind, came.ref, came.booked_on, came.total) == ("MT940", "B4711", 2024_05_14, 30000)
        assert came.parts[0][2:] == (REFERENCE, "M-1", False, "", f"BAKERY MUELLER {OTHER_IBAN}", "Thanks for the fish")
        assert (went.total, went.parts[0].end_to_end, went.parts[0].returned) == (-20050, REFERENCE, True)
        assert (went.parts[0].code, went.parts[0].counterparty) == ("AC04", f"Cafe {OTHER_IBAN}")
        assert report.spans == (StatementSpan(2024_05_13, 100000, 2024_05_14, 109950),)
        assert report.doubts == ()

    def test_a_swift_envelope_and_latin_letters_are_no_hindrance(self) -> None:
        wrapped = "{1:F01COBADEFFAXXX0000000000}{2:I940COBADEFFXXXXN}{4:\r\n" + MT940.replace("\n", "\r\n") + "}"
        (report,) = read(wrapped.replace("MUELLER", "MÜLLER").encode("cp1252"))
        assert [entry.total for entry in report.entries] == [30000, -20050]
        assert "MÜLLER" in report.entries[0].parts[0].counterparty

    @pytest.mark.parametrize(
        "number", [OWN_IBAN, f"{OWN_IBAN}EUR", "COBADEFFXXX/0532013000", "COBADEFF/532013000", "0532013000"]
    )
    def test_the_account_is_known_however_it_is_written(self, number: str) -> None:
        (report,) = read(MT940.replace("37040044/0532013000", number))
        assert len(report.entries) == 2

    @pytest.mark.parametrize("number", [OTHER_IBAN, "37040044/0532013001", "50010517/0532013000", "3000"])
    def test_a_statement_of_another_account_is_refused_alone_and_named_beside_ours(self, number: str) -> None:
        foreign = MT940.replace("37040044/0532013000", number)
        with pytest.raises(ForeignStatement):
            read(foreign)
        (report,) = read(f"{foreign}\n{MT940}")
        assert (len(report.entries), report.others) == (2, (number,))

    @pytest.mark.parametrize(
        "damage", [(":61:2405140514CR300,00", ":61:240514"), ("EUR1000,00", "EUR"), ("C240513", "C249913")]
    )
    def test_what_is_damaged_is_refused(self, damage: tuple[str, str]) -> None:
        with pytest.raises(BankFileUnreadable):
            read(MT940.replace(*damage))

    def test_movements_that_do_not_lead_from_balance_to_balance_are_told(self) -> None:
        (report,) = read(MT940.replace("EUR1099,50", "EUR1100,00"))
        assert "balances differ by" in str(report.doubts[0])


class TestSeveralAccounts:
    def test_a_file_with_several_accounts_is_read_for_ours_and_names_the_others(self) -> None:
        ours = AccountStatement([Entry(100, DAY, "1")], span=(DAY, 0, DAY, 100))
        theirs = AccountStatement([Entry(900, DAY, "2")], OTHER_IBAN)
        (report,) = read(camt_of([theirs, ours]))
        assert [entry.total for entry in report.entries] == [100]
        assert (report.others, report.spans) == ((OTHER_IBAN,), (StatementSpan(2024_05_14, 0, 2024_05_14, 100),))

    def test_one_number_with_accounts_in_two_currencies_is_two_accounts(self) -> None:
        dollars = AccountStatement([Entry(5, DAY, "1")], currency="USD")
        message = camt_of([dollars, AccountStatement([Entry(7, DAY, "2")])])
        named = message.replace(b"</Id></Acct>", b"</Id><Ccy>USD</Ccy></Acct>", 1)
        (report,) = read(named)
        assert ([entry.total for entry in report.entries], report.others) == ([7], (f"{OWN_IBAN} USD",))

    def test_an_overdrawn_account_has_balances_below_zero(self) -> None:
        (report,) = read(camt([Entry(100, DAY, "1")], span=(DAY, -250, DAY, -150)))
        assert report.spans == (StatementSpan(2024_05_14, -250, 2024_05_14, -150),)
        assert report.doubts == ()


class TestArchives:
    def test_each_file_of_an_archive_is_read(self) -> None:
        reports = read(
            archive(b=pain_002("M1", [("RF1", "RJCT", "AC01")]), a=camt([Entry(1, DAY, "1")]), c=b"%PDF-1.7 for people")
        )
        assert [report.kind for report in reports] == ["camt.053", "pain.002"]

    def test_files_of_other_accounts_beside_ours_are_named(self) -> None:
        reports = read(archive(a=camt([Entry(1, DAY, "1")], iban=OTHER_IBAN), b=camt([Entry(1, DAY, "1")])))
        assert [report.others for report in reports] == [(), (f"account {OTHER_IBAN}",)]
        with pytest.raises(ForeignStatement):
            read(archive(a=camt([Entry(1, DAY, "1")], iban=OTHER_IBAN)))

    @pytest.mark.parametrize(
        ("content", "why"),
        [
            (archive(), "neither XML nor text"),
            (archive(a=b"%PDF-1", b=b"%PDF-1"), "no file in this archive"),
            (archive(a=archive(b=b"x")), "in another one"),
            (archive(a=b"x")[:40], "can't be unpacked"),
            (archive(a=b"%PDF-1.4"), "this is a PDF"),
            (archive(**{"xl/workbook.xml": b"<x/>"}), "this is a spreadsheet"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "this is a spreadsheet"),
            (b"%PDF-1.4\n%\xe2", "this is a PDF"),
        ],
        ids=["empty", "only PDFs", "archive in archive", "cut off", "one PDF", "xlsx", "xls", "PDF"],
    )
    def test_what_is_none_is_refused_as_what_it_is(self, content: bytes, why: str) -> None:
        with pytest.raises(BankFileUnreadable, match=why):
            read(content)

    def test_one_that_unpacks_to_more_than_there_is_room_for_is_not_unpacked(self) -> None:
        packed = BytesIO()
        with ZipFile(packed, "w", ZIP_DEFLATED) as bomb:
            for number in range(3):
                bomb.writestr(f"{number}.xml", bytes(25 * 1024 * 1024))
        assert len(packed.getvalue()) < 200_000
        with pytest.raises(BankFileUnreadable, match="more than 64 MB"):
            read(packed.getvalue())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_statement_in_utf_16_is_read_whatever_it_declares(encoding: str) -> None:
    text = camt([Entry(100, DAY, "1", (Paid(100, name="Café 咖啡"),))]).decode()
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    (report,) = read(marks.get(encoding, b"") + text.encode(encoding))
    assert report.entries[0].parts[0].counterparty == "Café 咖啡"


GERMAN = {
    "booked_on": "Buchungstag", "amount": "Betrag", "currency": "Währung", "balance": "Saldo",
    "account": "Auftragskonto", "text": ["Verwendungszweck", "Buchungstext"], "counterparty": ["Beguenstigter", "IBAN"],
}  # fmt: skip
CHINESE = {
    "booked_on": "交易日期", "date_format": "%Y%m%d", "paid_in": "收入金额", "paid_out": "支出金额", "id": "流水号",
    "balance": "余额", "text": "摘要", "counterparty": ["对方户名", "对方账号"], "encoding": "gbk",
}  # fmt: skip


class TestLayouts:
    def test_a_german_export_is_read_in_its_own_order_with_its_balances(self) -> None:
        lines = (
            "Umsätze;Girokonto",
            "",
            "Auftragskonto;Buchungstag;Buchungstext;Verwendungszweck;Beguenstigter;IBAN;Betrag;Währung;Saldo",
            f"{OWN_IBAN};15.05.2024;LASTSCHRIFT;{REFERENCE};Café;{OTHER_IBAN};-1.200,50;EUR;99,50",
            f"{OWN_IBAN};14.05.2024;GUTSCHR;danke;Bäcker;;+300,00;EUR;1.300,00",
            ";;;;;;Summe;EUR;",
        )
        (report,) = read("\n".join(lines).encode("cp1252"), csv=layout_of(GERMAN))
        assert [(entry.booked_on, entry.total) for entry in report.entries] == [
            (2024_05_15, -120050),
            (2024_05_14, 30000),
        ]
        assert report.entries[0].parts[0].text == f"{REFERENCE} LASTSCHRIFT"
        assert report.entries[0].parts[0].counterparty == f"Café {OTHER_IBAN}"
        assert report.spans == (StatementSpan(2024_05_14, 100000, 2024_05_15, 9950),)
        assert [*map(str, report.doubts)] == ["1 rows without a date were left out"]

    def test_a_chinese_export_in_gbk_is_read(self) -> None:
        lines = (
            "账号：6222020200001234567,,,,,,,",
            "交易日期,流水号,收入金额,支出金额,余额,摘要,对方户名,对方账号",
            f'20240514,77,"1,234.50",,2234.50,{REFERENCE},东街面包店,6222',
            "20240515,78,,34.50,2200.00,手续费,,",
            "合计,,1234.50,34.50,,,,",
        )
        (report,) = read("\r\n".join(lines).encode("gbk"), SHANGHAI, csv=layout_of(CHINESE))
        assert [(entry.ref, entry.total) for entry in report.entries] == [("77", 123450), ("78", -3450)]
        assert report.entries[0].parts[0].counterparty == "东街面包店 6222"
        assert report.spans == (StatementSpan(2024_05_14, 100000, 2024_05_15, 220000),)

    def test_a_direction_column_says_what_went_out(self) -> None:
        layout = layout_of({"booked_on": "Datum", "amount": "Betrag", "direction": "S/H", "outgoing": "S"})
        (report,) = read("Datum;Betrag;S/H\n14.05.2024;5,00;S\n14.05.2024;7,00;H\n", csv=layout)
        assert [entry.total for entry in report.entries] == [-500, 700]

    def test_a_table_without_a_header_has_numbered_columns(self) -> None:
        layout = layout_of({"booked_on": 2, "amount": 3, "text": [4, 1], "header": False})
        (report,) = read("some bank\nA,2024-05-14,1.00,x\nB,2024-05-15,-2.00,y\n", csv=layout)
        assert [(entry.total, entry.parts[0].text) for entry in report.entries] == [(100, "x A"), (-200, "y B")]

    def test_our_own_table_is_read_beside_the_banks(self) -> None:
        (report,) = read("booked_on,amount\n2024-05-14,1.00\n", csv=layout_of(GERMAN))
        assert (report.kind, report.entries[0].total) == ("csv", 100)

    def test_a_table_of_another_account_is_refused(self) -> None:
        layout = layout_of({"booked_on": "d", "amount": "a", "account": "k"})
        with pytest.raises(ForeignStatement):
            read(f"d,a,k\n2024-05-14,1.00,{OTHER_IBAN}\n", csv=layout)

    def test_a_bad_cell_is_named_by_its_line(self) -> None:
        layout = layout_of({"booked_on": "d", "amount": "a"})
        with pytest.raises(BankFileUnreadable, match=r"line 3.*not an amount"):
            read("d,a\n2024-05-14,1.00\n2024-05-14,one\n", csv=layout)

    @pytest.mark.parametrize(
        ("stated", "why"),
        [
            ({"booked_on": "d"}, "amount"),
            ({"amount": "a"}, "booked_on"),
            ({"booked_on": "d", "amount": "a", "paid_in": "i", "paid_out": "o"}, "name the column"),
            ({"booked_on": "d", "paid_in": "i"}, "name the column"),
            ({"booked_on": "d", "amount": "a", "direction": "s"}, "outgoing"),
            ({"booked_on": "d", "amount": "a", "datum": "s"}, "unknown key"),
            ({"booked_on": "d", "amount": "a", "date_format": "%d.%m"}, "year, month and day"),
            ({"booked_on": "d", "amount": "a", "encoding": "ebcdic"}, "choose one of"),
            ({"booked_on": "d", "amount": "a", "header": False}, "numbers"),
            ({"booked_on": 0, "amount": "a"}, "number from 1"),
        ],
    )
    def test_a_layout_that_can_not_be_read_is_refused(self, stated: dict[str, object], why: str) -> None:
        with pytest.raises(BankSettingsInvalid, match=why):
            layout_of(stated)
