import sys
from pathlib import Path

import pytest

from coalition.locale import catalogue, files
from coalition.locale.catalogue import SETTINGS, compile_all, head, main, problems, update
from coalition.locale.check import english_runs, flaws_of_marks, flaws_of_text, terms_of
from coalition.locale.files import is_fresh, path_of

ROOT = Path(__file__).parents[3]

SOURCE = """
from words import N_, translate, translate_count

TITLE = N_("Net of {shop}")
def show(count, lang):
    print(translate("Close", lang))
    print(translate_count("one window", "{count} windows", count, lang))
"""
HEAD = """# Terms:
#   shop 商户 ≠ 店铺 · window 结算期 ≠ 窗口、周期 · net 净额
"""
SOUND = {
    "Net of {shop}": "{shop}的净额",
    "Close": "关账",
    "one window": "{count} 个结算期",
}


def entry(english: str, chinese: str, comment: str = "") -> str:
    if english == "one window":
        return f'{comment}msgid "one window"\nmsgid_plural "{{count}} windows"\nmsgstr[0] "{chinese}"\n'
    return f'{comment}msgid "{english}"\nmsgstr "{chinese}"\n'


def written(translations: dict[str, str], *more: str) -> str:
    return "\n".join([f"{HEAD}{SETTINGS}\n", *(entry(*it) for it in translations.items()), *more])


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A package of one file with a catalogue of its own; gives the catalogue's path."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "show.py").write_text(SOURCE)
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    monkeypatch.setattr(catalogue, "PACKAGES", ("shop",))
    monkeypatch.setattr(files, "FOLDER", tmp_path / "locale")
    path = path_of("zh")
    path.parent.mkdir(parents=True)
    path.write_text(written(SOUND), encoding="utf-8")
    update()
    return path


def command(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["catalogue", *arguments])
    return main()


def test_the_catalogue_is_complete_and_right():
    assert list(problems()) == []


def test_the_check_is_among_those_that_a_change_has_to_pass():
    assert "run python -m coalition.locale.catalogue check" in (ROOT / ".ci" / "run").read_text()


def test_a_sound_catalogue_passes(small, monkeypatch, capsys):
    assert command(monkeypatch, "check") == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (written({k: v for k, v in SOUND.items() if k != "Close"}), "zh: not in the catalogue: 'Close'"),
        (written(SOUND | {"Close": ""}), "zh: not translated: 'Close'"),
        (written(SOUND | {"one window": ""}), "zh: not translated: ('one window', '{count} windows')"),
        (
            written({k: v for k, v in SOUND.items() if k != "Close"}, entry("Close", "关账", "#, fuzzy\n")),
            "zh: fuzzy: 'Close'",
        ),
        (written(SOUND, entry("Opened", "开始")), "zh: used nowhere: 'Opened'"),
        (written(SOUND, '#~ msgid "Opened"\n#~ msgstr "开始"\n'), "zh: used nowhere: 'Opened'"),
        (
            written(SOUND | {"Net of {shop}": "{store}的净额"}),
            "zh: has the places ['store'], and the English ['shop']: 'Net of {shop}'",
        ),
        (
            written(SOUND | {"Net of {shop}": "净额"}),
            "zh: has the places [], and the English ['shop']: 'Net of {shop}'",
        ),
        (
            written(SOUND | {"Net of {shop}": "{shop:name}的净额"}),
            "zh: has the places ['shop:name'], and the English ['shop']: 'Net of {shop}'",
        ),
        (written(SOUND | {"Close": "Close"}), "zh: is still English: 'Close'"),
        (written(SOUND | {"Close": "关账, 结束"}), "zh: has ASCII punctuation beside Chinese: 'Close'"),
        (written(SOUND | {"Close": "窗口关账"}), "zh: says 窗口 where the table of terms has 结算期: 'Close'"),
        (written(SOUND | {"Close": "Close the window"}), "zh: has English in it, 'Close the window': 'Close'"),
    ],
)
def test_a_broken_catalogue_fails_and_the_check_says_why(small, monkeypatch, capsys, text, problem):
    small.write_text(text, encoding="utf-8")
    assert command(monkeypatch, "check") == 1
    assert capsys.readouterr().err.splitlines() == [problem]


def test_what_no_catalogue_can_hold_is_named_by_its_line(small, monkeypatch, capsys):
    file = small.parents[3] / "shop" / "show.py"
    file.write_text(SOURCE + 'def say(shop, lang):\n    return translate(f"Net of {shop}", lang)\n')
    assert command(monkeypatch, "check") == 1
    assert capsys.readouterr().err == "shop/show.py:9: translate takes one whole sentence, and no expression\n"


