"""The catalogue of translations: kept complete by `python -m coalition.locale.catalogue`, compiled when installed.

`update` collects all marked sentences of both packages into the `.po` of each language, where new ones wait for their
translation; `check` fails where one is missing, fuzzy, used nowhere or written against the rules in `check.py`;
`compile` writes the form that Python's gettext reads.
"""

import os
import sys
from collections.abc import Iterator
from io import BytesIO
from itertools import takewhile
from pathlib import Path
from tempfile import NamedTemporaryFile

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from coalition.locale.check import flaws_of_catalogue, flaws_of_marks, terms_of
from coalition.locale.files import DOMAIN, FOLDER, compiled_catalogue, is_fresh, path_of, read
from coalition.locale.formats import Lang

ROOT = FOLDER.parents[1]
PACKAGES = ("coalition", "settlement")
LANGUAGES: tuple[Lang, ...] = ("zh",)
KEYWORDS = {
    **dict.fromkeys(("N_", "Phrase", "translate", "say", "_", "gettext")),
    **dict.fromkeys(("translate_count", "ngettext"), (1, 2)),
}
"""Functions and classes whose first argument, or first two, are sentences."""
SETTINGS = r'''msgid ""
msgstr ""
"Project-Id-Version: coalition\n"
"Language: zh_Hans_CN\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"'''
"""The first entry of a file, without the dates and names that tools around gettext write and no diff should show."""
METHODS = [
    ("cli/**.py", "coalition.locale.help_texts:extract_help"),
    ("**.py", "python"),
    ("pages/**.html", "jinja2"),
]


def compile_all() -> None:
    """Write the compiled form of each language beside its file where it is missing or older."""
    for lang in LANGUAGES:
        compiled = path_of(lang).with_suffix(".mo")
        if not is_fresh(compiled):
            # Renamed into place: whoever reads it meanwhile reads the whole of one or of the other.
            with NamedTemporaryFile(dir=compiled.parent, suffix=".mo", delete=False) as file:
                file.write(compiled_catalogue(lang))
            Path(file.name).chmod(0o644)
            os.replace(file.name, compiled)


def extracted() -> Catalog:
    """All marked sentences of both packages."""
    marked = Catalog(domain=DOMAIN)
    for package in PACKAGES:
        for file, _, message, _, context in extract_from_dir(ROOT / package, METHODS, keywords=KEYWORDS):
            marked.add(message, None, [(f"{package}/{file}", 0)], context=context)
    return marked


def update() -> None:
    """Bring the file of each language up to the sentences that there are; translations stay with theirs."""
    template = extracted()
    for lang in LANGUAGES:
        path_of(lang).write_text(updated(lang, template), encoding="utf-8")


def updated(lang: Lang, template: Catalog) -> str:
    """The file of a language with all sentences of a template and no other."""
    known = read(lang)
    known.update(template, no_fuzzy_matching=True)
    known.obsolete.clear()
    written = BytesIO()
    write_po(written, known, width=120, omit_header=True, sort_output=True, include_lineno=False)
    sentences = written.getvalue().decode()
    return f"{head(path_of(lang))}\n" + (f"\n{sentences}" if sentences else "")


def head(path: Path) -> str:
    """The table of terms above the first sentence, which no update touches, and the settings that gettext reads."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join([*takewhile(lambda line: line.startswith("#"), lines), SETTINGS])


def problems() -> Iterator[str]:
    """What keeps the catalogues from being complete and right, a line each."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            yield from (f"{file.relative_to(ROOT)}:{flaw}" for flaw in flaws_of_marks(file.read_text("utf-8")))
    template = extracted()
    for lang in LANGUAGES:
        flaws = [f"{lang}: {flaw}" for flaw in flaws_of_catalogue(template, read(lang), terms_of(head(path_of(lang))))]
        yield from flaws
        if not flaws and path_of(lang).read_text("utf-8") != updated(lang, template):
            yield f"{lang}: the file is not as `update` writes it; run that"


def main() -> int:
    """`update`, `check` or `compile`."""
    match sys.argv[1:]:
        case ["update"]:
            update()
        case ["compile"]:
            compile_all()
        case ["check"]:
            lines = list(problems())
            sys.stderr.writelines(f"{line}\n" for line in lines)
            return 1 if lines else 0
        case _:
            sys.stderr.write("usage: python -m coalition.locale.catalogue update|check|compile\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
