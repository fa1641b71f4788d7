"""Which legal texts an alliance has and which are in force, kept in memory: every page for strangers asks."""

from coalition.alliance import Alliance
from coalition.fresh import Fresh
from coalition.legal.legal_text import LegalKind, LegalText, LegalVersion, in_force
from coalition.legal.store import find_text, list_versions


class LegalTexts:
    """The versions of one alliance, read anew every other second. Safe to share between threads."""

    def __init__(self, alliance: Alliance) -> None:
        self._alliance = alliance
        self._versions: Fresh[list[LegalVersion]] = Fresh([], seconds=0)

    @property
    def versions(self) -> list[LegalVersion]:
        """All versions, of each kind the newest first."""
        if not self._versions.is_fresh:
            self.refresh()
        return self._versions.value

    def refresh(self) -> None:
        """Read them anew, now."""
        with self._alliance.database.engine.connect() as connection:
            self._versions = Fresh(list_versions(connection, self._alliance.id))

    def current(self, kind: LegalKind) -> LegalVersion | None:
        """The version of a kind that is in force; None where there is none."""
        return in_force(self.versions, kind, self._alliance.clock())

    @property
    def terms_version(self) -> int | None:
        """The version of the terms to which members agree now; None where the alliance has none of its own."""
        terms = self.current(LegalKind.TERMS)
        return None if terms is None else terms.version

    def kinds(self) -> list[LegalKind]:
        """The kinds of which a version is in force."""
        return [kind for kind in LegalKind if self.current(kind) is not None]

    def read(self, version: LegalVersion) -> LegalText | None:
        """What a version says."""
        with self._alliance.database.engine.connect() as connection:
            return find_text(connection, self._alliance.id, version.kind, version.version)


def legal_texts_of(alliance: Alliance) -> LegalTexts:
    """The legal texts of an alliance."""
    return alliance.part(LegalTexts)
