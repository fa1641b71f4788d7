"""Search, by Stripe's query language. Source: docs.stripe.com/search.

What was written less than a minute ago is not found yet: Stripe says so, and a reader who forgets it pays twice.
"""

import re
from collections.abc import Callable
from typing import Any

from coalition.fake_stripe.errors import InvalidRequest, ParameterInvalid
from coalition.fake_stripe.lists import COMPARISONS, LIMIT_DEFAULT, LIMIT_MAX
from coalition.fake_stripe.world import Call, Object

INDEXED_AFTER_SECONDS = 60
FIELDS = {
    "payment_intent": {"amount", "created", "currency", "customer", "status"},
    "charge": {"amount", "created", "currency", "customer", "disputed", "refunded", "status"},
    "customer": {"created", "email", "name", "phone"},
}
CLAUSE = re.compile(
    r"""(?P<no>-)?(?P<field>\w+)(?:\[(?P<key>"[^"]*"|'[^']*')\])?(?P<op>:|~|>=|<=|>|<)(?P<value>"[^"]*"|'[^']*'|[\w.-]+)"""
)
NUMBERS = frozenset({"amount", "created"})
QUOTES = "\"'"
NUMERIC = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte"}


def found(call: Call, kind: str) -> Object:
    """The objects of a kind that a query names, the newest first. Raises InvalidRequest for a query it can't read."""
    matches = _query(call.args["query"], kind)
    limit = call.args.get("limit", LIMIT_DEFAULT)
    if not 1 <= limit <= LIMIT_MAX:
        raise ParameterInvalid("limit", f"Invalid limit: {limit}; it must be between 1 and {LIMIT_MAX}")
    skipped = _place(call.args.get("page"))
    indexed = call.world.now - INDEXED_AFTER_SECONDS
    fitting = [
        each
        for each in call.world.all(call.account, kind)
        if call.world.touched[each["id"]] <= indexed and matches(each)
    ]
    rest = fitting[skipped:]
    more = len(rest) > limit
    return {
        "object": "search_result",
        "data": rest[:limit],
        "has_more": more,
        "next_page": f"from{skipped + limit}" if more else None,
        "url": call.path,
    }


def _place(page: str | None) -> int:
    if page is None:
        return 0
    if not re.fullmatch(r"from[0-9]+", page):
        raise ParameterInvalid("page", f"Invalid page: {page}; use the next_page of the last answer")
    return int(page.removeprefix("from"))


def _query(query: str, kind: str) -> Callable[[Object], bool]:
    """The query as a test: clauses all joined by AND (or nothing), or all by OR."""
    tests, joints, rest = [], set(), query.strip()
    while rest:
        clause = CLAUSE.match(rest)
        if not clause:
            raise InvalidRequest(f"We were unable to parse your search query at: {rest}", param="query")
        tests.append(_clause(clause, kind))
        rest = rest[clause.end() :].strip()
        joint = re.match(r"(?i)(and|or)\b\s*", rest)
        if rest:
            joints.add(joint[1].upper() if joint else "AND")
            rest = rest[joint.end() :] if joint else rest
    if not tests or len(joints) > 1:
        raise InvalidRequest("A search query joins its clauses all by AND or all by OR.", param="query")
    join = any if joints == {"OR"} else all
    return lambda each: join(test(each) for test in tests)


def _clause(clause: re.Match[str], kind: str) -> Callable[[Object], bool]:
    read = _reader(clause["field"], clause["key"], kind)
    test = _test(clause["field"], clause["op"], clause["value"].strip(QUOTES))
    return lambda each: test(read(each)) != bool(clause["no"])


def _reader(name: str, key: str | None, kind: str) -> Callable[[Object], Any]:
    if name == "metadata" and key:
        return lambda each: each["metadata"].get(key.strip(QUOTES))
    if name in FIELDS[kind] and not key:
        return lambda each: each[name]
    raise InvalidRequest(f"Field `{name}` is an unsupported search field for resource `{kind}s`.", param="query")


def _test(name: str, operator: str, value: str) -> Callable[[Any], bool]:
    if operator in NUMERIC:
        if name not in NUMBERS or not value.isdigit():
            raise InvalidRequest(f"`{operator}` compares numbers, not {name} and {value}.", param="query")
        compare, bound = COMPARISONS[NUMERIC[operator]], int(value)
        return lambda there: compare(there, bound)
    if operator == "~":
        return lambda there: value.lower() in str(there or "").lower()
    return lambda there: _same(there, value)


def _same(there: Any, wanted: str) -> bool:
    if isinstance(there, bool):
        return str(there).lower() == wanted.lower()
    return there is not None and str(there).lower() == wanted.lower()
