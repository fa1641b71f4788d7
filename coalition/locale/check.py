"""What is wrong with a catalogue, and with the marks in the source that it is made from. Pure.

The rules for Chinese: every place of the English and no other; no English sentence left standing; full-width
punctuation beside Chinese characters; one term for one thing, as the table in the catalogue's head has it.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from string import Formatter

from babel.messages.catalog import Catalog, Message

Terms = Mapping[str, str]
"""Words that are not to be used, and the term that takes their place."""

NAMES = frozenset(
    {
        "Docker",
        "Excel",
        "Linux",
        "OpenTelemetry",
        "Prometheus",
        "Python",
        "Shell",
        "Stripe",
        "Webhook",
    }
)
"""Latin words that Chinese readers know under no other name."""

_MARKS: Mapping[str, int] = {"N_": 1, "Phrase": 1, "translate": 1, "translate_count": 2}
"""How many sentences each of the functions and classes that mark them takes."""

CJK = r"[\u3400-\u9fff]"
_LATIN_WORD = re.compile(r"[A-Za-z][a-z]+(?:['’][a-z]+)?")
_NOT_WORDS = re.compile(
    r"`[^`]*`"  # code
    r"|\{[^{}]*\}"  # places
    r"|https?://\S+"
    r"|\[/?[a-z ]*\]"  # markup of a terminal
    r"|--?[a-z][\w-]*"  # options
    r"|\w*[_/.@=]\w[\w/.@=:-]*"  # names of fields, files and addresses
    r"|\"[^\"]*\"|“[^”]*”"  # quoted values
)
_PUNCTUATION: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("has ASCII punctuation beside Chinese", re.compile(rf"{CJK}[,;:!?]|[,;!?]{CJK}|{CJK}\.(?![A-Za-z0-9.])")),
    ("has ASCII brackets beside Chinese", re.compile(rf"{CJK}\s?\(|\){CJK}|\({CJK}|{CJK}\)")),
    ("has a space beside full-width punctuation", re.compile(r" [，。：；（）！？、]|[，。：；（）！？、] ")),
    ("has a space between Chinese characters", re.compile(rf"{CJK} {CJK}")),
    ("has three full stops for ……", re.compile(rf"{CJK}\.\.\.|\.\.\.{CJK}")),
)


def flaws_of_catalogue(template: Catalog, known: Catalog, terms: Terms) -> Iterator[str]:
    """What keeps a catalogue from being complete and right, a line each; `template` holds all marked sentences."""
    for wanted in template:
        existing = known.get(wanted.id)
        if wanted.id and existing is None:
            yield f"not in the catalogue: {wanted.id!r}"
        elif wanted.id and existing is not None:
            yield from (f"{flaw}: {wanted.id!r}" for flaw in _flaws_of_message(existing, terms))
    yield from (f"used nowhere: {it.id!r}" for it in known if it.id and template.get(it.id) is None)
    yield from (f"used nowhere: {sentence!r}" for sentence in known.obsolete)


def _flaws_of_message(message: Message, terms: Terms) -> Iterator[str]:
    sentences: Iterable[str] = message.id if isinstance(message.id, tuple | list) else (message.id,)
    strings = message.string if isinstance(message.string, tuple | list) else (message.string or "",)
    if message.fuzzy:
        yield "fuzzy"
    if not all(strings):
        yield "not translated"
        return
    wanted = set().union(*map(places, sentences))
    for text in strings:
        if places(text) != wanted:
            yield f"has the places {sorted(places(text))}, and the English {sorted(wanted)}"
        yield from flaws_of_text(text, terms)
        if text in sentences and _latin_words(text):
            yield "is still English"


def flaws_of_text(text: str, terms: Terms) -> Iterator[str]:
    """What is wrong with a text in Chinese by itself."""
    for flaw, pattern in _PUNCTUATION:
        if pattern.search(text):
            yield flaw
    for words in english_runs(text):
        yield f"has English in it, {words!r}"
    for word, term in terms.items():
        if word in text:
            yield f"says {word} where the table of terms has {term}"


def english_runs(text: str) -> list[str]:
    """Runs of two or more English words that are not names, codes, places or quoted values."""
    plain = _NOT_WORDS.sub("·", text)
    runs = re.findall(r"[A-Za-z][\w'’-]*(?:[ ,]+[A-Za-z][\w'’-]*)+", plain)
    return [run for run in runs if len(_latin_words(run)) > 1]


def _latin_words(text: str) -> list[str]:
    return [word for word in _LATIN_WORD.findall(_NOT_WORDS.sub("·", text)) if word not in NAMES]


def places(sentence: str) -> set[str]:
    """A sentence's places: the name of each, and how its value is written where that is stated (`minor:money`)."""
    try:
        return {f"{name}:{spec}".rstrip(":") for _, name, spec, _ in Formatter().parse(sentence) if name}
    except ValueError:
        return set()


def terms_of(head: str) -> Terms:
    """The words that the table in a catalogue's head forbids: `window 结算期 ≠ 结算窗口、周期` forbids the last two."""
    entries = (entry for line in head.splitlines() if line.startswith("#") for entry in line.lstrip("# ").split(" · "))
    stated = (entry.partition(" ≠ ") for entry in entries)
    return {word: entry.split()[-1] for entry, _, others in stated if others for word in others.strip().split("、")}


def flaws_of_marks(source: str) -> Iterator[str]:
    """Where a file marks what no catalogue can hold: a sentence put together there, or one inside an f-string."""
    if not any(f"{name}(" in source for name in _MARKS):
        return
    tree = ast.parse(source)
    inside = {id(node) for text in ast.walk(tree) if isinstance(text, ast.JoinedStr) for node in ast.walk(text)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            for argument in node.args[: _MARKS.get(node.func.id, 0)]:
                if _is_made_here(argument) or (node.func.id == "N_" and not _is_text(argument)):
                    yield f"{argument.lineno}: {node.func.id} takes one whole sentence, and no expression"
                elif id(node) in inside and _is_text(argument):
                    yield f"{argument.lineno}: {node.func.id} stands in an f-string, where no sentence is collected"


def _is_made_here(argument: ast.expr) -> bool:
    match argument:
        case ast.JoinedStr() | ast.BinOp():
            return True
        case ast.IfExp():
            return _is_text(argument.body) or _is_text(argument.orelse)
        case ast.BoolOp():
            return any(map(_is_text, argument.values))
        case _:
            return False


def _is_text(argument: ast.expr) -> bool:
    return isinstance(argument, ast.Constant) and isinstance(argument.value, str)
