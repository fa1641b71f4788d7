"""Events of notices, which concern every member."""

from typing import Annotated

from typing_extensions import TypedDict

from coalition.events.data import About
from coalition.events.event_type import EventType


class NoticeData(TypedDict):
    """A notice to all members."""

    id: Annotated[str, About("The notice.")]
    title: Annotated[dict[str, str], About("Its title, by language: `en` and `zh`.")]
    text: Annotated[dict[str, str], About("Its text, by language.")]
    visible_from: Annotated[str, About("From when on members see it.", "date-time")]
    visible_until: Annotated[str | None, About("Until when; null: until it is withdrawn.", "date-time")]


NOTICE_POSTED = EventType(
    "notice.posted", "The alliance has a notice for all members, who see it from now on.", NoticeData, to_members=True
)
NOTICE_WITHDRAWN = EventType("notice.withdrawn", "A notice to all members was withdrawn.", NoticeData, to_members=True)
