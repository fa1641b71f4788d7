"""Query parameters that a route does not have are refused: an answer that ignored one would pass for what was asked."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote, unquote_to_bytes

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from coalition.api.problems import FieldsInvalid, invalid
from settlement import Phrase, visible


async def refuse_unknown_parameters(request: Request) -> None:
    """A dependency of all routes. Answers 422 to a parameter that the operation does not have, or that comes twice.

    Pages are left out: people reach them by links that others have added parameters to.
    """
    if not request.scope["query_string"]:
        return
    route = request.scope["route"]
    if not isinstance(route, APIRoute) or not route.include_in_schema:
        return
    known = parameters_of(route)
    problems: list[tuple[str, str, Mapping[str, Any]]] = []
    for pair in request.scope["query_string"].split(b"&"):
        if b"%" in pair and not _is_utf8(unquote_to_bytes(pair)):
            # The framework would replace what it can't read, and look for something else than was asked for.
            name = unquote(pair.partition(b"=")[0].decode("latin-1"))
            problems += invalid(visible(name), "unusable", why=Phrase("it is not UTF-8")).field_errors
    for name in dict.fromkeys(request.query_params):
        if not known:
            problems += invalid(name, "no_parameters").field_errors
        elif name not in known:
            problems += invalid(name, "unknown_parameter", known=known).field_errors
        elif len(request.query_params.getlist(name)) > 1:
            problems += invalid(name, "parameter_twice").field_errors
    if problems:
        raise FieldsInvalid(problems)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def parameters_of(route: APIRoute) -> list[str]:
    """The names of a route's query parameters, in the order of its description."""
    return list(dict.fromkeys(_parameters(route.dependant)))


def _parameters(dependant: Dependant) -> Iterator[str]:
    yield from (str(parameter.alias) for parameter in dependant.query_params)
    for dependency in dependant.dependencies:
        yield from _parameters(dependency)
