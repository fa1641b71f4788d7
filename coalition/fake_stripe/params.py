"""Which parameters an endpoint takes, read from the typed parameters of the official library itself.

The library's TypedDicts are generated from Stripe's own specification, so a name that they don't know is a name that
Stripe would refuse. They are read once, at start-up, nested ones too.
"""

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType, SimpleNamespace, UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints

from stripe import RequestOptions

from coalition.fake_stripe.errors import ParameterInvalid, ParameterMissing, ParameterUnknown

Tree = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """What a value may be: any of its alternatives. `words` are an enumeration's; "" among them means unset."""

    scalars: frozenset[type] = frozenset()
    words: frozenset[str] = frozenset()
    items: "Kind | None" = None
    values: "Kind | None" = None
    shape: "Shape | None" = None


@dataclass(frozen=True)
class Shape:
    """The parameters of an endpoint, or of a hash within them."""

    fields: Mapping[str, Kind]
    required: frozenset[str]


@cache
def shape_of(typed: type) -> Shape:
    """The shape of one of the library's TypedDicts, without the options that are no parameters."""
    own = {name: hint for name, hint in typed.__annotations__.items() if name not in RequestOptions.__annotations__}
    hints = get_type_hints(
        SimpleNamespace(__annotations__=own), vars(sys.modules[typed.__module__]), include_extras=True
    )
    required = frozenset(name for name, hint in hints.items() if get_origin(hint) is not NotRequired)
    return Shape({name: kind_of(hint) for name, hint in hints.items()}, required)


def kind_of(hint: Any) -> Kind:
    """The kind that a type hint of the library describes."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin is NotRequired:
        return kind_of(inner[0])
    if origin in (Union, UnionType):
        return _either([kind_of(each) for each in inner])
    if origin is Literal:
        return Kind(words=frozenset(inner))
    if origin is not None:
        inside = kind_of(inner[-1])
        return Kind(items=inside) if origin is list else Kind(values=inside)
    if hasattr(hint, "__required_keys__"):
        return Kind(shape=shape_of(hint))
    return Kind(scalars=frozenset({hint}) - {NoneType})


def _either(kinds: list[Kind]) -> Kind:
    words = frozenset[str]().union(*(kind.words for kind in kinds))
    scalars = frozenset[type]().union(*(kind.scalars for kind in kinds))
    if words - {""}:
        # The library writes `Literal[...] | str` so that it needn't be updated for a new word; Stripe is stricter.
        scalars -= {str}
    return Kind(
        scalars,
        words,
        next((kind.items for kind in kinds if kind.items), None),
        next((kind.values for kind in kinds if kind.values), None),
        next((kind.shape for kind in kinds if kind.shape), None),
    )


def read(shape: Shape, tree: Tree, within: str = "") -> Tree:
    """The typed parameters of a request.

    Raises ParameterUnknown, ParameterMissing, ParameterInvalid, each naming the parameter as Stripe does: `a[b][c]`.
    """
    for name in tree:
        if name not in shape.fields:
            raise ParameterUnknown(_named(within, name))
    for name in sorted(shape.required):
        if name not in tree:
            raise ParameterMissing(_named(within, name))
    return {name: _value(shape.fields[name], value, _named(within, name)) for name, value in tree.items()}


def _named(within: str, name: str) -> str:
    return f"{within}[{name}]" if within else name


def _value(kind: Kind, value: Any, param: str) -> Any:
    if isinstance(value, str):
        return _scalar(kind, value, param)
    if kind.items:
        if not all(index.isdigit() for index in value):
            raise ParameterInvalid(param, f"Invalid array for {param}")
        return [_value(kind.items, value[index], f"{param}[{index}]") for index in sorted(value, key=int)]
    if kind.shape:
        return read(kind.shape, value, param)
    if kind.values:
        # An empty value in a free hash (metadata) unsets its key.
        return {
            name: _value(kind.values, each, f"{param}[{name}]") if each != "" else "" for name, each in value.items()
        }
    raise ParameterInvalid(param, f"Invalid string: {value}")


def _scalar(kind: Kind, value: str, param: str) -> Any:
    if value in kind.words:
        return value
    if value == "":
        raise _empty(param)
    if kind.words - {""} and not kind.scalars:
        words = ", ".join(sorted(kind.words - {""}))
        raise ParameterInvalid(param, f"Invalid {param}: must be one of {words[:400]}")
    if bool in kind.scalars and value in ("true", "false"):
        return value == "true"
    if int in kind.scalars and re.fullmatch(r"-?[0-9]{1,18}", value):
        return int(value)
    if str in kind.scalars or Any in kind.scalars:
        return value
    if int in kind.scalars:
        raise ParameterInvalid(param, f"Invalid integer: {value}", "parameter_invalid_integer")
    if bool in kind.scalars:
        raise ParameterInvalid(param, f"Invalid boolean: {value}")
    raise ParameterInvalid(param, f"Invalid {'array' if kind.items else 'object'}")


def _empty(param: str) -> ParameterInvalid:
    return ParameterInvalid(
        param,
        f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset a parameter; "
        f"however '{param}' cannot be unset. Remove it from your request or supply a non-empty value.",
        "parameter_invalid_empty",
    )


def leaves(args: Tree, within: str = "") -> Iterator[str]:
    """Dotted names of all values, list positions left out: `line_items.price_data.currency`."""
    for name, value in args.items():
        dotted = f"{within}.{name}" if within else name
        parts = value if isinstance(value, list) else [value]
        for part in parts:
            if isinstance(part, dict) and part:
                yield from leaves(part, dotted)
            else:
                yield dotted
