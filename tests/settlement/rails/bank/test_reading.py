"""What a bank's file says, in all versions that banks write, and what is refused, with where and what to do."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement import Calendar, Cutoff
from settlement.rails.bank.errors import BankFileUnreadable, ForeignStatement
from settlement.rails.bank.reading import read_file
from settlement.rails.bank.reported import BankEntry, BankReport, RejectedPayment, minor_of
from tests.support.bank import csv_settings, sepa_settings
from tests.support.camt import Entry, Paid, camt, document, pain_002
from tests.support.clock import instant

DAY = date(2024, 5, 14)
VERSIONS = range(2, 14)


BERLIN = Calendar("Europe/Berlin", Cutoff("daily"))


def read(content: bytes, **changes: object) -> BankReport:
    """Reads a file as the SEPA rail does."""
    return read_file(sepa_settings(**changes), BERLIN, "f.xml", content)


class TestCamt:
    @pytest.mark.parametrize("version", VERSIONS)
    @pytest.mark.parametrize("kind", [53, 54])
    @pytest.mark.parametrize("prefix", ["", "ns0"])
    def test_every_version_says_the_same(self, version: int, kind: int, prefix: str) -> None:
        shop = Paid(2500, "RF18X", "thanks & more", name="Ann <Co>", iban="NL91ABNA0417164300")
        back = Paid(-700, "RF19X", reason="MD06", ref="T2")
        report = read(
            camt([Entry(2500, DAY, "R1", (shop,)), Entry(-700, DAY, "", (back,))], version, kind, prefix=prefix)
        )
        assert report.kind == f"camt.0{kind}"
        credit, debit = report.entries
        assert (credit.ref, credit.booked_on, credit.at) == (
            "R1",
            2024_05_14,
            instant("2024-05-14T00:00", "Europe/Berlin"),
        )
        (part,) = credit.parts
        assert part[:4] == (2500, 0, "RF18X", "")
        assert (part.counterparty, part.text) == ("Ann <Co> NL91ABNA0417164300", "thanks & more")
        assert (part.returned, part.code) == (False, "")
        (part,) = debit.parts
        assert (debit.ref, part.minor, part.returned, part.code) == ("T2", -700, True, "MD06")

    @pytest.mark.parametrize("version", VERSIONS)
    def test_a_movement_of_several_payments_is_told_by_each(self, version: int) -> None:
        parts = Paid(100, "A"), Paid(250, "B"), Paid(-50, "C", reason="AC04")
        (entry,) = read(camt([Entry(300 if version >= 4 else 400, DAY, "R1", parts)], version)).entries
        # Before version 4 a payment has no sign of its own.
        expected = [100, 250, -50] if version >= 4 else [100, 250, 50]
        assert [part.minor for part in entry.parts] == expected
        assert entry.total == sum(expected)

    def test_payments_that_do_not_add_up_to_their_movement_are_not_believed(self) -> None:
        (entry,) = read(camt([Entry(999, DAY, "R1", (Paid(100, "A"), Paid(250, "B")), batch="P-1")], 8)).entries
        assert [(part.minor, part.end_to_end, part.batch) for part in entry.parts] == [(999, "A B", "P-1")]

    @pytest.mark.parametrize("version", VERSIONS)
    def test_a_sum_names_the_file_that_it_stands_for(self, version: int) -> None:
        entries = [Entry(5, DAY, "1", batch="P-1", message="M"), Entry(6, DAY, "2", message="M")]
        entries_read = read(camt(entries, version)).entries
        assert [entry.parts[0].batch for entry in entries_read] == ["P-1", "M"]

    @pytest.mark.parametrize("version", VERSIONS)
    def test_charges_stand_apart(self, version: int) -> None:
        returned = Paid(-1_080, "A", reason="AM04", charges=80, instructed=1_000)
        credit = Paid(990, "B", charges=10, instructed=1_000)
        unsaid = Paid(-1_080, "C", reason="AM04", instructed=1_000)
        plain = Paid(500, "D", instructed=700)
        entries = [Entry(paid.minor, DAY, paid.end_to_end, (paid,)) for paid in (returned, credit, unsaid, plain)]
        parts = [entry.parts[0] for entry in read(camt(entries, version)).entries]
        assert [(part.minor, part.fee_minor) for part in parts] == [(-1_000, 80), (1_000, 10), (-1_000, 80), (500, 0)]

    @pytest.mark.parametrize("version", [2, 8])
    def test_only_what_is_booked_counts(self, version: int) -> None:
        entries = [
            Entry(1, DAY, "1", status="PDNG"),
            Entry(2, DAY, "2", status="INFO"),
            Entry(3, DAY, "3"),
            Entry(0, DAY, "4"),
        ]
        assert [entry.total for entry in read(camt(entries, version)).entries] == [3]

    def test_a_statement_of_another_account_is_refused_with_both(self) -> None:
        with pytest.raises(ForeignStatement) as error:
            read(camt([Entry(1, DAY, "1")], iban="NL91ABNA0417164300"))
        assert error.value.stated == "account NL91ABNA0417164300"
        assert "DE89370400440532013000" in str(error.value)
        with pytest.raises(ForeignStatement, match="currency CHF"):
            read(camt([Entry(1, DAY, "1")], currency="CHF"))

    @pytest.mark.parametrize(
        ("damage", "where", "what"),
        [
            ((b'<Amt Ccy="EUR">1.00</Amt>', b""), "Ntry[2]", "Amt is missing"),
            ((b">1.00<", b">1,00<"), "Ntry[2]/Amt", "'1,00' is not an amount"),
            ((b">1.00<", b">1.001<"), "Ntry[2]/Amt", "at most 2 decimals"),
            ((b">1.00<", b">-1.00<"), "Ntry[2]/Amt", "is not an amount"),
            ((b">1.00<", b">+1.00<"), "Ntry[2]/Amt", "'+1.00' is not an amount"),
            ((b">1.00<", b">1.<"), "Ntry[2]/Amt", "'1.' is not an amount"),
            ((b">1.00<", b">.5<"), "Ntry[2]/Amt", "is not an amount"),
            ((b">1.00<", b">NaN<"), "Ntry[2]/Amt", "is not an amount"),
            ((b">1.00<", b">9e99<"), "Ntry[2]/Amt", "is not an amount"),
            ((b">1.00<", b">99999999999999999.00<"), "Ntry[2]/Amt", "is not an amount"),
            ((b"<CdtDbtInd>DBIT</CdtDbtInd>", b""), "Ntry[2]", "CdtDbtInd is missing"),
            ((b"DBIT", b"DEBIT"), "Ntry[2]", "not CRDT or DBIT"),
            ((b"<Dt>2024-05-13</Dt>", b"<Dt>13.05.2024</Dt>"), "Ntry[2]", "'13.05.2024' is not a date"),
            ((b"<Dt>2024-05-13</Dt>", b"<Dt>2024-02-30</Dt>"), "Ntry[2]", "is not a date"),
            ((b"<Dt>2024-05-13</Dt>", b"<Dt>20240513</Dt>"), "Ntry[2]", "is not a date"),
            ((b"<Dt>2024-05-13</Dt>", b"<Dt>2024-W20-1</Dt>"), "Ntry[2]", "is not a date"),
            ((b"<Dt>2024-05-13</Dt>", b"<Dt>1969-12-31</Dt>"), "Ntry[2]", "'1969-12-31' lies before 1970-01-01"),
            (
                (b"<Dt>2024-05-13</Dt>", b"<DtTm>1969-12-31T23:59:59Z</DtTm>"),
                "Ntry[2]",
                "'1969-12-31' lies before 1970-01-01",
            ),
            ((b"<BookgDt><Dt>2024-05-13</Dt></BookgDt>", b""), "Ntry[2]", "BookgDt/Dt"),
            ((b"<Acct>", b"<Acc>"), "line ", "well-formed"),
            ((b"<Id><IBAN>DE89370400440532013000</IBAN></Id>", b""), "Stmt", "Acct/Id/IBAN"),
        ],
    )
    def test_what_is_damaged_says_where_and_what(self, damage: tuple[bytes, bytes], where: str, what: str) -> None:
        whole = camt([Entry(200, DAY, "1"), Entry(-100, date(2024, 5, 13), "2")])
        assert damage[0] in whole
        with pytest.raises(BankFileUnreadable) as error:
            read(whole.replace(*damage))
        assert where in error.value.where
        assert what in error.value.problem
        assert str(error.value).startswith(f"f.xml ({error.value.where}): ")
        assert "Nothing of this file was imported" in str(error.value)

    @pytest.mark.parametrize("size", [0, 1, 10, 100, 400])
    def test_a_file_cut_off_is_refused(self, size: int) -> None:
        with pytest.raises(BankFileUnreadable):
            read(camt([Entry(200, DAY, "1")])[: size or -5])

    @given(st.binary(max_size=200))
    def test_no_bytes_at_all_do_more_than_be_refused(self, content: bytes) -> None:
        for start in (b"", b"<", b"<?xml version='1.0'?><Document>"):
            with pytest.raises(BankFileUnreadable):
                read(start + content)


def bomb() -> str:
    """Ten entities, each ten of the one before it."""
    lines = ['<!ENTITY a0 "lol">'] + [f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)]
    return f"<!DOCTYPE Document [{''.join(lines)}]>"


HOSTILE = {
    "an entity that grows": f"<?xml version='1.0'?>{bomb()}<Document>&a9;</Document>",
    "an entity that repeats": f'<!DOCTYPE d [<!ENTITY a "{"x" * 50_000}">]><d>{"&a;" * 1000}</d>',
    "a file of this machine": '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>',
    "an address": '<!DOCTYPE d SYSTEM "http://127.0.0.1:1/x.dtd"><d/>',
    "a document type alone": "<!DOCTYPE d><d/>",
    "an unknown encoding": "<?xml version='1.0' encoding='x-what'?><d/>",
    "another encoding": "<?xml version='1.0' encoding='UTF-7'?><d/>",
    "depth": "<a>" * 100_000,
    "depth that ends": "<a>" * 50_000 + "</a>" * 50_000,
    "an attribute twice": '<a b="1" b="2"/>',
    "no camt": document("<FIToFICstmrCdtTrf/>", "pacs.008.001.08").decode(),
    "a camt.052": document("<BkToCstmrAcctRpt/>", "camt.052.001.08").decode(),
    "a web page": "<!doctype html><html><body>Please log in</body></html>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused_and_reads_nothing(name: str) -> None:
    with pytest.raises(BankFileUnreadable) as error:
        read(HOSTILE[name].encode())
    assert "root:" not in str(error.value)
    assert len(str(error.value)) < 300


class TestStatusReports:
    @pytest.mark.parametrize("version", range(3, 15))
    def test_single_payments_are_refused(self, version: int) -> None:
        report = pain_002(
            "M1", [("RF1", "RJCT", "AC01"), ("RF2", "ACCP", "AC01"), ("RF3", "RJCT", "AM04")], version=version
        )
        assert read(report) == BankReport(
            "pain.002", rejected=(RejectedPayment("RF1", "", "AC01", ""), RejectedPayment("RF3", "", "AM04", ""))
        )

    def test_a_part_is_refused_as_a_whole_where_no_payment_is_named(self) -> None:
        assert read(pain_002("M1", part=("M1-2", "RJCT"))).rejected == (RejectedPayment("", "M1-2", "AC04", ""),)
        named = pain_002("M1", [("RF1", "RJCT", "AC01")], part=("M1-2", "RJCT"))
        assert read(named).rejected == (RejectedPayment("RF1", "", "AC01", ""),)

    def test_a_file_is_refused_as_a_whole_where_nothing_below_is_named(self) -> None:
        assert read(pain_002("M1", group="RJCT", code="FF01")).rejected == (RejectedPayment("", "M1", "FF01", ""),)
        assert read(pain_002("M1", [("RF1", "RJCT", "AC01")], group="PART")).rejected == (
            RejectedPayment("RF1", "", "AC01", ""),
        )
        assert read(pain_002("M1", group="ACCP")).rejected == ()

    def test_a_payment_without_a_status_has_the_one_above_it(self) -> None:
        report = pain_002("M1", [("RF1", "X", "AC01")], part=("M1-1", "RJCT")).replace(b"<TxSts>X</TxSts>", b"")
        assert read(report).rejected == (RejectedPayment("RF1", "", "AC01", ""),)

    def test_a_refusal_that_names_nothing_is_unreadable(self) -> None:
        with pytest.raises(BankFileUnreadable, match="OrgnlEndToEndId is missing"):
            read(pain_002("M1", [("", "RJCT", "AC01")]))
        with pytest.raises(BankFileUnreadable, match="OrgnlGrpInfAndSts is missing"):
            read(document("<CstmrPmtStsRpt/>", "pain.002.001.03"))


class TestTables:
    def read(self, *lines: str) -> tuple[BankEntry, ...]:
        return read("\n".join(lines).encode()).entries

    def test_a_row_is_a_movement(self) -> None:
        header = "id,booked_on,amount,currency,reference,text,counterparty,returned"
        entries = self.read(
            header,
            '7,2024-05-14,12.34,EUR,RF18,"a, b",Ann,',
            "8,2024-05-15,-0.5,,NOTPROVIDED,,,yes",
            "",
            ",2024-05-15,3,,,,,",
        )
        assert [(entry.ref, entry.booked_on, entry.total) for entry in entries] == [
            ("7", 2024_05_14, 1234),
            ("8", 2024_05_15, -50),
            ("", 2024_05_15, 300),
        ]
        assert entries[0].parts[0][2:] == ("RF18", "", False, "", "Ann", "a, b")
        assert entries[1].parts[0].returned
        assert entries[1].parts[0].end_to_end == ""

    def test_columns_may_stand_in_any_order_with_a_mark_before_them(self) -> None:
        entries = read("\ufeffamount,booked_on\r\n1.00,2024-05-14\r\n".encode()).entries
        assert [entry.total for entry in entries] == [100]

    @pytest.mark.parametrize(
        ("lines", "where", "what"),
        [
            (("amount",), "line 1", "booked_on is missing"),
            (("",), "line 1", "booked_on, amount is missing"),
            (("booked_on,amount,betrag",), "line 1", "unknown column 'betrag'"),
            (("booked_on,amount,amount",), "line 1", "twice"),
            (("booked_on,amount", "2024-05-14"), "line 2", "has 1 cells, and the header 2"),
            (("booked_on,amount", "2024-05-14,1", "14.05.24,1"), "line 3", "is not a date"),
            (("booked_on,amount", "2024-05-32,1"), "line 2", "is not a date"),
            (("booked_on,amount", "²⁰²⁴-05-14,1"), "line 2", "is not a date"),
            (("booked_on,amount", '2024-05-14,"1,000"'), "line 2", "can be read with thousands or with decimals"),
            (("booked_on,amount", "2024-05-14,1.001"), "line 2", "at most 2 decimals"),
            (("booked_on,amount", "2024-05-14,0"), "line 2", "other than 0"),
            (("booked_on,amount", "2024-05-14,-0.00"), "line 2", "other than 0"),
            (("booked_on,amount", "2024-05-14,+5"), "line 2", "amount '+5' is not a decimal"),
            (("booked_on,amount", "2024-05-14,5."), "line 2", "amount '5.' is not a decimal"),
            (("booked_on,amount", "2024-05-14,5", "1969-12-31,5"), "line 3", "'1969-12-31' lies before 1970-01-01"),
            (("booked_on,amount", "20240514,5"), "line 2", "'20240514' is not a date"),
            (("booked_on,amount", "2024-W20-1,5"), "line 2", "is not a date"),
            (("booked_on,amount", "2024-05-14,١"), "line 2", "is not a decimal"),
            (("booked_on,amount", '2024-05-14,"1'), "line 2", "this is not CSV"),
            (("booked_on,amount,currency", "2024-05-14,1,USD"), "line 2", "currency USD"),
        ],
    )
    def test_a_bad_row_is_named_by_its_line(self, lines: tuple[str, ...], where: str, what: str) -> None:
        with pytest.raises((BankFileUnreadable, ForeignStatement)) as error:
            self.read(*lines)
        assert error.value.where == where
        assert what in str(error.value)

    def test_what_is_no_text_is_refused(self) -> None:
        with pytest.raises(BankFileUnreadable, match=r"\(line 2\): this is not UTF-8"):
            read(b"booked_on,amount\n2024-05-14,1\x81\n")
        with pytest.raises(BankFileUnreadable, match="neither XML nor text"):
            read(b"PK\x03\x04\x00\x00")

    def test_what_excel_writes_is_read_and_said(self) -> None:
        content = "booked_on;amount;text\r\n14.05.2024;-1.234,50;Café\r\n".encode("cp1252")
        report = read(content)
        assert [(entry.parts[0].minor, entry.parts[0].text) for entry in report.entries] == [(-123450, "Café")]
        form = ["encoding cp1252", "columns separated by ';'", "decimal commas", "the day first in dates"]
        assert [*report.read_as] == form

    def test_currencies_without_decimals_and_with_three(self) -> None:
        for digits, amount, minor in ((0, "1234", 1234), (3, "1.234", 1234), (0, "5.00", 5)):
            settings = csv_settings(currency="XXX", minor_digits=digits)
            content = f"booked_on,amount\n2024-05-14,{amount}\n".encode()
            assert [entry.total for entry in read_file(settings, BERLIN, "f", content).entries] == [minor]


@given(st.integers(-(10**15), 10**15), st.integers(0, 4))
def test_an_amount_is_read_exactly(minor: int, digits: int) -> None:
    sign, whole = "-" if minor < 0 else "", str(abs(minor)).zfill(digits + 1)
    decimals = whole[len(whole) - digits :]
    text = f"{sign}{whole[: len(whole) - digits]}{'.' if decimals else ''}{decimals}"
    assert minor_of(text, digits) == minor
    assert minor_of(f"{text}1" if decimals else f"{text}.1", digits) is None
    assert minor_of(f"{text}." if not decimals else f"+{text}", digits) is None


@given(st.text(max_size=30))
def test_what_is_no_amount_is_none(text: str) -> None:
    minor = minor_of(text, 2)
    assert minor is None or text.strip().replace(".", "").removeprefix("-").isdigit()
