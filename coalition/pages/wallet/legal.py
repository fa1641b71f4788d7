"""A legal text of the alliance, in the version that is in force or in an earlier or later one. For everybody."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Path
from fastapi.responses import HTMLResponse

from coalition.errors import NotFound
from coalition.legal.legal_text import LEGAL_NAMES, VERSION_MAX, LegalKind, LegalVersion
from coalition.legal.legal_texts import legal_texts_of
from coalition.members.member import StoredConsent
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.prose import Block, blocks
from coalition.pages.visit import MemberVisit, Visit, Visiting, keep_town
from coalition.pages.wallet.new_terms import agreed_terms, keep_opened
from settlement import Phrase

router = PageRouter("/wallet/legal/{kind}")


@dataclass(frozen=True, slots=True)
class LegalPage(Page):
    """A version, with those beside it, the newest first; `current` is in force, and None where none is yet.

    `agreed` is what the member who reads the terms agreed to.
    """

    name: str
    version: LegalVersion
    current: LegalVersion | None
    text: list[Block]
    others: list[LegalVersion]
    now: int
    agreed: StoredConsent | None


@router.get("")
def legal(visit: Visiting, kind: LegalKind) -> HTMLResponse:
    """The version that is in force. Raises NotFound where there is none."""
    return _show(visit, kind, legal_texts_of(visit.town).current(kind))


@router.get("/{version}")
def legal_version(
    visit: Visiting, kind: LegalKind, version: Annotated[int, Path(ge=1, le=VERSION_MAX)]
) -> HTMLResponse:
    """One version, whether it is in force or not. Raises NotFound."""
    versions = legal_texts_of(visit.town).versions
    return _show(visit, kind, next((each for each in versions if (each.kind, each.version) == (kind, version)), None))


def _show(visit: Visit, kind: LegalKind, version: LegalVersion | None) -> HTMLResponse:
    texts = legal_texts_of(visit.town)
    text = None if version is None else texts.read(version)
    if version is None or text is None:
        raise NotFound(Phrase("legal text"), kind.value)
    page = LegalPage(
        name=LEGAL_NAMES[kind],
        version=version,
        current=texts.current(kind),
        text=blocks(text.words_in(visit.lang)),
        others=[each for each in texts.versions if each.kind is kind and each != version],
        now=visit.town.clock(),
        agreed=_agreed(visit, version) if kind is LegalKind.TERMS else None,
    )
    answer = show(visit, page)
    keep_town(visit, answer)
    return answer


def _agreed(visit: Visit, version: LegalVersion) -> StoredConsent | None:
    """What the member who reads these terms agreed to last, and that they have read them; None for strangers."""
    caller = visit.caller
    if caller is None or caller.member is None:
        return None
    own = MemberVisit(visit, visit.town, caller, caller.member)
    with visit.town.database.engine.begin() as connection:
        keep_opened(connection, own, version)
        return agreed_terms(connection, own)
