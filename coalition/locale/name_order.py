"""The order of names, as people look for them: Bäckerei stands before Buchladen, whatever letters cost in bytes.

Chinese names stand by their pinyin, as in a Chinese telephone book: the national character set has its 3,755 common
characters in that order, so nothing has to be looked up. Rarer ones follow, by radical; a character that is read in
two ways stands under the commoner one. A library of readings (pypinyin, PyICU) would place those few as well, for
megabytes of data in each process.
"""

from unicodedata import combining, normalize

BY_PINYIN = "gb18030"


def name_order(name: str) -> tuple[bytes, str]:
    """What to sort a name by: its letters without accents and capitals; then itself, where two are alike in that."""
    letters = normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not combining(letter)).encode(BY_PINYIN), name
