"""Text that people write, as the whole product takes it: names, notes, references, keys.

Names are written in every script, so what stands between two letters is part of the name: the wide space of 山田　太郎
(U+3000), the no-break space of French (U+00A0), the joiners of Persian (U+200C) and of emoji (U+200D). Refused is what
is no text (control characters, halves of a surrogate pair), what breaks a line (U+2028, U+2029), and what turns the
direction of everything behind it, past its own end (U+202A to U+202E, U+2066 to U+2069): after a shop's name with an
override in it, an amount on a statement reads backwards.
"""

import re
from unicodedata import category, name

from settlement.sentences import Phrase

SPACES = " \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\ufeff"
"""What is trimmed at the ends: all spaces of Unicode, and the byte order mark that Windows leaves at a beginning."""
ONE_LINE = r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff]+$"
"""A text on one line, as a regular expression of JSON Schema."""
LINES = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff]+$"
"""The same where it may have lines and tabs."""
_NEVER = "\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff"
_NOT_ON_ONE_LINE = re.compile(f"[\x00-\x1f{_NEVER}]")
_NOT_IN_LINES = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f{_NEVER}]")


def clean_text(text: str, *, lines: bool = False) -> str:
    """A text without the spaces at its ends, on one line or, with `lines`, on several.

    Raises ValueError, whose Phrase says why, where it has a character that no text may have, or shows nothing.
    """
    trimmed = text.strip(SPACES + "\t\r\n") if lines else text.strip(SPACES)
    # All that Python calls printable is allowed; only other texts need a closer look.
    if trimmed.isprintable():
        if trimmed:
            return trimmed
        raise ValueError(Phrase("it is empty"))
    refused = (_NOT_IN_LINES if lines else _NOT_ON_ONE_LINE).search(trimmed)
    if refused is not None:
        raise ValueError(
            Phrase(
                "it has the character {character}; control characters and marks that turn the direction of text are "
                "not allowed",
                character=_character_text(refused[0]),
            )
        )
    if all(category(char) in ("Cf", "Zs", "Cc") for char in trimmed):
        raise ValueError(Phrase("it shows nothing"))
    return trimmed


def is_text(text: str) -> bool:
    """Whether a text is allowed on one line and shows something; spaces at its ends do no harm."""
    if text.isprintable():
        return bool(text) and not text.isspace()
    try:
        clean_text(text)
    except ValueError:
        return False
    return True


def visible(text: str) -> str:
    """Text from outside, with all that is not allowed made visible: it can't break a line, hide or run backwards."""
    if text.isprintable():
        return text
    return _NOT_ON_ONE_LINE.sub(lambda match: " " if match[0].isspace() else "\N{REPLACEMENT CHARACTER}", text)


def _character_text(char: str) -> str:
    """A character that can't be shown: U+202E RIGHT-TO-LEFT OVERRIDE."""
    return f"U+{ord(char):04X} {name(char, '')}".rstrip()
