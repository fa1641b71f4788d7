"""The report and the poster: what they show, and what they leave out."""

from fractions import Fraction
from io import BytesIO

import pytest
from pypdf import PdfReader

from coalition.lab import Result, read_mapping, run
from coalition.lab.report.answers import answers
from coalition.lab.report.poster import poster
from coalition.lab.report.report import report
from coalition.locale.error_text import phrase_text
from coalition.locale.formats import Lang


def purchases(count: int, **more: object) -> Result:
    events = [{"do": "purchase", "who": f"u{n}", "shop": "s", "amount": "1000"} for n in range(count)]
    return run(read_mapping({"model": "appreciation", "preset": "local-life", "events": events, **more}))


def texts(result: Result, lang: Lang = "en") -> list[str]:
    return [
        phrase_text(text, lang)
        for answer in answers(result)
        for text in (answer.question, answer.figure, *answer.details)
    ]


def test_one_screen_answers_who_pays_who_gets_when_it_ends_and_what_a_coalition_costs() -> None:
    answered = texts(purchases(10, currency="USD"))
    assert "Shops give 2,000 USD." in answered
    assert "The platform keeps 400 USD." in answered
    assert "Each purchase of 1,000 USD brings 160 USD and is promised 960 USD." in answered
    assert "The scheme takes 10 times as much from the shops." in answered
    assert answered[answered.index("And a coalition instead?") + 1] == "200 USD"


def test_the_answers_name_the_month_of_a_growth_that_is_stated() -> None:
    growth = {"shape": "constant", "members": "1200", "months": "12"}
    result = purchases(3, growth=growth, params={"exit_multiple": "0.5"})
    ahead = result.verdict.outlook
    assert ahead.next_exit is not None
    month = -(-ahead.next_exit // 100)
    assert f"The next one to be paid needs {ahead.next_exit} more purchases, reached in month {month}." in texts(result)


def test_an_exit_in_the_middle_of_many_events_is_listed() -> None:
    result = purchases(200, params={"exit_multiple": "0.5"})
    leaves = [int(str(row["event"])) for row in result.rows if row.get("exits")]
    assert leaves
    assert 30 < leaves[0] < 180
    assert "u0 is forced out with" in report(result)


def test_nothing_is_drawn_where_there_is_nothing_to_draw() -> None:
    assert "<svg" not in report(purchases(0))


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_poster_is_one_page_on_the_wall_and_a_picture_in_a_chat(lang: Lang) -> None:
    result = purchases(3)
    pages = PdfReader(BytesIO(poster(result, lang, "wall"))).pages
    assert len(pages) == 1
    figure = phrase_text(answers(result)[0].figure, lang)
    assert figure in pages[0].extract_text()
    assert poster(result, lang, "chat").startswith(b"\x89PNG")


def test_the_vendors_words_stand_beside_ours() -> None:
    result = run(
        read_mapping(
            {"model": "share-purchase", "events": [{"do": "purchase", "who": "u", "shop": "s", "amount": "9"}]}
        )
    )
    page = report(result)
    assert "share value (共享值)" in page
    assert '<span class="zh">共享值</span>' in page


def test_a_name_from_a_file_is_no_markup() -> None:
    events = [{"do": "purchase", "who": "<b>ann", "shop": "#pagebreak()", "amount": "10"}]
    result = run(read_mapping({"model": "appreciation", "events": events}))
    assert "<b>ann" not in report(result)
    assert len(PdfReader(BytesIO(poster(result, "en", "wall"))).pages) == 1
    assert result.verdict.kinds["shop"].paid == Fraction(2)
