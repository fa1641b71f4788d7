"""Expansion: ids in an answer replaced by the objects that they name. Source: docs.stripe.com/api/expanding_objects."""

from collections.abc import Iterable
from typing import Any

from coalition.fake_stripe.errors import InvalidRequest
from coalition.fake_stripe.world import Object, World

DEPTH_MAX = 4


def expanded(world: World, answer: Object, paths: Iterable[str]) -> Object:
    """A copy of the answer with the named fields expanded: `latest_charge.balance_transaction`, `data.source`.

    Raises InvalidRequest for a field that is not there, or that names no object, or more than four levels deep.
    """
    for path in paths:
        parts = path.split(".")
        if len(parts) > DEPTH_MAX + (parts[0] == "data"):
            raise InvalidRequest(f"You cannot expand more than {DEPTH_MAX} levels of a property ({path}).")
        answer = _expand(world, answer, parts, path)
    return answer


def _expand(world: World, thing: Any, parts: list[str], path: str) -> Any:
    if isinstance(thing, list):
        return [_expand(world, each, parts, path) for each in thing]
    if thing is None:
        return None
    whole = world.objects.get(thing) if isinstance(thing, str) else thing
    if not isinstance(whole, dict) or (parts and parts[0] not in whole):
        raise InvalidRequest(f"This property cannot be expanded ({path}).", param="expand")
    return whole | {parts[0]: _expand(world, whole[parts[0]], parts[1:], path)} if parts else whole
