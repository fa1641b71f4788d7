"""A purchases file: what is read of it, and the line and reason of every row that can't be used."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from coalition.purchases.file import PurchaseRow, PurchasesFile, PurchasesFileInvalid, read_purchases
from coalition.purchases.purchase import ALL
from settlement import Calendar, Cutoff
from tests.support.clock import instant
from tests.support.command import Command, check_complaint
from tests.support.town import HEADER, ROWS, alliance_toml, count_rows, purchases_csv, write_town

BERLIN = Calendar("Europe/Berlin", Cutoff("weekly"))


def read(folder: Path, text: str | bytes, minor_digits: int = 2, calendar: Calendar = BERLIN) -> list[PurchaseRow]:
    path = folder / "purchases.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_purchases(path, calendar, minor_digits).rows


def refuse(command: Command, folder: Path, purchases: str | bytes, *parts: str) -> None:
    """Replay a file that can't be used, and see that it is said and that nothing was posted."""
    url = f"sqlite:///{folder / 'book.db'}"
    check_complaint(
        command(*write_town(folder, purchases), "--database-url", url), "purchases.csv: ", "Correct the file", *parts
    )
    assert count_rows(url, "postings") == count_rows(url, "books") == 0
    assert not (folder / "out.json").exists()


# -- what is read -----------------------------------------------------------------------------------------------


def test_a_row_is_read_exactly(tmp_path: Path) -> None:
    rows = read(tmp_path, purchases_csv("2024-05-13T10:00:00.000001+05:45,会员 1,Bar & Grill,1234.5,17"))
    at = instant("2024-05-13T04:15:00.000001")
    assert rows == [PurchaseRow(2, at, "会员 1", "Bar & Grill", 123450, 17)]


def test_no_rows_are_no_purchases(tmp_path: Path) -> None:
    assert read(tmp_path, f"{HEADER}\n") == []


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + purchases_csv(),
        purchases_csv().replace("\n", "\r\n"),
        purchases_csv().rstrip("\n"),
        purchases_csv().replace("\n", "\n\n"),
        purchases_csv().replace("ann", '"ann"'),
    ],
    ids=["byte order mark", "Windows line ends", "no last line end", "empty lines", "quotes"],
)
def test_the_same_rows_are_read_however_the_file_is_written(tmp_path: Path, text: str) -> None:
    plain = [(row.at, row.member, row.merchant, row.amount_minor, row.asked) for row in read(tmp_path, purchases_csv())]
    assert [(row.at, row.member, row.merchant, row.amount_minor, row.asked) for row in read(tmp_path, text)] == plain
    assert len(plain) == len(ROWS)


@pytest.mark.parametrize(
    ("digits", "text", "minor"),
    [(0, "0", 0), (0, "5", 5), (2, "5", 500), (2, "5.1", 510), (2, "0.01", 1), (3, "5.001", 5001), (2, "007.50", 750)],
)
def test_an_amount_is_read_to_the_minor_unit(tmp_path: Path, digits: int, text: str, minor: int) -> None:
    assert read(tmp_path, purchases_csv(f"2024-05-13T10:00,a,x,{text},"), digits)[0].amount_minor == minor


@pytest.mark.parametrize(("text", "asked"), [("", 0), ("0", 0), ("5", 5), ("all", ALL)])
def test_what_to_spend_is_nothing_a_number_or_all(tmp_path: Path, text: str, asked: int) -> None:
    assert read(tmp_path, purchases_csv(f"2024-05-13T10:00,a,x,1,{text}"))[0].asked == asked


