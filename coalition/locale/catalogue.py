"""The catalogue of translations: kept complete by `python -m coalition.locale.catalogue`, compiled when installed.

`update` collects all marked sentences of both packages into the `.po` of each language, where new ones wait for their
translation; `check` fails where one is missing, fuzzy, unused or has other places than the English.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from coalition.locale.formats import Lang
from coalition.locale.messages import DOMAIN, FOLDER

ROOT = FOLDER.parents[1]
PACKAGES = ("coalition", "settlement")
LANGUAGES: tuple[Lang, ...] = ("zh",)
KEYWORDS = {"N_": None, "translate": None, "translate_count": (1, 2), "_": None, "gettext": None, "ngettext": (1, 2)}
"""Functions whose first argument, or first two, are sentences."""
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]


def path_of(lang: Lang) -> Path:
    """The file of a language."""
    return FOLDER / lang / "LC_MESSAGES" / f"{DOMAIN}.po"


def compiled_catalogue(lang: Lang) -> bytes:
    """The catalogue of a language in the form that Python's gettext reads."""
    written = BytesIO()
    write_mo(written, read(lang))
    return written.getvalue()


def compile_all() -> None:
    """Write the compiled form of each language beside its file."""
    for lang in LANGUAGES:
        path_of(lang).with_suffix(".mo").write_bytes(compiled_catalogue(lang))


def read(lang: Lang) -> Catalog:
    """The catalogue of a language as it stands."""
    with path_of(lang).open("rb") as file:
        return read_po(file, locale=f"{lang}_Hans_CN", domain=DOMAIN)


def extracted() -> Catalog:
    """All marked sentences of both packages."""
    found = Catalog(domain=DOMAIN, project="coalition")
    for package in PACKAGES:
        for file, _, message, _, context in extract_from_dir(ROOT / package, METHODS, keywords=KEYWORDS):
            found.add(message, None, [(f"{package}/{file}", 0)], context=context)
    return found


def update() -> None:
    """Bring the file of each language up to the sentences that there are; translations stay with theirs."""
    template = extracted()
    for lang in LANGUAGES:
        known = read(lang)
        known.update(template, no_fuzzy_matching=True)
        known.obsolete.clear()
        with path_of(lang).open("wb") as file:
            write_po(file, known, width=120, sort_output=True, include_lineno=False)


def problems() -> Iterator[str]:
    """What keeps a catalogue from being complete, a line each."""
    template = extracted()
    for lang in LANGUAGES:
        known = read(lang)
        for wanted in template:
            existing = known.get(wanted.id)
            if wanted.id and existing is None:
                yield f"{lang}: not in the catalogue: {wanted.id!r}"
            elif wanted.id and existing is not None:
                yield from (f"{lang}: {problem}: {wanted.id!r}" for problem in _problems_of(existing))
        unused = [message.id for message in known if message.id and template.get(message.id) is None]
        yield from (f"{lang}: used nowhere: {sentence!r}" for sentence in unused)


def _problems_of(message: Message) -> Iterator[str]:
    translations = message.string if isinstance(message.string, tuple | list) else (message.string or "",)
    sentences = message.id if isinstance(message.id, tuple | list) else (message.id,)
    if message.fuzzy:
        yield "fuzzy"
    if not all(translations):
        yield "not translated"
    elif any(not places(one) <= set().union(*map(places, sentences)) for one in translations):
        yield "has places that the English lacks"


def places(sentence: str) -> set[str]:
    """The names of a sentence's places."""
    try:
        return {re.split(r"[.\[]", name)[0] for _, name, _, _ in Formatter().parse(sentence) if name}
    except ValueError:
        return set()


def main() -> int:
    """`update`, `check` or `compile`."""
    match sys.argv[1:]:
        case ["update"]:
            update()
        case ["compile"]:
            compile_all()
        case ["check"]:
            found = list(problems())
            sys.stderr.writelines(f"{line}\n" for line in found)
            return 1 if found else 0
        case _:
            sys.stderr.write("usage: python -m coalition.locale.catalogue update|check|compile\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
