"""Events of the noticeboard."""

from typing import Annotated

from typing_extensions import TypedDict

from coalition.events.data import About
from coalition.events.event_type import EventType


class NoticeTakenDownData(TypedDict):
    """A notice."""

    id: Annotated[str, About("The notice.")]


NOTICE_TAKEN_DOWN = EventType("notice.taken_down", "A notice's time was over.", NoticeTakenDownData)
