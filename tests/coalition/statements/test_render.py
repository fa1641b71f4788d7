"""What holds in every format and language."""

from dataclasses import replace
from fractions import Fraction

import pytest

from coalition.statements import FormatUnknown, LanguageUnknown, LevelsDisagree, NoSuchLine, render
from coalition.statements.titles import TITLES, Side
from settlement import Minor
from settlement.clearing import LineKind, StatementLine
from tests.coalition.statements.made import EVERY_KIND, made

FORMATS = ("text", "csv", "json", "pdf")
LANGUAGES = ("en", "zh")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("fmt", FORMATS)
def test_the_same_statement_always_gives_the_same_bytes(fmt, lang):
    first = render(*made(EVERY_KIND), fmt, lang)
    assert render(*made(EVERY_KIND), fmt, lang) == first
    assert render(made(EVERY_KIND, kept_in_deposit=Minor(1))[0], None, fmt, lang) != first


@pytest.mark.parametrize("fmt", FORMATS)
def test_moves_are_written_only_where_they_are_given(fmt):
    statement, moves = made(EVERY_KIND)
    line, behind = next(iter(moves.items()))
    none, single, all_ = (len(render(statement, chosen, fmt, "en")) for chosen in (None, {line: behind}, moves))
    assert none < single < all_


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_statement_of_a_window_without_business_is_written(fmt):
    assert render(made([])[0], None, fmt, "zh")


def test_a_shop_has_a_title_for_every_kind_of_section():
    assert set(TITLES[Side.SHOP]) == set(LineKind)
    assert set(TITLES) == set(Side)


def test_an_unknown_format_or_language_is_refused_with_those_that_exist():
    statement, _ = made([])
    with pytest.raises(FormatUnknown, match=r"'docx'\. Choose one of text, csv, json, pdf"):
        render(statement, None, "docx", "en")
    with pytest.raises(LanguageUnknown, match=r"'de'\. Choose one of en, zh"):
        render(statement, None, "text", "de")


@pytest.mark.parametrize("level", ["net", "section", "line", "points", "exact", "count"])
def test_figures_that_do_not_add_up_are_never_written(level):
    statement, moves = made(EVERY_KIND)
    section, *others = statement.sections
    line = section.lines[0]
    behind = list(moves[line])
    if level == "net":
        statement = replace(statement, net=Minor(statement.net + 1))
    elif level == "section":
        section = replace(section, minor=Minor(section.minor + 1))
        statement = replace(statement, net=Minor(statement.net + 1), sections=(section, *others))
    elif level == "line":
        behind[0] = replace(behind[0], minor=Minor(behind[0].minor + 1))
    elif level == "points":
        behind[0] = replace(behind[0], points=behind[0].points + 1)
    elif level == "exact":
        behind[0] = replace(behind[0], exact=behind[0].exact + Fraction(1, 7))
    else:
        behind.append(replace(behind[0], points=0, minor=Minor(0), exact=Fraction(0)))
    with pytest.raises(LevelsDisagree, match="add up to"):
        render(statement, moves | {line: behind}, "json", "en")


def test_moves_of_a_line_that_the_statement_does_not_have_are_refused():
    statement, _ = made(EVERY_KIND)
    stranger = StatementLine(LineKind.ISSUED, "", 1, 0, Fraction(0), Minor(0))
    with pytest.raises(NoSuchLine, match="line issued ''"):
        render(statement, {stranger: []}, "text", "en")
