"""An alliance's earning rules, made from what it states by the kinds that there are."""

from collections.abc import Callable, Sequence
from functools import cache

from coalition.discovery import declared
from coalition.earning.rule import EarningRule, Parameters, RuleInvalid
from settlement import Phrase


@cache
def kinds() -> dict[str, Callable[[Parameters], EarningRule]]:
    """What reads each kind of rule, by the name of the kind."""
    return {str(module.KIND): module.read for module in declared("kinds", "KIND")}


def read_rules(stated: Sequence[Parameters]) -> tuple[EarningRule, ...]:
    """The rules that an alliance states, each with its `kind`. Raises RuleInvalid."""
    return tuple(_read_rule(parameters) for parameters in stated)


def _read_rule(parameters: Parameters) -> EarningRule:
    kind = parameters.get("kind")
    if kind not in kinds():
        raise RuleInvalid(
            Phrase("no kind of earning rule {kind:name}; the kinds are {kinds}", kind=kind, kinds=sorted(kinds()))
        )
    return kinds()[str(kind)]({name: value for name, value in parameters.items() if name != "kind"})
