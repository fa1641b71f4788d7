"""The parameters of a model or of a growth experiment: what each may be, and the values of one run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coalition.lab.errors import ScenarioInvalid
from coalition.lab.numbers import ZERO, Exact, number
from coalition.locale.messages import N_
from settlement import Phrase


@dataclass(frozen=True)
class Param:
    """One parameter of a model: its default as text, and what it may be.

    `kind`: share (0 to 1), amount (0 or more), positive (more than 0), count (a whole number), or choice.
    """

    name: str
    default: str
    kind: str
    note: str
    choices: tuple[str, ...] = ()

    def allowed(self) -> str:
        kinds = {
            "share": N_("0 to 1"),
            "amount": N_("0 or more"),
            "positive": N_("above 0"),
            "count": N_("whole, 0 or more"),
            "choice": ", ".join(self.choices),
        }
        return kinds[self.kind]

    def problem(self, text: str) -> str:
        """Why `text` is not a value of this parameter; empty if it is one."""
        if self.kind == "choice":
            return "" if text in self.choices else Phrase(N_("{value} is unknown"), value=repr(text))
        value = number(text)
        if value is None:
            return Phrase(N_("{value} is not a number"), value=repr(text))
        fits = {
            "share": 0 <= value <= 1,
            "amount": value >= 0,
            "positive": value > 0,
            "count": value >= 0 and value.denominator == 1,
        }
        return "" if fits[self.kind] else Phrase(N_("{value} is out of range"), value=text)


class Params(dict[str, Exact]):
    """The parameters of one run: exact numbers by name, for computing, and `text` for showing."""

    def __init__(self, specs: Sequence[Param], values: Mapping[str, str]) -> None:
        """Raises ScenarioInvalid for a name or value that the model does not know."""
        super().__init__()
        known = {spec.name: spec for spec in specs}
        for name in values:
            if name not in known:
                raise ScenarioInvalid(f"params.{name}", N_("no such parameter"), ", ".join(known))
        self.text = {spec.name: values.get(spec.name, spec.default) for spec in specs}
        for spec in specs:
            problem = spec.problem(self.text[spec.name])
            if problem:
                raise ScenarioInvalid(f"params.{spec.name}", problem, spec.allowed())
            self[spec.name] = number(self.text[spec.name]) or ZERO
