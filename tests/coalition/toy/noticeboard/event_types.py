"""Events of the noticeboard."""

from coalition.events.event_type import EventType

NOTICE_TAKEN_DOWN = EventType("notice.taken_down", "A notice's time was over.")
