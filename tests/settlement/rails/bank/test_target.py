"""The days on which euro payments settle."""

from datetime import date, timedelta

import pytest

from settlement.rails.bank.target import is_target_day, next_target_day

# As the European Central Bank published them: holidays that fall on weekdays.
CLOSED = (
    *("2024-01-01", "2024-03-29", "2024-04-01", "2024-05-01", "2024-12-25", "2024-12-26"),
    *("2025-01-01", "2025-04-18", "2025-04-21", "2025-05-01", "2025-12-25", "2025-12-26"),
    *("2026-01-01", "2026-04-03", "2026-04-06", "2026-05-01", "2026-12-25"),
    *("2027-01-01", "2027-03-26", "2027-03-29"),
)


def test_target_is_closed_on_weekends_and_its_six_holidays() -> None:
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(366 + 365 + 365 + 120)]
    closed = [day.isoformat() for day in days if day.weekday() < 5 and not is_target_day(day)]
    assert closed == [*CLOSED]
    assert not [day for day in days if day.weekday() >= 5 and is_target_day(day)]


@pytest.mark.parametrize(
    ("day", "later", "expected"),
    [
        ("2024-05-15", 0, "2024-05-15"),
        ("2024-05-18", 0, "2024-05-20"),
        ("2024-05-17", 1, "2024-05-20"),
        ("2024-03-28", 1, "2024-04-02"),
        ("2024-12-24", 2, "2024-12-30"),
        ("2024-12-25", 0, "2024-12-27"),
    ],
)
def test_the_next_day_skips_what_is_closed(day: str, later: int, expected: str) -> None:
    assert next_target_day(date.fromisoformat(day), later).isoformat() == expected
