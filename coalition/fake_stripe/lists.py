"""Lists, newest first, with Stripe's cursors and filters. Source: docs.stripe.com/api/pagination."""

from collections.abc import Callable, Iterable
from itertools import islice

from coalition.fake_stripe.errors import InvalidRequest, ParameterInvalid, ResourceMissing
from coalition.fake_stripe.world import Args, Call, Object

LIMIT_DEFAULT, LIMIT_MAX = 10, 100
COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    "gt": lambda value, bound: value > bound,
    "gte": lambda value, bound: value >= bound,
    "lt": lambda value, bound: value < bound,
    "lte": lambda value, bound: value <= bound,
}
OWN_RULES = frozenset({"limit", "starting_after", "ending_before", "created"})


def page(call: Call, kind: str, also: Callable[[Object], bool] = lambda _: True) -> Object:
    """One page of the caller's objects of a kind; every parameter named like a field is a filter on that field.

    Raises InvalidRequest for two cursors at once, ParameterInvalid for a limit, ResourceMissing for a cursor that
    names nothing.
    """
    same = {name: value for name, value in call.args.items() if name not in OWN_RULES}
    fitting = (
        each
        for each in call.world.all(call.account, kind)
        if all(each.get(name) == value for name, value in same.items())
        and _in_time(each["created"], call.args.get("created", {}))
        and also(each)
    )
    return cut(fitting, call.args, call.path)


def _in_time(value: int, bounds: int | dict[str, int]) -> bool:
    if isinstance(bounds, int):
        return value == bounds
    return all(COMPARISONS[name](value, bound) for name, bound in bounds.items())


def cut(newest_first: Iterable[Object], args: Args, url: str) -> Object:
    """The page that the cursors and the limit ask for."""
    limit = args.get("limit", LIMIT_DEFAULT)
    if not 1 <= limit <= LIMIT_MAX:
        raise ParameterInvalid("limit", f"Invalid limit: {limit}; it must be between 1 and {LIMIT_MAX}")
    after, before = args.get("starting_after"), args.get("ending_before")
    if after and before:
        raise InvalidRequest(
            "You may only specify one of these parameters: starting_after, ending_before.", code="parameters_exclusive"
        )
    if not after and not before:
        first = list(islice(newest_first, limit + 1))
        return as_list(first[:limit], url, has_more=len(first) > limit)
    everything = list(newest_first)
    cursor = "starting_after" if after else "ending_before"
    place = next((n for n, each in enumerate(everything) if each["id"] == args[cursor]), None)
    if place is None:
        raise ResourceMissing("object", args[cursor], cursor)
    side = everything[place + 1 :] if after else everything[:place]
    return as_list(side[:limit] if after else side[-limit:], url, has_more=len(side) > limit)


def as_list(data: list[Object], url: str, *, has_more: bool = False) -> Object:
    """Stripe's list object."""
    return {"object": "list", "data": data, "has_more": has_more, "url": url}
