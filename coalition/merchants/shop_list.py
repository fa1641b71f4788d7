"""A list of shops as people type, paste or upload it: read line by line, before anything is added."""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass

from coalition.alliance import Alliance
from coalition.merchants.change_shop import REF_CHARS_MAX, REF_PATTERN, RESERVED
from coalition.merchants.list_shops import list_shops
from settlement import Phrase, TableUnreadable, clean_text, customs_of, read_table, reason_of

SHOPS_MAX = 500
"""As many are added by one list."""
NAME_CHARS_MAX = 100
COLUMNS = ("ref", "name")
"""What a first line may name, in any order; a list without such a line has names alone, or these with a semicolon."""
REF_EXAMPLE = "sommer-2"
_SEPARATOR = re.compile(r"[;\t]")
_ANY_SEPARATOR = re.compile(r"[;\t,]")
_COMMA_WITHIN = re.compile(r",(?=\S)")


@dataclass(frozen=True, slots=True)
class ShopOfList:
    """A shop of a list and the line, counted from 1, on which it stands.

    `exists` is whether it takes part already; `problems` are all that keep it from being added.
    """

    line: int
    text: str
    ref: str = ""
    name: str = ""
    exists: bool = False
    problems: Sequence[Phrase] = ()

    @property
    def as_line(self) -> str:
        """The shop as a line of a list without a header."""
        return f"{self.ref}; {self.name}"


def read_shop_list(alliance: Alliance, content: bytes) -> list[ShopOfList]:
    """The shops of a list, with what is wrong with each. A file that can't be read is one line with its problem."""
    try:
        lines = list(_lines(alliance, content))
    except TableUnreadable as error:
        return [ShopOfList(error.line, "", problems=[error.why])]
    shops = list_shops(alliance)
    with closing(alliance.database.session()) as session:
        in_book = alliance.book.config(session).by_ref
    by_name = {shop.profile.name: shop.ref for shop in shops}
    refs, read = {shop.ref for shop in shops}, list[ShopOfList]()
    for number, text, ref, name in lines:
        existing = by_name.get(name)
        if existing is not None:
            read.append(ShopOfList(number, text, existing, name, exists=existing in in_book))
            continue
        problems = list(_problems(text, ref, name, refs))
        if len(read) >= SHOPS_MAX:
            problems = [Phrase("One list adds at most {most} shops.", most=SHOPS_MAX)]
        chosen = ref if ref or problems else ref_of(name, refs)
        read.append(ShopOfList(number, text, chosen, name, problems=problems))
        if not problems:
            refs.add(chosen)
            by_name[name] = chosen
    return read


def ref_of(name: str, taken: Collection[str]) -> str:
    """A short name for a shop, which no other has: the letters and digits of its name, without accents."""
    plain = unicodedata.normalize("NFKD", name.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    stem = "-".join(re.findall(r"[a-z0-9]+", plain))[: REF_CHARS_MAX - 4].strip("-") or "shop"
    number, ref = 1, stem
    while ref in taken or ref in RESERVED:
        number += 1
        ref = f"{stem}-{number}"
    return ref


def _lines(alliance: Alliance, content: bytes) -> Iterator[tuple[int, str, str, str]]:
    """Each line that is not empty: its number, as it stands there, and the short name and the name in it."""
    customs = customs_of(alliance.book.settings.timezone)
    table = read_table(content, customs, _is_header)
    if _is_header(table.header):
        for number, cells in table.rows:
            row = dict(zip(table.header, cells, strict=False))
            yield number, table.separator.join(cells), row.get("ref", ""), row.get("name", "")
        return
    for number, line in enumerate(content.decode(_codec(table.encoding)).splitlines(), 1):
        if text := line.strip().removeprefix("\ufeff"):
            before, separator, after = _split(text)
            yield number, text, *((before, after) if separator else ("", before))


def _codec(encoding: str) -> str:
    return "utf-8-sig" if encoding == "UTF-8" else encoding


def _split(text: str) -> tuple[str, str, str]:
    between = _SEPARATOR.search(text)
    if between is None:
        return text, "", ""
    return text[: between.start()].strip(), between[0], text[between.end() :].strip()


def _is_header(names: list[str]) -> bool:
    return "name" in names and {*names} <= {*COLUMNS}


def _problems(text: str, ref: str, name: str, refs: Collection[str]) -> Iterator[Phrase]:
    """All that is wrong with a new shop."""
    cells = {cell.strip().casefold() for cell in _ANY_SEPARATOR.split(text)}
    if not cells.isdisjoint(COLUMNS):
        yield Phrase("a first line names columns out of {columns}, name among them", columns=COLUMNS)
        return
    if not ref and _COMMA_WITHIN.search(name):
        yield Phrase(
            "a comma separates nothing here: write a semicolon between a short name and a name, or a space after a "
            "comma that belongs to the name"
        )
    if _SEPARATOR.search(name):
        yield Phrase("it has more than a short name and a name")
    if ref and not re.fullmatch(REF_PATTERN, ref):
        yield Phrase(
            "the short name {ref:name} can't be used: small letters a to z, digits, dots and dashes, such as {example}",
            ref=ref,
            example=REF_EXAMPLE,
        )
    if len(ref) > REF_CHARS_MAX:
        yield Phrase("the short name has more than {most} characters", most=REF_CHARS_MAX)
    if ref in RESERVED:
        yield Phrase("the short name {ref:name} is the book's own; choose another one", ref=ref)
    if ref in refs:
        yield Phrase("another shop has the short name {ref:name}; choose another one", ref=ref)
    try:
        if len(clean_text(name)) > NAME_CHARS_MAX:
            yield Phrase("the name has more than {most} characters", most=NAME_CHARS_MAX)
    except ValueError as error:
        yield Phrase("the name can't be used: {why}", why=reason_of(error))
