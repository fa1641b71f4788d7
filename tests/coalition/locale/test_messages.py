import os
from timeit import timeit

import pytest

from coalition.locale import files, messages
from coalition.locale.files import compiled_catalogue, is_fresh, path_of
from coalition.locale.messages import N_, catalogue, translate, translate_count


@pytest.fixture
def chinese(monkeypatch, tmp_path):
    """A small catalogue in place of the real one."""
    folder = tmp_path / "zh" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "coalition.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
        'msgid "{shop} pays {amount}"\nmsgstr "{shop} 支付 {amount}"\n\n'
        'msgid "a body such as {\\"a\\": 1}"\nmsgstr "内容如 {\\"a\\": 1}"\n\n'
        'msgid "one window of {shop}"\nmsgid_plural "{count} windows of {shop}"\n'
        'msgstr[0] "{shop} 的 {count} 个结算期"\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    catalogue.cache_clear()
    yield folder
    catalogue.cache_clear()


def test_a_sentence_is_shown_in_each_language_with_its_places_filled(chinese):
    sentence = N_("{shop} pays {amount}")
    assert translate(sentence, "en", shop="A", amount="1.00") == "A pays 1.00"
    assert translate(sentence, "zh", shop="A", amount="1.00") == "A 支付 1.00"


def test_a_sentence_without_values_keeps_its_braces(chinese):
    sentence = 'a body such as {"a": 1}'
    assert translate(sentence, "en") == sentence
    assert translate(sentence, "zh") == '内容如 {"a": 1}'


def test_a_place_without_a_value_is_an_error(chinese):
    with pytest.raises(KeyError, match="amount"):
        translate("{shop} pays {amount}", "zh", shop="A")


@pytest.mark.parametrize(
    ("count", "english", "chinese_text"),
    [
        (0, "0 windows of A", "A 的 0 个结算期"),
        (1, "one window of A", "A 的 1 个结算期"),
        (2, "2 windows of A", "A 的 2 个结算期"),
    ],
)
def test_the_form_fits_the_number(chinese, count, english, chinese_text):
    def forms(lang):
        return translate_count("one window of {shop}", "{count} windows of {shop}", count, lang, shop="A")

    assert forms("en") == english
    assert forms("zh") == chinese_text


def test_the_number_can_be_shown_as_readers_expect_it(chinese):
    text = translate_count("one window of {shop}", "{count} windows of {shop}", 1234, "zh", shop="A", count="1,234")
    assert text == "A 的 1,234 个结算期"


def test_a_sentence_that_the_catalogue_lacks_stays_english(chinese):
    assert translate("nobody marked this", "zh") == "nobody marked this"
    assert translate_count("one thing", "{count} things", 2, "zh") == "2 things"


def test_a_catalogue_is_loaded_once(chinese):
    assert catalogue("zh") is catalogue("zh")


def test_a_compiled_catalogue_is_used_unless_its_source_is_newer(chinese):
    source, compiled = chinese / "coalition.po", chinese / "coalition.mo"
    compiled.write_bytes(compiled_catalogue("zh"))
    assert is_fresh(compiled)
    source.write_text(source.read_text("utf-8").replace("支付", "付款"), encoding="utf-8")
    stale = source.stat().st_mtime_ns
    # The clocks of some file systems are coarse; a second is enough on each.
    os.utime(compiled, ns=(stale - 10**9, stale - 10**9))
    assert not is_fresh(compiled)
    assert translate("{shop} pays {amount}", "zh", shop="A", amount="1") == "A 付款 1"


def test_an_installed_package_has_the_compiled_form_alone(chinese):
    compiled = chinese / "coalition.mo"
    compiled.write_bytes(compiled_catalogue("zh"))
    (chinese / "coalition.po").unlink()
    assert is_fresh(compiled)
    assert translate("{shop} pays {amount}", "zh", shop="A", amount="1") == "A 支付 1"


def test_english_needs_no_catalogue(monkeypatch):
    monkeypatch.setattr(messages, "catalogue", None)
    assert translate("{shop} pays", "en", shop="A") == "A pays"
    assert translate_count("one", "many", 2, "en") == "many"


def test_english_costs_next_to_nothing():
    assert min(timeit(lambda: translate("Net", "en"), number=10_000) for _ in range(5)) < 0.02


def test_the_test_run_compiled_the_catalogue():
    assert is_fresh(path_of("zh").with_suffix(".mo"))
