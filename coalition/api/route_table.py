"""Finds a route by the first words of its path: asking hundreds in turn takes longer than most answers do."""

from collections.abc import Iterable, Sequence

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

WORDS = 2
"""How many words of a path a route is found by: `v1` and `purchases` of `/v1/purchases/{purchase}`."""
CHOSEN = "coalition.route"

Words = tuple[str, ...]


class RouteTable(BaseRoute):
    """Routes with all paths of each: a router that is included is one route, and has many. They match as in turn."""

    def __init__(self, routes: Iterable[tuple[BaseRoute, Sequence[str]]]) -> None:
        words = [(route, {_fixed_words(path) for path in paths}) for route, paths in routes]
        # Where a path has a parameter among its first words, any word may stand there.
        self._by_words = {
            each: [route for route, others in words if any(each[: len(other)] == other for other in others)]
            for each in {()}.union(*(others for _, others in words))
        }

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As the first route that matches wholly, or else as the first that does but for the method."""
        partial: tuple[Match, Scope] = (Match.NONE, {})
        for route in self._candidates(scope["path"]):
            match, more = route.matches(scope)
            if match is Match.FULL:
                return match, {**more, CHOSEN: route}
            if match is Match.PARTIAL and partial[0] is Match.NONE:
                partial = match, {**more, CHOSEN: route}
        return partial

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand over to the route that matched."""
        await scope[CHOSEN].handle(scope, receive, send)

    def _candidates(self, path: str) -> list[BaseRoute]:
        words = _words(path)
        while words not in self._by_words:
            words = words[:-1]
        return self._by_words[words]


def _words(path: str) -> Words:
    return tuple(path.split("/", WORDS + 1)[1 : WORDS + 1])


def _fixed_words(path: str) -> Words:
    """The first words of a route's path, up to the first that has a parameter."""
    words = _words(path)
    return next((words[:place] for place, word in enumerate(words) if "{" in word), words)
