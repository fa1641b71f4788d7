"""A list of shops is read line by line: what each is, and all that is wrong with it."""

import pytest

from coalition.locale.error_text import phrase_text
from coalition.merchants.shop_list import SHOPS_MAX, ShopOfList, read_shop_list
from tests.support.town_api import ApiTown


def read(town: ApiTown, text: str | bytes) -> list[ShopOfList]:
    return read_shop_list(town.alliance, text if isinstance(text, bytes) else text.encode())


def why(town: ApiTown, text: str) -> list[str]:
    """What is wrong with the only shop of a list."""
    (shop,) = read(town, text)
    return [phrase_text(problem, "en") for problem in shop.problems]


@pytest.mark.parametrize(
    "text",
    [
        "sommer; Bäckerei Sommer\n\nUhren Übel",
        "sommer\tBäckerei Sommer\r\n\r\nUhren Übel\r\n",
        "\ufeffsommer; Bäckerei Sommer\n\nUhren Übel",
        "ref,name\nsommer,Bäckerei Sommer\n,Uhren Übel\n",
        "name;ref\nBäckerei Sommer;sommer\nUhren Übel;\n",
        'name,ref\n"Bäckerei Sommer",sommer\nUhren Übel,\n'.encode("utf-16"),
    ],
)
def test_a_list_is_typed_pasted_or_saved_by_a_spreadsheet(town: ApiTown, text: str | bytes) -> None:
    shops = read(town, text)
    assert [(shop.ref, shop.name, shop.exists, list(shop.problems)) for shop in shops] == [
        ("sommer", "Bäckerei Sommer", False, []),
        ("uhren-ubel", "Uhren Übel", False, []),
    ]


def test_what_takes_part_already_is_left(town: ApiTown) -> None:
    known = town.client().get("/v1/shops").json()["data"][0]
    (shop,) = read(town, known["name"])
    assert (shop.ref, shop.exists, list(shop.problems)) == (known["ref"], True, [])


def test_a_line_says_all_that_is_wrong_with_it(town: ApiTown) -> None:
    assert why(town, "florist,Main Street") == [
        "a comma separates nothing here: write a semicolon between a short name and a name, or a space after a comma "
        "that belongs to the name"
    ]
    assert why(town, "Müller, Söhne & Co") == []
    assert why(town, "Big Shop!; a; b") == [
        "it has more than a short name and a name",
        "the short name 'Big Shop!' can't be used: small letters a to z, digits, dots and dashes, such as sommer-2",
    ]
    assert why(town, "pool; ") == [
        "the short name 'pool' is the book's own; choose another one",
        "the name can't be used: it is empty",
    ]
    assert why(town, "bakery; Another one") == ["another shop has the short name 'bakery'; choose another one"]
    assert why(town, "name,category") == ["a first line names columns out of ref, name, name among them"]
    assert why(town, f"{'x' * 65}; {'y' * 101}") == [
        "the short name has more than 64 characters",
        "the name has more than 100 characters",
    ]


def test_lines_are_counted_as_in_the_readers_file_and_the_list_ends(town: ApiTown) -> None:
    shops = read(town, "ref,name\n\na,A\na,B\n" + "".join(f"s{number},S{number}\n" for number in range(SHOPS_MAX)))
    assert [shop.line for shop in shops][:3] == [3, 4, 5]
    assert [len(shop.problems) for shop in shops][:3] == [0, 1, 0]
    assert [len(shop.problems) for shop in shops][-3:] == [0, 1, 1]


def test_a_file_that_cannot_be_read_says_so(town: ApiTown) -> None:
    (shop,) = read(town, b"\xff\xfe\x00")
    assert shop.problems
    assert shop.line == 1
