"""What a request says of itself: where it comes from, in which language it wants its answer, and whom it is for."""

from functools import lru_cache

from fastapi import Request

from coalition.access.place import place_of
from coalition.alliance import Alliance, Alliances
from coalition.approvals.approvals import Approvals
from coalition.locale.formats import Lang


def address_of(request: Request) -> str:
    """The address, or the network of a household, that a request comes from: for limits on strangers."""
    return "unknown" if request.client is None else place_of(request.client.host)


def language_of(request: Request) -> Lang:
    """The first of our languages that Accept-Language names; English otherwise."""
    return _first_of_ours(request.headers.get("accept-language", ""))


@lru_cache(maxsize=1_024)
def _first_of_ours(accepted: str) -> Lang:
    for part in accepted.split(","):
        name = part.split(";")[0].strip().lower()[:2]
        if name == "en":
            return "en"
        if name == "zh":
            return "zh"
    return "en"


def public_url(request: Request) -> str:
    """The URL at which people reach this server, without a slash at the end."""
    return (configured_url(request) or str(request.base_url)).rstrip("/")


def configured_url(request: Request) -> str | None:
    """The URL that whoever runs the server has named for people; None where it is only known how this one came."""
    configured: str | None = request.app.state.public_url
    return configured


def alliance_of(request: Request, alliance_id: int) -> Alliance:
    """An existing alliance."""
    alliances: Alliances = request.app.state.alliances
    return alliances.get(alliance_id)


def alliance_name(request: Request, alliance_id: int) -> str:
    """The name of an existing alliance."""
    return alliance_of(request, alliance_id).book.settings.name


def approvals_of(request: Request) -> Approvals:
    """What takes a second person."""
    approvals: Approvals = request.app.state.approvals
    return approvals


def allows_private(request: Request) -> bool:
    """Whether this server sends messages to addresses that are not public, as one for tries does."""
    allowed: bool = request.app.state.work_settings.allow_private
    return allowed
