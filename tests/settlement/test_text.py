"""What is text: names as people write them in any script, and nothing that hides, breaks or turns what is around it."""

import pytest

from settlement import clean_text, is_text, visible

NAMES = [
    "Ann",
    "山田\u3000太郎",
    "علی\u200cرضا",
    "Jean\u00a0Dupont",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "שלום\u200f!",
    "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "Ze\u00adbra",
    "\ue000",
]
NO_NAMES = [
    "",
    " \u3000\u00a0\ufeff",
    "\u200b",
    "\u200d\u200c",
    "a\0b",
    "a\tb",
    "a\nb",
    "a\x7fb",
    "a\x85b",
    "a\u2028b",
    "a\ud800b",
    "\udcff",
    "a\u202eb",
    "a\u202a",
    "a\u2066b",
    "a\ufffeb",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_taken_as_it_is_written(name: str) -> None:
    assert clean_text(name) == name
    assert is_text(name)
    assert visible(name) == name


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_text_is_refused(name: str) -> None:
    assert not is_text(name)
    with pytest.raises(ValueError, match="it "):
        clean_text(name)


@pytest.mark.parametrize("spaces", [" ", "\u3000", "\u00a0", "\ufeff", "\u2009 \u3000"])
def test_spaces_at_the_ends_are_trimmed(spaces: str) -> None:
    assert clean_text(f"{spaces}山田\u3000太郎{spaces}") == "山田\u3000太郎"


def test_a_note_may_have_lines_and_nothing_else_besides() -> None:
    assert clean_text("\n One\tline\r\nanother\n", lines=True) == "One\tline\r\nanother"
    for text in ("a\0b", "a\x1bb", "a\u2028b", "a\u202eb", "\n \t"):
        with pytest.raises(ValueError, match="it "):
            clean_text(text, lines=True)


def test_what_came_from_outside_anyhow_is_shown_and_can_do_no_harm() -> None:
    assert visible("Joe's\u2028 12.00\u202e\0") == "Joe's  12.00\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"
