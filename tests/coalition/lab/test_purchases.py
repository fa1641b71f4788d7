"""A file of real purchases drives any model; a bad row is refused with its line."""

import pytest

from coalition.lab import as_data, find_models, read_mapping, read_purchases, run
from coalition.lab.errors import PurchasesInvalid
from coalition.lab.purchases import Purchase

HEADER = "at,member,merchant,amount,spend"
ROWS = [
    HEADER,
    "2026-01-01T10:00:00,m1,s1,100.00,",
    "2026-01-01T11:00:00,m2,s1,50.5,0",
    "2026-01-03T09:30:00,m1,s2,20,all",
]


def read(rows: list[str]) -> list[Purchase]:
    return read_purchases("\n".join(rows).encode())


def test_rows_are_read_in_order() -> None:
    purchases = read(ROWS)
    assert [(p.day.day, p.member, p.shop, p.amount, p.spend) for p in purchases] == [
        (1, "m1", "s1", "100.00", "0"),
        (1, "m2", "s1", "50.5", "0"),
        (3, "m1", "s2", "20", "all"),
    ]


def test_a_shop_with_a_members_id_is_told_apart() -> None:
    assert read([HEADER, "2026-01-01,7,7,1,"])[0].shop == "shop 7"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2026-01-01T10:00:00,m1,s1,100.00", "Line 5: 4 cells; there must be 5"),
        ("yesterday,m1,s1,1,", "Line 5: at: 'yesterday' is not an ISO 8601 time"),
        ("2026-01-02T10:00:00,m1,s1,1,", "Line 5: 2026-01-02T10:00:00 is earlier than the row before"),
        ("2026-02-01,,s1,1,", "Line 5: member and merchant must not be empty"),
        ("2026-02-01,m1,s1,-1,", "Line 5: amount: '-1' is not a decimal amount of 0 or more"),
        ("2026-02-01,m1,s1,1e3,", "Line 5: amount: '1e3' is not a decimal amount of 0 or more"),
        ("2026-02-01,m1,s1,+5,", "Line 5: amount: '+5' is not a decimal amount of 0 or more"),
        ("2026-02-01,m1,s1,5.,", "Line 5: amount: '5.' is not a decimal amount of 0 or more"),
        ("2026-02-01,m1,s1,٥,", "Line 5: amount: '٥' is not a decimal amount of 0 or more"),
        ("2026-02-01,m1,s1,1.005,", "Line 5: amount: 1.005 has more than 2 decimals"),
        ("2026-02-01,m1,s1,1,some", "Line 5: spend: 'some' is not empty, a whole number or 'all'"),
        ("2026-02-01,m1,s1,1,1.5", "Line 5: spend: '1.5' is not empty, a whole number or 'all'"),
        ('2026-02-01,"m1,s1,1,', "Line 5: this is not CSV"),
    ],
)
def test_a_bad_row_is_refused_with_its_line_and_reason(row: str, reason: str) -> None:
    with pytest.raises(PurchasesInvalid) as caught:
        read([*ROWS, row])
    assert str(caught.value).startswith(reason)


def test_what_a_spreadsheet_wrote_is_read_where_it_is_unambiguous() -> None:
    rows = ["at;member;merchant;amount;spend", "31.12.2025 9:05;m1;s1;1.050,50;", "01.01.2026 10:00;m1;s1;2,5;"]
    content = "\ufeff" + "\r\n".join(rows)
    purchases = read_purchases(content.encode("utf-16-le"))
    assert [(p.day.isoformat(), p.amount) for p in purchases] == [("2025-12-31", "1050.50"), ("2026-01-01", "2.5")]
    with pytest.raises(PurchasesInvalid, match="Line 2: '05/06/2026' can be read with the day or with the month first"):
        read(["at,member,merchant,amount,spend", "05/06/2026,m1,s1,1,"])


def test_a_clock_that_is_set_back_is_no_disorder() -> None:
    assert len(read([HEADER, "2026-10-25T02:55,m1,s1,1,", "2026-10-25T02:05,m1,s1,1,"])) == 2


def test_a_wrong_header_is_refused() -> None:
    with pytest.raises(PurchasesInvalid, match="Line 1: the header must be"):
        read(["when,who"])


@pytest.mark.parametrize(
    ("model", "done"),
    [
        ("appreciation", ["purchase", "purchase", "purchase"]),
        ("coalition", ["purchase", "purchase", "purchase"]),
        ("share-purchase", ["purchase", "purchase", "day", "day", "purchase"]),
        ("packages", ["buy", "buy", "day", "day", "buy"]),
        ("chain", ["join", "join"]),
    ],
)
def test_purchases_drive_every_model(model: str, done: list[str]) -> None:
    result = run(read_mapping({"model": model}).with_purchases(read(ROWS)))
    assert [row["do"] for row in result.rows] == done
    assert as_data(result)["model"] == model


def test_the_yardstick_runs_on_the_same_purchases() -> None:
    result = run(read_mapping({"model": "appreciation"}).with_purchases(read(ROWS)))
    # 200 and 101 points; of the third purchase's 20.00 the 200 points pay 2.00, and 18.00 earn 36.
    assert result.yardstick.figures.held * 100 == 200 + 101 - 200 + 36


def test_events_of_the_scenario_come_before_the_purchases() -> None:
    events = [{"do": "member", "who": "m2", "referrer": "m1"}]
    scenario = read_mapping({"model": "appreciation", "events": events})
    rows = run(scenario.with_purchases(read(ROWS))).rows
    assert [row["event"] for row in rows] == [0, 1, 2, 3]
    assert list(rows[2]["paid"]) == ["m1"]  # type: ignore[call-overload]


def test_every_model_has_a_mapping_for_purchases() -> None:
    assert all(list(model.replay([])) == [] for model in find_models().values())
