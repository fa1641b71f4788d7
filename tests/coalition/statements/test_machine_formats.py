"""CSV and JSON: figures that a script or a spreadsheet can add up."""

import csv
import json
from datetime import datetime
from fractions import Fraction
from io import StringIO

import pytest

from coalition.statements import render
from settlement import Minor
from settlement.clearing import LineKind
from tests.coalition.statements.made import EVERY_KIND, THIRD, made


def rows(data):
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline="")))


def total(rows, level, **where):
    chosen = [row for row in rows if row["level"] == level and where.items() <= row.items()]
    return {
        "minor": sum(int(row["minor"]) for row in chosen),
        "points": sum(int(row["points"]) for row in chosen),
        "moves": sum(int(row["moves"]) for row in chosen),
        "exact": sum((Fraction(row["exact"]) for row in chosen), Fraction(0)),
    }


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_level_of_the_csv_adds_up_to_the_one_above(lang):
    statement, moves = made(EVERY_KIND, carried_over=Minor(-700), kept_in_deposit=Minor(5))
    table = rows(render(statement, moves, "csv", lang))
    for kind in LineKind:
        assert total(table, "section", section=kind) == total(table, "line", section=kind)
        assert total(table, "line", section=kind) == total(table, "move", section=kind)
    results = {row["level"]: int(row["minor"]) for row in table if row["section"] == ""}
    assert results["net"] == total(table, "section")["minor"] == statement.net
    assert results["balance"] == results["net"] - 700 - 5 == statement.balance


def test_the_csv_opens_in_a_spreadsheet_and_stacks_with_others():
    data = render(*made(EVERY_KIND, alliance="老街联盟"), "csv", "zh")
    assert data.startswith(
        b"\xef\xbb\xbflevel,section,counterpart,counterpart_name,title,posting,occurred_at,key,receipt,"
    )
    table = rows(data)
    assert {row["participant"] for row in table} == {"Café Müller"}
    assert {row["alliance"] for row in table} == {"老街联盟"}
    assert {row["opens_at"] for row in table} == {"2026-06-01T00:00:00+02:00"}
    assert {row["title"] for row in table} >= {"在本店兑付的积分", "应结余额"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "  ="])
def test_a_name_never_runs_as_a_formula(start):
    name = f"{start}HYPERLINK(0)"
    statement, moves = made([(LineKind.REDEEMED_HERE, name, [5], THIRD)], participant=name, alliance=name)
    for row in rows(render(statement, moves, "csv", "en")):
        for column in ("counterpart", "participant", "alliance"):
            assert row[column] in ("", f"'{name}")


def test_a_key_never_runs_as_a_formula_and_figures_stay_numbers():
    statement, moves = made([(LineKind.OWN_ELSEWHERE, "B", [6], -THIRD)])
    line = statement.sections[0].lines[0]
    (move,) = moves[line]
    guarded = {line: [type(move)(1, 0, move.occurred_at, "=1+1", "shop:=2", move.points, move.exact, move.minor)]}
    row = next(row for row in rows(render(statement, guarded, "csv", "en")) if row["level"] == "move")
    assert (row["key"], row["minor"], row["amount"], row["exact"]) == ("'=1+1", "-2", "-0.02", "-2")


@pytest.mark.parametrize(("digits", "amount"), [(0, "-1234"), (2, "-12.34"), (3, "-1.234")])
def test_amounts_have_the_decimals_of_their_currency(digits, amount):
    part = (LineKind.OWN_ELSEWHERE, "B", [1234], Fraction(-1))
    statement, _ = made([part], minor_digits=digits)
    assert {row["amount"] for row in rows(render(statement, None, "csv", "en"))} >= {amount}
    assert json.loads(render(statement, None, "json", "en"))["net"] == {"minor": -1234, "amount": amount}


def test_the_json_holds_every_figure_down_to_the_move():
    statement, moves = made(EVERY_KIND, carried_over=Minor(-700))
    document = json.loads(render(statement, moves, "json", "zh"))
    assert document["window"] == {
        "opens_at": "2026-06-01T00:00:00+02:00",
        "closes_at": "2026-06-08T00:00:00+02:00",
        "timezone": "Europe/Berlin",
    }
    assert document["balance"]["minor"] == statement.balance
    assert document["headline"] == f"应付 {-statement.balance / 100:.2f} EUR"
    for section, written in zip(statement.sections, document["sections"], strict=True):
        assert written["money"]["minor"] == sum(line["money"]["minor"] for line in written["lines"])
        for line, made_line in zip(section.lines, written["lines"], strict=True):
            drill = made_line["drill_down"]
            assert Fraction(made_line["money"]["exact"]) == line.exact
            assert [move["money"]["minor"] for move in drill] == [move.minor for move in moves[line]]
            assert [datetime.fromisoformat(move["occurred_at"]).timestamp() * 10**6 for move in drill] == [
                move.occurred_at for move in moves[line]
            ]


def test_names_are_in_the_json_as_they_are():
    name = '喆記\u202e\n="龘" 🍕'
    statement, _ = made([(LineKind.REDEEMED_HERE, name, [5], THIRD)])
    document = json.loads(render(statement, None, "json", "en"))
    assert document["sections"][0]["lines"][0]["counterpart"] == name
