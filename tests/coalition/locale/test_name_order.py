"""Names stand where people look for them."""

from coalition.locale.name_order import name_order


def test_accents_and_capitals_do_not_count_unless_nothing_else_differs() -> None:
    names = ["café", "Buchladen", "Bäckerei", "Blumen Böhm", "Cafe", "小四川饭馆", "Ärzte", "Abend"]
    assert sorted(names, key=name_order) == [
        "Abend", "Ärzte", "Bäckerei", "Blumen Böhm", "Buchladen", "Cafe", "café", "小四川饭馆"
    ]  # fmt: skip


def test_chinese_names_stand_by_their_pinyin_behind_latin_ones() -> None:
    names = ["张记", "王府", "爱家超市", "小四川饭馆", "面包房", "北京烤鸭", "中央咖啡馆", "Café"]
    by_pinyin = ["Café", "爱家超市", "北京烤鸭", "面包房", "王府", "小四川饭馆", "张记", "中央咖啡馆"]
    assert sorted(names, key=name_order) == by_pinyin
