"""The PDF as its reader gets it: text that can be found and copied, fonts that are in the file."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
import typst
from pypdf import PdfReader

from coalition.locale.files import read as read_catalogue
from coalition.locale.formats import money_text, points_text
from coalition.statements import render
from coalition.statements.as_pdf import HERE, TAGGED_ROWS_MAX
from coalition.statements.as_pdf import fonts as fonts_of_package
from coalition.statements.sheet import receipt_of
from settlement import Minor
from settlement.clearing import LineKind
from tests.coalition.statements.made import EVERY_KIND, THIRD, made


def read(data):
    return PdfReader(BytesIO(data))


def text(data):
    """All text without the spaces, which a PDF places rather than writes."""
    return "".join("".join(page.extract_text() for page in read(data).pages).split())


def fonts(data):
    pages = read(data).pages
    used = [font.get_object() for page in pages for font in page["/Resources"].get("/Font", {}).values()]
    for font in used:
        descriptor = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
    return {font["/BaseFont"].split("+")[1].removesuffix("-Identity-H") for font in used}


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("digits", [0, 2, 3])
def test_every_figure_of_the_statement_is_on_the_pages(digits, lang):
    statement, moves = made(EVERY_KIND, minor_digits=digits, carried_over=Minor(-123456))
    written = text(render(statement, moves, "pdf", lang))
    minors = [section.minor for section in statement.sections]
    minors += [figure.minor for line, behind in moves.items() for figure in (line, *behind)]
    for minor in (*minors, statement.net, statement.carried_over, statement.balance):
        assert money_text(minor, digits, lang).replace("-", "−") in written
    for behind in moves.values():
        assert all(receipt_of(move) in written for move in behind)


def test_the_words_and_names_are_chinese_and_can_be_copied():
    written = text(render(*made(EVERY_KIND, participant="春风茶社", alliance="老街商户联盟"), "pdf", "zh"))
    for words in (
        "结算对账单",
        "春风茶社",
        "老街商户联盟",
        "应付",
        "在本店兑付的积分：老街书店",
        "第1页，共",
        "2026年6月1日",
    ):
        assert words in written


def test_all_letters_come_from_the_fonts_of_the_package():
    names = {"NotoSans-Regular", "NotoSans-Bold", "NotoSansSC-Regular", "NotoSansSC-Bold"}
    assert fonts(render(*made(EVERY_KIND, participant="喆记 Łódź Ναός Київ"), "pdf", "zh")) == names


def is_printed(file: str) -> bool:
    return file.startswith("coalition/statements/") and not file.endswith("/errors.py")


def test_every_word_can_be_set_in_bold_and_in_regular():
    sentences = read_catalogue("zh")
    # All but the errors of this folder, which no statement prints.
    here = [it.string for it in sentences if any(is_printed(file) for file, _ in it.locations)]
    assert len(here) > 50
    source = """#set text(font: ("Noto Sans", "Noto Sans SC"), fallback: false)
        #let words = sys.inputs.words
        #words \\ #strong(words)"""
    words = {"words": "".join(here)}
    data = typst.compile(source.encode(), root=HERE, font_paths=fonts_of_package(), sys_inputs=words)
    assert "\x00" not in text(data)
    assert fonts(data) == {"NotoSans-Regular", "NotoSans-Bold", "NotoSansSC-Regular", "NotoSansSC-Bold"}


def test_a_letter_that_no_font_has_is_a_box_and_never_stops_the_statement():
    statement, _ = made([(LineKind.REDEEMED_HERE, "喆龘記店", [5], THIRD)])
    assert "喆\x00\x00店" in text(render(statement, None, "pdf", "zh"))


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x")',
        "$x^2$ *b* _i_ `r`",
        "\\ \\n @ref <label>",
        "// /* */ [ ] { }",
        '"; #import "x"',
        "{page} ~ --- ''",
    ],
)
def test_a_name_is_never_markup(name):
    statement, moves = made([(LineKind.REDEEMED_HERE, name, [5], THIRD)], participant=name, alliance=name)
    assert text(render(statement, moves, "pdf", "en")).count("".join(name.split())) >= 4


def test_a_long_reference_breaks_inside_its_column():
    name = "W" * 150
    statement, moves = made([(LineKind.REDEEMED_HERE, name, [5], THIRD)], participant=name)
    data = render(statement, moves, "pdf", "en")
    assert name in text(data)
    lines = [line for page in read(data).pages for line in page.extract_text().splitlines()]
    assert 30 < max(len(line) for line in lines if "W" in line) < 100


def test_heads_repeat_and_pages_are_numbered_over_a_long_statement():
    parts = [(LineKind.REDEEMED_HERE, f"Shop {at:02d}", [at + 1] * 10, THIRD) for at in range(60)]
    pages = [page.extract_text() for page in read(render(*made(parts), "pdf", "en")).pages]
    assert len(pages) > 10
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
    assert all("Receipt" in page for page in pages[3:])


def test_a_row_of_a_very_long_table_stays_one_line_whatever_its_neighbours_receipts_are():
    """Such a table has five rows in a cell, unless a receipt needs more than a line."""
    lengths = (0, 3, 22, 30, 36, 80)
    statement, moves = made([(LineKind.REDEEMED_HERE, "shop", list(range(1, TAGGED_ROWS_MAX + 12)), THIRD)])
    moves = {
        line: [replace(move, reference=f"cafe:{'W' * lengths[at * at % 11 % 6]}") for at, move in enumerate(behind)]
        for line, behind in moves.items()
    }
    pages = read(render(statement, moves, "pdf", "en")).pages
    lines = [line.split() for page in pages for line in page.extract_text(extraction_mode="layout").splitlines()]
    rows = {int(words[0]): words for words in lines if len(words) > 4 and words[0].isdigit()}
    for move in (move for behind in moves.values() for move in behind):
        posting, *when, points, minor = rows[move.posting_id]
        assert (int(posting), points) == (move.posting_id, points_text(move.points, "en"))
        assert minor == money_text(move.minor, 2, "en")
        if 0 < len(receipt_of(move)) < 23:
            assert when[-1].endswith(receipt_of(move))


def test_the_document_is_dated_at_the_close_and_named_after_its_shop():
    about = read(render(*made(EVERY_KIND), "pdf", "en")).metadata
    assert about.title == "Settlement statement Café Müller"
    assert about.author == "Old Town"
    assert about.creation_date.date() == date(2026, 6, 8)


def test_another_process_in_another_time_zone_writes_the_same_bytes():
    program = (
        "import sys; from coalition.statements import render; "
        "from tests.coalition.statements.made import EVERY_KIND, made; "
        "sys.stdout.buffer.write(render(*made(EVERY_KIND), 'pdf', 'zh'))"
    )
    environment = {"TZ": "Asia/Kathmandu", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    other = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, check=True)
    assert other.stdout == render(*made(EVERY_KIND), "pdf", "zh")
