"""Sliders for the parameters of the lab: what each may be, and what was chosen. A share is moved in percent. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coalition.lab.numbers import Exact, number, number_text
from coalition.lab.params import Param
from coalition.lab.sample_town import MOST

FIELD = "p."
"""What the name of a field begins with; a town's parameters are called as they are."""
PERCENT = 100
TIMES = 4
"""A slider goes to so many times what a parameter is at first."""
STEPS = 100


@dataclass(frozen=True, slots=True)
class Slider:
    """A parameter as a form shows it: `value` is what was typed. A choice has its `choices`, and no slider."""

    field: str
    note: str
    value: str
    is_share: bool
    most: str
    step: str
    choices: tuple[str, ...] = ()


def sliders(
    specs: Sequence[Param], first: Mapping[str, str], typed: Mapping[str, str], prefix: str = FIELD
) -> list[Slider]:
    """A slider for each parameter; `first` is what they are where nothing was typed."""
    return [_slider(spec, first.get(spec.name, spec.default), typed, prefix) for spec in specs]


def town_sliders(specs: Sequence[Param], typed: Mapping[str, str]) -> list[Slider]:
    """Sliders for the size of a town."""
    return [
        Slider(
            spec.name,
            spec.note,
            typed.get(spec.name, spec.default),
            is_share=False,
            # An amount may be larger than anybody wants to slide to.
            most=str(min(MOST[spec.name], 2_000)),
            step="1" if spec.kind == "count" else "10",
        )
        for spec in specs
    ]


def chosen(
    specs: Sequence[Param], first: Mapping[str, str], query: Mapping[str, str], prefix: str = FIELD
) -> dict[str, str]:
    """The parameters of a run, by the fields of a form: those that are not as the preset has them."""
    typed = ((spec, query.get(f"{prefix}{spec.name}")) for spec in specs)
    values = {spec.name: _typed(spec, text) for spec, text in typed if text is not None}
    return {
        spec.name: values[spec.name]
        for spec in specs
        if spec.name in values and values[spec.name] != first.get(spec.name, spec.default)
    }


def _typed(spec: Param, typed: str) -> str:
    text = typed.strip()
    value = number(text)
    return number_text(value / PERCENT) if spec.kind == "share" and value is not None else text


def _slider(spec: Param, first: str, typed: Mapping[str, str], prefix: str) -> Slider:
    field, is_share, value = f"{prefix}{spec.name}", spec.kind == "share", number(first) or Exact(0)
    if is_share:
        # Rates of a tenth of a percent are usual.
        percent = number_text(value * PERCENT)
        return Slider(field, spec.note, typed.get(field, percent), is_share, str(PERCENT), "0.1")
    most = _round_number(value * TIMES)
    step = "1" if spec.kind == "count" and most < STEPS else number_text(most / STEPS)
    return Slider(field, spec.note, typed.get(field, first), is_share, number_text(most), step, spec.choices)


def _round_number(value: Exact) -> Exact:
    """The next of 1, 2, 5, 10, 20 … from there on; 10 for nothing."""
    if value <= 0:
        return Exact(10)
    rounded, factors = Exact(1), (Exact(2), Exact(5, 2), Exact(2))
    turn = 0
    while rounded < value:
        rounded *= factors[turn % len(factors)]
        turn += 1
    return rounded
