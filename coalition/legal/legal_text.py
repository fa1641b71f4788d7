"""A legal text of an alliance, in one of its versions. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from coalition.locale.formats import Lang
from coalition.locale.messages import N_

TEXT_CHARS_MAX = 50_000
"""Long terms have a fifth of it."""

VERSION_MAX = 1_000_000
"""More versions of a text than anybody publishes."""


class LegalKind(StrEnum):
    """Which text: what members agree to, what is done with their data, or who runs the alliance."""

    TERMS = "terms"
    PRIVACY = "privacy"
    IMPRINT = "imprint"


LEGAL_NAMES: Mapping[LegalKind, str] = {
    LegalKind.TERMS: N_("Terms for members"),
    LegalKind.PRIVACY: N_("Privacy notice"),
    LegalKind.IMPRINT: N_("Imprint"),
}


@dataclass(frozen=True, slots=True)
class LegalVersion:
    """A version of a text; versions of a kind count up from 1.

    It holds from `effective_at` on, until another one does. Times are microseconds since 1970 UTC.
    """

    kind: LegalKind
    version: int
    effective_at: int
    published_at: int
    published_by: str


@dataclass(frozen=True, slots=True)
class LegalText:
    """A version with what it says in both languages."""

    version: LegalVersion
    en: str
    zh: str

    def words_in(self, lang: Lang) -> str:
        """What it says in a language."""
        return self.zh if lang == "zh" else self.en


def in_force(versions: Iterable[LegalVersion], kind: LegalKind, now: int) -> LegalVersion | None:
    """The version of a kind that holds now: the last to take effect, and of two at one moment the newer one."""
    effective = [each for each in versions if each.kind is kind and each.effective_at <= now]
    return max(effective, key=lambda each: (each.effective_at, each.version), default=None)
