"""The files of the catalogue: each language's sentences as people edit them, and compiled for Python's gettext."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from coalition.locale.formats import Lang, locale_of

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

DOMAIN = "coalition"
FOLDER = Path(__file__).parent
"""Where each language has its folder."""


def path_of(lang: Lang) -> Path:
    """The file of a language that people edit; what is compiled from it has the same name, ending in `.mo`."""
    return FOLDER / lang / "LC_MESSAGES" / f"{DOMAIN}.po"


def is_fresh(compiled: Path) -> bool:
    """Whether a compiled catalogue is no older than its source. An installed package has no source."""
    source = compiled.with_suffix(".po")
    if not compiled.exists():
        return False
    return not source.exists() or compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns


def read(lang: Lang) -> "Catalog":
    """The catalogue of a language as people edit it."""
    # Whoever has a compiled catalogue needs none of this.
    from babel.messages.pofile import read_po

    with path_of(lang).open("rb") as file:
        return read_po(file, locale=locale_of(lang), domain=DOMAIN, abort_invalid=True)


def compiled_catalogue(lang: Lang) -> bytes:
    """The catalogue of a language in the form that Python's gettext reads."""
    from babel.messages.mofile import write_mo

    written = BytesIO()
    write_mo(written, read(lang))
    return written.getvalue()
