"""What a posting is news of beside its own event: other nouns declare it in their `feed_hooks.py`.

So this folder imports no noun above it, such as a household whose members spend each other's points.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.discovery import declared
from coalition.events.event import Event
from coalition.events.posting import Posted
from settlement.ledger import Session


class Published(NamedTuple):
    """A posting, and the event that it became."""

    posted: Posted
    event: Event


FeedHook = Callable[[Session, Alliance, Sequence[Published]], Mapping[int, Sequence[Event]]]
"""Called in the transaction that publishes postings, on its session: the further events of each, by its id.

Their numbers in the feed are given afterwards.
"""


def further_events(session: Session, alliance: Alliance, published: Sequence[Published]) -> dict[int, list[Event]]:
    """The events that follow those of these postings, by posting."""
    further: dict[int, list[Event]] = {}
    for hook in _feed_hooks():
        for posting_id, events in hook(session, alliance, published).items():
            further.setdefault(posting_id, []).extend(events)
    return further


@cache
def _feed_hooks() -> Sequence[FeedHook]:
    return [module.on_published for module in declared("feed_hooks", "on_published")]