@pytest.mark.parametrize(
    ("at", "utc"),
    [
        ("2024-05-13T10:00", "2024-05-13T08:00"),
        ("2024-05-13T10:00Z", "2024-05-13T10:00"),
        ("2024-05-13T10:00-03:30", "2024-05-13T13:30"),
        ("2024-05-13 10:00:30.5", "2024-05-13T08:00:30.5"),
        # 02:30 is skipped: read on the clock before the change. Then it is shown twice: the first is meant.
        ("2024-03-31T02:30", "2024-03-31T01:30"),
        ("2024-10-27T02:30", "2024-10-27T00:30"),
    ],
)
def test_a_time_without_an_offset_is_the_alliances_own(tmp_path: Path, at: str, utc: str) -> None:
    assert read(tmp_path, purchases_csv(f"{at},a,x,1,"))[0].at == instant(utc)


NEW_YORK = Calendar("America/New_York", Cutoff("weekly"))
SKIPPED = ("2017-03-12T02:46", "2017-03-12T02:54", "2017-03-12T03:02", "2017-03-12T03:05", "2017-03-12T03:06")


def test_rows_run_through_an_hour_that_a_clock_change_skips(tmp_path: Path) -> None:
    rows = read(tmp_path, purchases_csv(*(f"{at},a,x,1," for at in SKIPPED)), calendar=NEW_YORK)
    assert [row.at for row in rows] == [
        instant(f"2017-03-12 {utc}") for utc in ("07:46", "07:54", "07:02", "07:05", "07:06")
    ]


def clocks(folder: Path, *times: str, calendar: Calendar = NEW_YORK) -> int:
    return len(read(folder, purchases_csv(*(f"{at},a,x,1," for at in times)), calendar=calendar))


def test_rows_run_through_an_hour_that_is_shown_twice(tmp_path: Path) -> None:
    day = "2017-11-05T"
    times = [f"{day}{time}" for time in ("00:50", "01:10", "01:50", "01:05", "01:30", "01:59", "02:01")]
    assert clocks(tmp_path, *times) == len(times)
    # Set back over midnight, and where some rows say their offset.
    st_johns = ("2008-11-01T23:30", "2008-11-02T00:00:30", "2008-11-01T23:05", "2008-11-02T00:10")
    assert clocks(tmp_path, *st_johns, calendar=Calendar("America/St_Johns", Cutoff("weekly"))) == len(st_johns)
    assert clocks(tmp_path, f"{day}01:55", f"{day}01:05-05:00", f"{day}01:06", f"{day}02:00") == 4


@pytest.mark.parametrize(
    "times",
    [
        ("2017-03-12T02:54", "2017-03-12T02:46"),
        ("2017-03-12T03:30", "2017-03-12T02:59"),
        ("2017-11-05T02:05", "2017-11-05T01:30"),
        ("2017-11-05T01:30", "2017-11-05T00:59"),
        ("2017-11-05T01:50", "2017-11-05T01:20", "2017-11-05T01:40", "2017-11-05T01:10"),
        ("2017-11-05T01:30", "2016-11-06T01:30"),
    ],
)
def test_a_clock_change_excuses_no_other_disorder(tmp_path: Path, times: tuple[str, ...]) -> None:
    with pytest.raises(PurchasesFileInvalid, match="lies before the row above it"):
        clocks(tmp_path, *times)


