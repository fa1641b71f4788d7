"""An alliance's file: what is read of it, and the key and reason of whatever can't be used."""

from fractions import Fraction
from pathlib import Path

import pytest

from coalition.programme.rules import read_alliance
from settlement import Breakage, Cutoff, Funding
from tests.support.command import Command, check_complaint
from tests.support.town import alliance_toml, count_rows, write_town


def test_a_file_is_read_exactly(tmp_path: Path) -> None:
    path = tmp_path / "alliance.toml"
    path.write_text(
        alliance_toml(
            name='"老城 [Old] Town"',
            currency='"KWD"',
            points_per_unit="12.5",
            earn_points_per_unit='"0.333"',
            settlement='"monthly"',
            funding='"on_issue"',
            redeem_fee_bps="10000",
            breakage_to='"operator"',
        ),
        encoding="utf-8",
    )
    rules = read_alliance(path)
    assert (rules.name, rules.minor_digits) == ("老城 [Old] Town", 3)
    assert (rules.points_per_unit, rules.earn_points_per_unit) == (Fraction(25, 2), Fraction(333, 1000))
    assert rules.book_settings.cutoff == Cutoff("monthly")
    terms = rules.first_terms
    assert (terms.funding, terms.breakage_to) == (Funding.ON_ISSUE, Breakage.OPERATOR)
    assert (terms.redeem_fee_bps, terms.issue_fee_bps) == (10_000, 0)
    assert terms.minor_per_point == 80


@pytest.mark.parametrize("text", ["2", "2.0", '"2"', '"2.00"', "0.2e1"])
def test_a_rate_is_the_same_number_however_it_is_written(tmp_path: Path, text: str) -> None:
    path = tmp_path / "alliance.toml"
    path.write_text(alliance_toml(earn_points_per_unit=text), encoding="utf-8")
    assert read_alliance(path).earn_points_per_unit == 2


def test_a_book_may_count_with_more_decimals_than_its_currency_has(tmp_path: Path) -> None:
    path = tmp_path / "alliance.toml"
    path.write_text(alliance_toml(currency='"ISK"', minor_digits="2"), encoding="utf-8")
    rules = read_alliance(path)
    assert (rules.minor_digits, rules.book_settings.minor_digits, rules.first_terms.minor_digits) == (2, 2, 2)


def test_fees_and_breakage_may_be_left_out(tmp_path: Path) -> None:
    full, short = tmp_path / "full.toml", tmp_path / "short.toml"
    full.write_text(alliance_toml(), encoding="utf-8")
    short.write_text(alliance_toml(redeem_fee_bps=None, issue_fee_bps=None, breakage_to=None), encoding="utf-8")
    assert read_alliance(short) == read_alliance(full)


