"""Plain text: the words a shop owner reads, and columns that stay aligned whatever stands in them."""

from fractions import Fraction

import pytest

from coalition.statements import render
from coalition.statements.as_text import cells
from settlement import Minor
from settlement.clearing import LineKind
from settlement.ledger import OPERATOR, POOL
from tests.coalition.statements.made import EVERY_KIND, THIRD, made

WHOLE = Fraction(1)


def text(statement, moves=None, lang="en"):
    return render(statement, moves, "text", lang).decode()


@pytest.mark.parametrize(
    ("minor", "en", "zh"),
    [
        (123456, "You receive 1,234.56 EUR", "应收 1,234.56 EUR"),
        (-1234, "You pay 12.34 EUR", "应付 12.34 EUR"),
        (0, "Nothing to pay or receive", "无需收付"),
    ],
)
def test_the_balance_is_said_in_plain_words(minor, en, zh):
    statement, _ = made([], carried_over=Minor(minor))
    assert f"\n{en}\n" in text(statement)
    assert f"\n{zh}\n" in text(statement, lang="zh")


def test_what_is_kept_in_the_deposit_is_taken_off():
    statement, _ = made([(LineKind.REDEEMED_HERE, "B", [500], WHOLE)], kept_in_deposit=Minor(120))
    lines = [line.split() for line in text(statement).splitlines()]
    assert ["Kept", "in", "deposit", "-1.20"] in lines
    assert ["Balance", "to", "settle", "3.80"] in lines


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_figures_end_in_the_same_cell(lang):
    written = text(*made([*EVERY_KIND, (LineKind.REDEEMED_HERE, "很长的店名" * 20, [5], THIRD)]), lang)
    assert {cells(line) for line in written.splitlines() if line.endswith(("---", "==="))} >= {80}
    figures = [
        line for line in written.splitlines() if line[-3:-2] == "." and line.startswith(("T", "合", "N", "本期"))
    ]
    assert len(figures) > 10
    assert {cells(line) for line in figures} == {80}
    assert max(cells(line) for line in written.splitlines()[12:-2]) == 80


def test_the_window_is_told_on_the_alliances_clocks():
    statement, _ = made([])
    assert "1 Jun 2026 00:00" in text(statement)
    assert "8 Jun 2026 00:00" in text(statement)
    assert "2026年6月8日 00:00" in text(statement, lang="zh")


def test_points_that_cost_nothing_say_so():
    free, _ = made([(LineKind.OWN_ELSEWHERE, "B", [5], Fraction(0)), (LineKind.ISSUED, "", [5], -WHOLE)])
    assert "The pool pays for them." in text(free)
    assert "You pay their value into the pool." in text(free)
    owed, _ = made([(LineKind.OWN_ELSEWHERE, "B", [5], -WHOLE), (LineKind.ISSUED, "", [5], Fraction(0))])
    assert "You pay their value." in text(owed)
    assert "You pay when other shops redeem them." in text(owed)


def test_own_points_are_told_from_those_of_others():
    statement, _ = made([(LineKind.REDEEMED_HERE, "Café Müller", [5], WHOLE)])
    assert "Café Müller (own points)" in text(statement)
    assert "Café Müller（本店积分）" in text(statement, lang="zh")


@pytest.mark.parametrize(
    ("participant", "kind", "en", "zh"),
    [
        (OPERATOR, LineKind.REDEEM_FEE, "From the redeeming shops.", "由兑付商户支付。"),
        (POOL, LineKind.ISSUED, "Paid in by the issuing shops.", "由发放商户付入。"),
    ],
)
def test_the_operator_and_the_pool_read_their_own_side(participant, kind, en, zh):
    statement, _ = made([(kind, "Buchladen", [5], WHOLE)], participant=participant)
    assert en in text(statement)
    assert zh in text(statement, lang="zh")


def test_a_name_can_neither_break_a_line_nor_steer_a_terminal():
    statement, moves = made([(LineKind.REDEEMED_HERE, "B\n\x1b[31m\u202eC", [5], WHOLE)])
    assert "\nB �[31m�C " in text(statement, moves)


@pytest.mark.parametrize(("written", "wide"), [("abc", 3), ("商店", 4), ("（", 2), ("e\u0301", 1), ("ｶ", 1), ("🍕", 2)])
def test_wide_letters_take_two_cells(written, wide):
    assert cells(written) == wide