def test_a_time_that_a_clock_change_repeats_may_seem_to_go_back(tmp_path: Path) -> None:
    times = ("2024-10-27T02:59", "2024-10-27T02:01", "2024-10-27T03:00")
    rows = read(tmp_path, purchases_csv(*(f"{at},a,x,1," for at in times)))
    assert [datetime.fromtimestamp(row.at // 10**6, UTC).strftime("%H:%M") for row in rows] == [
        "00:59",
        "00:01",
        "02:00",
    ]


EXCEL = [
    "at;member;merchant;amount;spend",
    "31/12/2023 9:05;Jörg;Café;1.234,50;",
    "02/01/2024 14:30:05;Jörg;Café;2,5;all",
]
READ = [
    (instant("2023-12-31 08:05"), "Jörg", "Café", 123450, 0),
    (instant("2024-01-02 13:30:05"), "Jörg", "Café", 250, ALL),
]


def opened(folder: Path, content: bytes, calendar: Calendar = BERLIN) -> PurchasesFile:
    path = folder / "purchases.csv"
    path.write_bytes(content)
    return read_purchases(path, calendar, 2)


@pytest.mark.parametrize(
    ("encoding", "prefix", "form"),
    [
        ("utf-8", "", []),
        ("utf-8", "\ufeffsep=;\r\n", []),
        ("utf-16-le", "\ufeff", ["encoding UTF-16"]),
        ("utf-16-be", "\ufeff", ["encoding UTF-16"]),
        ("cp1252", "", ["encoding cp1252"]),
    ],
)
def test_what_excel_writes_in_germany_is_read_and_said(
    tmp_path: Path, encoding: str, prefix: str, form: list[str]
) -> None:
    rows, read_as = opened(tmp_path, (prefix + "\r\n".join(EXCEL)).encode(encoding))
    assert [(row.at, row.member, row.merchant, row.amount_minor, row.asked) for row in rows] == READ
    assert read_as == [*form, "columns separated by ';'", "decimal commas", "the day first in dates"]


def test_what_excel_writes_elsewhere_is_read_as_the_country_writes(tmp_path: Path) -> None:
    at = "02/03/2024 2:30 PM"
    (row,) = opened(tmp_path, purchases_csv(f'{at},a,x,"1,234.50",').encode(), NEW_YORK).rows
    assert (row.at, row.amount_minor) == (instant("2024-02-03 19:30"), 123450)
    shanghai = Calendar("Asia/Shanghai", Cutoff("weekly"))
    rows, read_as = opened(tmp_path, purchases_csv("2024/2/3 14:30,会员,面包店,1,").encode("gbk"), shanghai)
    assert (rows[0].merchant, rows[0].at, read_as) == ("面包店", instant("2024-02-03 06:30"), ["encoding gb18030"])
    # What the file says by itself comes first: no month is the 31st.
    rows = opened(tmp_path, purchases_csv("05/01/2024 9:00,a,x,1,", "31/01/2024 9:00,a,x,1,").encode(), NEW_YORK).rows
    assert rows[0].at == instant("2024-01-05 14:00")


@pytest.mark.parametrize(
    ("content", "zone", "reason"),
    [
        ("05/06/2024 9:00,a,x,1,", "UTC", "can be read with the day or with the month first; write 2025-12-31"),
        ("05/06/2024 9:00,a,x,1,", "Asia/Shanghai", "can be read with the day or with the month first"),
        ("31/01/2024 9:00,a,x,1,\n02/28/2024 9:00,a,x,1,", "UTC", "some dates of this file have the day first"),
        ('2024-01-01T09:00,a,x,"1,500",', "Europe/Berlin", "can be read with thousands or with decimals"),
        ("2024-01-01T09:00,Jörg,x,1,", "UTC", "line 2: this is not UTF-8 text; save the file as “CSV UTF-8”"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(tmp_path: Path, content: str, zone: str, reason: str) -> None:
    with pytest.raises(PurchasesFileInvalid) as error:
        opened(tmp_path, purchases_csv(*content.split("\n")).encode("cp1252"), Calendar(zone, Cutoff("weekly")))
    assert reason in str(error.value)


# -- what is not ------------------------------------------------------------------------------------------------


def row(
    at: str = "2024-05-13T10:00", member: str = "ann", shop: str = "cafe", amount: str = "1", spend: str = ""
) -> str:
    return f"{at},{member},{shop},{amount},{spend}"


BAD_ROWS = {
    "a date is no time": (row(at="2024-05-13"), "has no time of day; write it as 2026-03-01T14:30:00"),
    "nor is a compact date": (row(at="20240513"), "has no time of day"),
    "nor a date with a bare T": (row(at="2024-05-13T"), "must be a time of ISO 8601"),
    "no time": (row(at=""), "at '' must be a time of ISO 8601"),
    "no such day": (row(at="2023-02-29T10:00"), "at '2023-02-29T10:00' must be a time"),
    "no such hour": (row(at="2024-05-13T25:00"), "must be a time of ISO 8601"),
    "no such offset": (row(at="2024-05-13T10:00+25:00"), "must be a time of ISO 8601"),
    "a year of two digits": (row(at="13.05.24 10:00"), "must be a time of ISO 8601"),
    "seconds since 1970": (row(at="1715587200"), "must be a time of ISO 8601"),
    "the first year": (row(at="0001-01-01T00:00"), "must lie in the years 1970 to 2999"),
    "the last year": (row(at="9999-12-31T23:59"), "must lie in the years 1970 to 2999"),
    "out of order": (row(at="2024-05-12T10:00"), "lies before the row above it; rows must be in time order"),
    "no member": (row(member=""), "member '' is no name: it is empty"),
    "nothing but spaces": (row(member="\u3000 "), "is no name: it is empty"),
    "nothing that shows": (row(member="\u200b\u200d"), "is no name: it shows nothing"),
    "no merchant": (row(shop=""), "merchant '' is no name: it is empty"),
    "a NUL": (row(member="a\0b"), "member 'a\\x00b' is no name: it has the character U+0000"),
    "a tab": (row(shop="a\tb"), "merchant 'a\\tb' is no name: it has the character U+0009"),
    "text that runs backwards": (row(shop="a\u202eb"), "it has the character U+202E RIGHT-TO-LEFT OVERRIDE"),
    "a name too long": (row(shop="b" * 101), "has 101 characters, more than 100"),
    "the operator": (row(shop="operator"), "merchant 'operator': the clearing house keeps this name; rename the shop"),
    "the pool": (row(shop="pool"), "merchant 'pool': the clearing house keeps this name"),
    "no amount": (row(amount=""), "amount '' must be money of zero or more"),
    "a negative amount": (row(amount="-1"), "amount '-1' must be money of zero or more, such as 12 or 12.30"),
    "a plus": (row(amount="+1"), "amount '+1' must be money"),
    "not a number": (row(amount="nan"), "amount 'nan' must be money"),
    "infinity": (row(amount="inf"), "amount 'inf' must be money"),
    "an exponent": (row(amount="1e3"), "amount '1e3' must be money"),
    "thousands or decimals": (row(amount='"1,500"'), "'1,500' can be read with thousands or with decimals"),
    "a currency": (row(amount="1 EUR"), "amount '1 EUR' must be money"),
    "no units": (row(amount=".5"), "amount '.5' must be money"),
    "no decimals": (row(amount="5."), "amount '5.' must be money"),
    "digits of another script": (row(amount="٣"), "amount '٣' must be money"),
    "an underscore": (row(amount="1_000"), "amount '1_000' must be money"),
    "too many decimals": (row(amount="1.005"), "amount '1.005' has more decimals (3) than the currency (2)"),
    "too much": (row(amount="9999999999999999"), "is too large for one purchase"),
    "a number of many digits": (row(amount="9" * 5000), f"amount '{'9' * 60}'… must be money"),
    "points below zero": (row(spend="-1"), "spend '-1' must be empty, a whole number of points, or all"),
    "part of a point": (row(spend="1.5"), "spend '1.5' must be empty, a whole number"),
    "all in capitals": (row(spend="ALL"), "spend 'ALL' must be empty, a whole number"),
    "too many points": (row(spend="1" + "0" * 16), "must be empty, a whole number"),
    "a field missing": ("2024-05-13T10:00,ann,cafe,1", "fields: 4, not 5 (at,member,merchant,amount,spend)"),
    "a field too many": (row() + ",", "fields: 6, not 5"),
    "an open quote": ('2024-05-13T10:00,"ann,cafe,1,', "this is not CSV (unexpected end of data)"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_ROWS)
def test_a_bad_row_is_refused_with_its_line_and_reason(command: Command, tmp_path: Path, case: str) -> None:
    bad, reason = BAD_ROWS[case]
    refuse(
        command, tmp_path, purchases_csv(row(), bad), ": 1 row can't be used, so nothing was posted", "line 3: ", reason
    )


def test_every_bad_row_is_listed(command: Command, tmp_path: Path) -> None:
    text = purchases_csv(row(), row(amount="x"), row(), row(spend="x"), row(at="2024-05-12T10:00"))
    refuse(
        command,
        tmp_path,
        text,
        "3 rows can't be used",
        "line 3: amount 'x'",
        "line 5: spend 'x'",
        "line 6: at '2024-05-12",
    )


def test_of_many_bad_rows_the_first_are_listed_and_the_rest_counted(command: Command, tmp_path: Path) -> None:
    text = purchases_csv(*[row(amount="x")] * 500)
    refuse(command, tmp_path, text, "500 rows can't be used", "  line 11: amount 'x'", "… and 490 more")


def test_a_bad_row_is_counted_in_lines_of_the_file(command: Command, tmp_path: Path) -> None:
    refuse(command, tmp_path, f"{HEADER}\n\n{row()}\n\n{row(amount='x')}\n", "line 5: amount 'x'")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1: the header must be at,member,merchant,amount,spend, not an empty line"),
        (purchases_csv(header="at;member;merchant;spend"), "not 'at;member;merchant;spend'"),
        (purchases_csv(header="at,member,amount,merchant,spend"), "not 'at,member,amount,merchant,spend'"),
        (purchases_csv(header=HEADER.upper()), "not 'AT,MEMBER,MERCHANT,AMOUNT,SPEND'"),
        ("\n".join(ROWS), "not '2024-05-13T10:00,ann,bakery,10.00,'"),
        ("x" * 100_000, f"not '{'x' * 60}'…"),
        ("x" * 200_000, "this is not CSV (field larger than field limit"),
    ],
    ids=["empty", "semicolons", "another order", "capitals", "none", "long", "endless"],
)
def test_a_file_with_another_header_is_refused(command: Command, tmp_path: Path, text: str, reason: str) -> None:
    refuse(command, tmp_path, text, "line 1: ", reason)


def test_more_decimals_than_the_currency_has_are_refused(command: Command, tmp_path: Path) -> None:
    arguments = write_town(tmp_path, purchases_csv(row(amount="100.5")), alliance_toml(currency='"JPY"'))
    check_complaint(command(*arguments), "line 2: amount '100.5' has more decimals (1) than the currency (0)")


@pytest.mark.parametrize(
    "content",
    [b"\xff\xfea", purchases_csv(row(member="Zoë")).encode("latin-1"), bytes(range(1, 256)) * 40],
    ids=["half of UTF-16", "Latin-1", "bytes"],
)
def test_a_file_that_is_no_text_of_any_country_is_refused(command: Command, tmp_path: Path, content: bytes) -> None:
    url = f"sqlite:///{tmp_path / 'book.db'}"
    ran = command(*write_town(tmp_path, content, alliance_toml(timezone='"UTC"')), "--database-url", url)
    check_complaint(ran, "error: purchases.csv: 1 row can't be used", "this is not UTF-")
    assert count_rows(url, "postings") == 0


def test_a_file_that_is_not_there_is_named(command: Command, tmp_path: Path) -> None:
    arguments = write_town(tmp_path)
    (tmp_path / "purchases.csv").unlink()
    check_complaint(command(*arguments), "error: purchases.csv: it can't be read (No such file or directory).\n")


def test_a_folder_in_place_of_a_file_is_named(command: Command, tmp_path: Path) -> None:
    arguments = write_town(tmp_path)
    (tmp_path / "purchases.csv").unlink()
    (tmp_path / "purchases.csv").mkdir()
    check_complaint(command(*arguments), "error: purchases.csv: it can't be read (Is a directory).\n")
