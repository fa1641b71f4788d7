"""Names stand where people look for them."""

from coalition.locale.name_order import name_order


def test_accents_and_capitals_do_not_count_unless_nothing_else_differs() -> None:
    names = ["café", "Buchladen", "Bäckerei", "Blumen Böhm", "Cafe", "小四川饭馆", "Ärzte", "Abend"]
    assert sorted(names, key=name_order) == [
        "Abend", "Ärzte", "Bäckerei", "Blumen Böhm", "Buchladen", "Cafe", "café", "小四川饭馆"
    ]  # fmt: skip