BAD_KEYS = {
    "name": {
        "7": "must be a text, not 7",
        '""': "must be a text, not ''",
        '"a\\u0000b"': "it has the character U+0000",
        f'"{"n" * 101}"': "has 101 characters, more than 100",
        "2024-05-13": "must be a text, not 2024-05-13",
        None: "is missing",
    },
    "currency": {
        '"EURO"': "'EURO' is not a currency of ISO 4217; use a code such as EUR, USD, CNY or JPY",
        '"eur"': "'eur' is not a currency",
        '"XAU"': "'XAU' is not a currency",
        '"€"': "'€' is not a currency",
        "978": "978 is not a currency",
        None: "is missing",
    },
    "minor_digits": {
        "1": "EUR has 2 decimals",
        "5": "must be a whole number from 0 to 4, not 5",
        '"2"': "must be a whole number from 0 to 4, not '2'",
    },
    "timezone": {
        '"Mars/Base"': "Unknown time zone 'Mars/Base'. Use an IANA name such as 'Europe/Berlin'",
        '"../../etc/passwd"': "Unknown time zone '../../etc/passwd'",
        '"localtime"': "Unknown time zone 'localtime'",
        '"+02:00"': "Unknown time zone '+02:00'",
        "true": "must be a text, not true",
        None: "is missing",
    },
    "points_per_unit": {
        "0": "must be more than zero, not 0; at a rate of zero a point is worth nothing",
        "0.0": "must be more than zero, not 0.0",
        "-100": "must be more than zero, not -100",
        '"many"': "must be a number such as 100 or \"0.5\", not 'many'",
        '""': "must be a number such as 100",
        '"1_000"': "must be a number such as 100",
        '"1/3"': "must be a number such as 100",
        '"+5"': "must be a number such as 100",
        '"5."': "must be a number such as 100",
        '".5"': "must be a number such as 100",
        '" 5"': "must be a number such as 100",
        '"٣"': "must be a number such as 100",
        "nan": "must be a number such as 100 or \"0.5\", not NaN",
        "inf": "must be a number such as 100",
        "true": "must be a number such as 100 or \"0.5\", not true",
        "[100]": "must be a number such as 100",
        "1e30": "must have at most 30 digits before and after the point, not 1E+30",
        "1e999999": "must have at most 30 digits before and after the point",
        "1e-31": "must have at most 30 digits before and after the point",
        None: "is missing",
    },
    "earn_points_per_unit": {
        "-2": "must not be negative, not -2",
        "nan": "must be a number",
        "-inf": "must be a number",
        "1e-999999": "must have at most 30 digits",
        None: "is missing",
    },
    "expiry_months": {
        "-1": "must be a whole number from 0 to 1200, not -1",
        "1201": "must be a whole number from 0 to 1200",
        "1.5": "must be a whole number from 0 to 1200, not 1.5",
        "true": "must be a whole number from 0 to 1200, not true",
        '"12"': "must be a whole number from 0 to 1200, not '12'",
        None: "is missing",
    },
    "settlement": {'"hourly"': "must be one of daily, weekly, monthly, not 'hourly'", None: "is missing"},
    "funding": {
        '"on_credit"': "must be one of on_redemption, on_issue, not 'on_credit'",
        "1": "not 1",
        None: "is missing",
    },
    "redeem_fee_bps": {"-1": "must be a whole number from 0 to 10000, not -1", "10001": "not 10001", "0.5": "not 0.5"},
    "issue_fee_bps": {"true": "must be a whole number from 0 to 10000, not true", '"1%"': "not '1%'"},
    "breakage_to": {'"pool"': "must be one of issuer, operator, not 'pool'"},
    "earn_rate": {"2": "unknown key; the keys are name, currency, minor_digits, timezone, points_per_unit,"},
}  # fmt: skip


@pytest.mark.parametrize(("key", "value"), [(key, value) for key, values in BAD_KEYS.items() for value in values])
def test_a_key_that_cannot_be_used_is_named_with_the_reason(
    command: Command, tmp_path: Path, key: str, value: str | None
) -> None:
    url = f"sqlite:///{tmp_path / 'book.db'}"
    arguments = write_town(tmp_path, alliance=alliance_toml(**{key: value}))
    check_complaint(command(*arguments, "--database-url", url), f"error: alliance.toml: {key}: ", BAD_KEYS[key][value])
    assert not (tmp_path / "book.db").exists() or count_rows(url, "books") == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('name = "Old Town\ncurrency = 1', "not TOML: Illegal character '\\n' (at line 1, column 17)"),
        ('name = "a"\nname = "b"\n', "not TOML: Cannot overwrite a value (at line 2, column 11)"),
        ("name = Old Town\n", "not TOML: Invalid value (at line 1, column 8)"),
        (alliance_toml(points_per_unit="9" * 5000), "not TOML: Exceeds the limit"),
        (alliance_toml(points_per_unit="[" * 5000), "not TOML: maximum recursion depth exceeded"),
        ("", "name: it is missing"),
    ],
    ids=["open text", "a key twice", "bare words", "a long integer", "deep arrays", "empty"],
)
def test_a_file_that_is_not_toml_is_refused_with_the_place(
    command: Command, tmp_path: Path, text: str, reason: str
) -> None:
    check_complaint(command(*write_town(tmp_path, alliance=text)), f"error: alliance.toml: {reason}")


def test_a_file_that_is_not_utf8_is_refused(command: Command, tmp_path: Path) -> None:
    arguments = write_town(tmp_path, alliance=alliance_toml(name='"Zoë"').encode("latin-1"))
    check_complaint(command(*arguments), "error: alliance.toml: this is not UTF-8 text; save it in that encoding")


def test_a_file_that_is_not_there_is_named(command: Command, tmp_path: Path) -> None:
    arguments = write_town(tmp_path)
    (tmp_path / "alliance.toml").unlink()
    check_complaint(command(*arguments), "error: alliance.toml: it can't be read (No such file or directory).\n")
    (tmp_path / "alliance.toml").mkdir()
    check_complaint(command(*arguments), "error: alliance.toml: it can't be read (Is a directory).\n")