@pytest.mark.parametrize(
    ("source", "fine"),
    [
        ('N_("Close")', True),
        ('N_("Close " "now")', True),
        ("translate(title, lang)", True),
        ('f"{translate(title, lang)}"', True),
        ("f\"{translate('Close', lang)}\"", False),
        ('Phrase("Close {shop}", shop=shop)', True),
        ('Phrase(f"Close {shop}")', False),
        ('translate(TITLES["close"], lang)', True),
        ("translate(title_of(code), lang)", True),
        ("translate(late if closed else early, lang)", True),
        ("N_(title)", False),
        ('N_(f"Close {shop}")', False),
        ('N_("Close" if closed else "Open")', False),
        ('translate("Close" if closed else "Open", lang)', False),
        ('translate(title or "Open", lang)', False),
        ('translate("Close " + shop, lang)', False),
        ('translate("Close %s" % shop, lang)', False),
        ('translate_count("one", f"{count}", count, lang)', False),
    ],
)
def test_a_mark_takes_one_whole_sentence(source, fine):
    assert (list(flaws_of_marks(source)) == []) is fine


def test_update_collects_sentences_and_keeps_translations_and_the_table(small, monkeypatch):
    small.write_text(written({"Close": "关账", "Opened": "开始"}), encoding="utf-8")
    assert command(monkeypatch, "update") == 0
    text = small.read_text("utf-8")
    assert head(small) == f"{HEAD}{SETTINGS}"
    assert 'msgid "Close"\nmsgstr "关账"\n' in text
    assert 'msgid "Net of {shop}"\nmsgstr ""\n' in text
    assert 'msgid_plural "{count} windows"\nmsgstr[0] ""\n' in text
    assert "Opened" not in text
    update()
    assert small.read_text("utf-8") == text


def test_a_file_that_update_would_write_in_another_way_fails(small, monkeypatch, capsys):
    small.write_text(small.read_text("utf-8").replace("#: shop/show.py\n", "", 1), encoding="utf-8")
    assert command(monkeypatch, "check") == 1
    assert "run that" in capsys.readouterr().err


def test_update_leaves_out_the_dates_and_names_that_tools_write(small):
    before = small.read_text("utf-8")
    small.write_text(
        before.replace(SETTINGS, f'{SETTINGS}\n"Generated-By: Babel\\n"\n"Last-Translator: me\\n"'), "utf-8"
    )
    update()
    assert small.read_text("utf-8") == before


def test_compile_writes_what_is_missing_or_older(small, monkeypatch):
    compiled = small.with_suffix(".mo")
    assert command(monkeypatch, "compile") == 0
    assert is_fresh(compiled)
    written_at = compiled.stat().st_mtime_ns
    compile_all()
    assert compiled.stat().st_mtime_ns == written_at
    assert [file.name for file in small.parent.iterdir() if file.suffix != ".po"] == ["coalition.mo"]


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["check", "more"]])
def test_the_command_says_how_it_is_used(arguments, monkeypatch, capsys):
    assert command(monkeypatch, *arguments) == 2
    assert "update|check|compile" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "必须为日期：YYYY-MM-DD",
        "Stripe 账户须在其页面开通",
        "请检查 COALITION_DATABASE_URL，以及数据库服务器是否运行并允许本机连接。",
        "`all` 表示尽可能多；若须精确扣取，请填写具体积分数",
        "共 {total} MB，可用 {free} MB",
        "请修正该变量或 .env 中的对应行。",
        "请开启 fsync、full_page_writes 与 synchronous_commit（SQLite：journal_mode WAL、synchronous FULL）。",
        "to、phone、email 只能提供其一",
        "……另有 {count} 项",
    ],
)
def test_chinese_with_codes_and_names_in_it_is_right(text):
    assert list(flaws_of_text(text, {})) == []


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("金额,日期", "has ASCII punctuation beside Chinese"),
        ("金额: {amount}", "has ASCII punctuation beside Chinese"),
        ("已付款.", "has ASCII punctuation beside Chinese"),
        ("金额(元)", "has ASCII brackets beside Chinese"),
        ("金额， 日期", "has a space beside full-width punctuation"),
        ("金额 日期", "has a space between Chinese characters"),
        ("正在读取...", "has three full stops for ……"),
        ("没有该 bank file", "has English in it, 'bank file'"),
    ],
)
def test_chinese_that_is_not_as_the_trade_writes_it_is_found(text, flaw):
    assert flaw in list(flaws_of_text(text, {}))


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("没有 pay code，请检查", ["pay code"]),
        ("the window is closed", ["the window is closed"]),
        ("请运行 `coalition audit`", []),
        ("请使用 --as-of 与 --by 选项", []),
        ("https://example.org/the/window", []),
        ("COALITION_SMTP_HOST 与 next_cursor", []),
        ("“Corner Shop” 不存在", []),
        ("Stripe Webhook", []),
        ("12 MB", []),
    ],
)
def test_english_is_found_between_codes_and_names(text, runs):
    assert english_runs(text) == runs


def test_the_table_of_terms_names_what_is_not_used():
    assert terms_of(HEAD) == {"店铺": "商户", "窗口": "结算期", "周期": "结算期"}
    assert terms_of(head(path_of("zh")))["结算单"] == "对账单"
