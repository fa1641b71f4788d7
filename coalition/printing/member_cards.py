"""Print cards for members who have no phone with them: a card earns points, and never spends any.

Its QR code says the member's id and nothing else, which a till sends as `member`; the id stands below it in groups.
"""

from collections.abc import Sequence

from coalition.alliance import Alliance
from coalition.locale.formats import Lang
from coalition.locale.messages import translate
from coalition.members.member import MemberRecord
from coalition.members.store import resolve_merged
from coalition.printing.kinds import Paper
from coalition.printing.typeset import qr_drawing, typeset

CARDS_MAX = 500
GROUP_LETTERS = 4


def print_member_cards(alliance: Alliance, members: Sequence[str], paper: Paper, lang: Lang) -> bytes:
    """A PDF with the cards of members (ID-1, 85.6 × 54 mm), as many a page as fit, with marks to cut along.

    Raises MemberUnknown for an id that nobody has.
    """
    with alliance.database.engine.connect() as connection:
        records = [resolve_merged(connection, alliance.id, member) for member in members]
    name = alliance.book.settings.name
    return typeset(
        "cards.typ",
        {
            "title": translate("Member cards of {alliance}", lang, alliance=name),
            "alliance": name,
            "rule": translate("Earns points. To pay with them, log in on a phone and show its code.", lang),
            "cards": [_card(record) for record in records],
        },
        paper,
        lang,
        alliance.clock(),
    )


def _card(record: MemberRecord) -> dict[str, str]:
    return {"name": record.profile.name or "", "number": grouped(record.id), "qr": qr_drawing(record.id)}


def grouped(member: str) -> str:
    """An id as people read it out: mem 4k8q 2m0w …"""
    prefix, _, letters = member.rpartition("_")
    groups = [letters[at : at + GROUP_LETTERS] for at in range(0, len(letters), GROUP_LETTERS)]
    return " ".join([prefix, *groups] if prefix else groups)
