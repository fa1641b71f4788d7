"""Stripe's form encoding: `a[b][0]=c` to nested dicts. What is a list is decided later, by the kind expected."""

import re
from collections.abc import Iterable
from typing import Any

from coalition.fake_stripe.errors import InvalidRequest

KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")


def nested(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Pairs of a query string or a form body as a tree of dicts with text at its leaves.

    `a[]=x&a[]=y` counts up: {"a": {"0": "x", "1": "y"}}. Raises InvalidRequest on a key that does not read.
    """
    tree: dict[str, Any] = {}
    for key, value in pairs:
        matched = KEY.fullmatch(key)
        if not matched:
            raise InvalidRequest(f"Invalid request (check that your POST content type is right): {key!r} is no key")
        path = [matched[1], *re.findall(r"\[([^\[\]]*)\]", matched[2])]
        branch = tree
        for part in path[:-1]:
            branch = branch.setdefault(part or str(len(branch)), {})
            if not isinstance(branch, dict):
                raise InvalidRequest(f"Invalid request: {key} is given both as a value and as a hash")
        branch[path[-1] or str(len(branch))] = value
    return tree
