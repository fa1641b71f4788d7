import pytest

from coalition.locale.formats import local_time, moment_text, money_text, points_text
from settlement import decimal_text

HALF_PAST_TWO = 1_761_438_600_000_000  # 26 October 2025, 02:30 in Berlin, the first time


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize(
    ("minor", "digits", "people", "machines"),
    [
        (-123456789, 2, "-1,234,567.89", "-1234567.89"),
        (5, 3, "0.005", "0.005"),
        (-5, 0, "-5", "-5"),
        (0, 2, "0.00", "0.00"),
        (2**63 - 1, 3, "9,223,372,036,854,775.807", "9223372036854775.807"),
        (10**6, 2, "10,000.00", "10000.00"),
    ],
)
def test_money_has_all_decimals_of_its_currency(lang, minor, digits, people, machines):
    assert money_text(minor, digits, lang) == people
    assert decimal_text(minor, digits) == machines


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_points_are_grouped(lang):
    assert points_text(-1234567, lang) == "-1,234,567"


def test_a_moment_is_written_as_its_reader_writes_it():
    assert moment_text(HALF_PAST_TWO, "Europe/Berlin", "en") == "26 Oct 2025 02:30"
    assert moment_text(HALF_PAST_TWO, "Asia/Shanghai", "zh") == "2025年10月26日 08:30"


def test_a_repeated_hour_is_told_by_its_offset():
    first, second = (local_time(HALF_PAST_TWO + hours * 3_600_000_000, "Europe/Berlin") for hours in (0, 1))
    assert (first.isoformat(), second.isoformat()) == ("2025-10-26T02:30:00+02:00", "2025-10-26T02:30:00+01:00")
