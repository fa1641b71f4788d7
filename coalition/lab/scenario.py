"""A scenario: which model, which parameters, which events. Read from TOML or from plain data.

The same checks serve both; a file's errors carry the line besides.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from coalition.lab.errors import ScenarioInvalid
from coalition.lab.growth import read_growth
from coalition.lab.lines import Lines
from coalition.lab.models import find_models
from coalition.lab.numbers import HALF, Exact, number
from coalition.lab.params import Params
from coalition.lab.purchases import Purchase
from coalition.lab.scheme import EventKind, ScenarioEvent, Scheme
from coalition.lab.schemes.coalition import Coalition
from coalition.locale.messages import N_
from settlement import Phrase

TABLES = ("model", "preset", "title", "currency", "params", "events", "run_share", "coalition", "growth", "vendor")

VENDOR_KEYS = ("says", "event", "key", "value")

CURRENCY = re.compile("[A-Z]{3}")

RESERVED = ("platform", "subsidy", "others", "market")
"""Names that stand for somebody in every model."""


@dataclass(frozen=True)
class VendorFigure:
    """A figure that a vendor names: what it is (`says`, by language), where the lab has it, and how it is shown.

    `event` is the number of the event whose row has it, from 0; `key` the key in that row, with a dot for each map it
    lies in (`holders.u.share_points`), or `ends.SHOP` for what a shop is left with at the end.
    """

    says: Mapping[str, str]
    event: int
    key: str
    value: str


@dataclass(frozen=True)
class Scenario:
    """What to run. `run_share` is the share of holders who want out on one day, for the verdict; `currency` (ISO 4217)
    is what its amounts are in; `coalition` are the parameters of the yardstick, `growth` the table of the growth
    experiment. `title` says by language what it is, `vendor` the figures to compare with. Real `purchases` are run
    after the events."""

    model: type[Scheme]
    preset: str
    values: Mapping[str, str]
    events: tuple[ScenarioEvent, ...]
    run_share: Exact = HALF
    coalition: Mapping[str, str] = field(default_factory=dict)
    growth: Mapping[str, str] | None = None
    currency: str = "CNY"
    title: Mapping[str, str] = field(default_factory=dict)
    vendor: tuple[VendorFigure, ...] = ()
    purchases: tuple[Purchase, ...] = ()

    def params(self) -> Params:
        """The model's defaults, the preset's values over them, the given ones over those."""
        presets = {preset.name: preset.params for preset in self.model.presets}
        return Params(self.model.specs, {**presets.get(self.preset, {}), **self.values})

    def with_purchases(self, purchases: Sequence[Purchase]) -> "Scenario":
        """The same with real purchases."""
        return replace(self, purchases=tuple(purchases))

    def all_events(self) -> Iterator[ScenarioEvent]:
        """The scenario's events followed by those that stand for its purchases in this model."""
        yield from self.events
        for index, keys in enumerate(self.model.replay(self.purchases), start=len(self.events)):
            yield ScenarioEvent(index, keys["do"], keys)


def read_toml(text: str) -> Scenario:
    """A scenario from TOML. Raises ScenarioInvalid with line, key and what is allowed."""
    try:
        data = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        line = getattr(error, "lineno", None) or Lines.in_message(str(error))
        raise ScenarioInvalid("TOML", str(error), line=line) from error
    lines = Lines(text)
    try:
        return read_mapping(data, lines)
    except ScenarioInvalid as error:
        if error.line:
            raise
        raise ScenarioInvalid(error.key, error.problem, error.allowed, lines.of(error.key)) from error


def read_mapping(data: Mapping[str, object], lines: Lines | None = None) -> Scenario:
    """A scenario from plain data (parsed TOML or JSON). Raises ScenarioInvalid."""
    for key in data:
        if key not in TABLES:
            raise ScenarioInvalid(key, N_("no such key"), ", ".join(TABLES))
    name = data.get("model")
    name = name.replace("_", "-") if isinstance(name, str) else name
    models = find_models()
    if not isinstance(name, str) or name not in models:
        raise ScenarioInvalid(
            "model",
            Phrase(N_("{name} is not a model"), name=repr(name)) if name else N_("is missing"),
            ", ".join(models),
        )
    model = models[name]
    preset = data.get("preset", "")
    presets = [known.name for known in model.presets]
    if preset and preset not in presets:
        raise ScenarioInvalid(
            "preset",
            Phrase(N_("{preset} is not a preset of {name}"), preset=repr(preset), name=name),
            ", ".join(presets),
        )
    share = number(_text("run_share", data.get("run_share", "0.5")))
    if share is None or not 0 <= share <= 1:
        raise ScenarioInvalid(
            "run_share",
            Phrase(N_("{value} is out of range"), value=repr(data["run_share"])),
            N_("a share from 0 to 1"),
        )
    currency = data.get("currency", "CNY")
    if not isinstance(currency, str) or not CURRENCY.fullmatch(currency):
        problem = Phrase(N_("{value} is no currency"), value=repr(currency))
        raise ScenarioInvalid("currency", problem, N_("three capitals, such as CNY"))
    growth = data.get("growth")
    scenario = Scenario(
        model,
        str(preset),
        _table("params", data.get("params", {})),
        tuple(_events(model, data.get("events", []), lines)),
        share,
        _table("coalition", data.get("coalition", {})),
        None if growth is None else _table("growth", growth),
        currency,
        _words("title", data.get("title", "")),
        tuple(_vendor(data.get("vendor", []))),
    )
    scenario.params()
    if scenario.growth is not None:
        read_growth(scenario.growth)
    _check_coalition(scenario.coalition)
    return scenario


def _words(key: str, value: object) -> dict[str, str]:
    """A text by language: one for all, or a table with one for each."""
    if isinstance(value, Mapping):
        return {str(lang): _text(f"{key}.{lang}", text) for lang, text in value.items()}
    return {"en": _text(key, value)} if value else {}


def _vendor(figures: object) -> Iterator[VendorFigure]:
    if not isinstance(figures, Sequence) or isinstance(figures, str):
        raise ScenarioInvalid("vendor", N_("is not a list"), N_("[[vendor]] for each figure"))
    for index, table in enumerate(figures):
        path = f"vendor.{index}"
        if not isinstance(table, Mapping):
            raise ScenarioInvalid(path, N_("is not a table"), ", ".join(VENDOR_KEYS))
        for key in (*table, *VENDOR_KEYS):
            if key not in VENDOR_KEYS:
                raise ScenarioInvalid(f"{path}.{key}", N_("no such key"), ", ".join(VENDOR_KEYS))
            if key not in table and key != "event":
                raise ScenarioInvalid(f"{path}.{key}", N_("is missing"), ", ".join(VENDOR_KEYS))
        event = number(_text(f"{path}.event", table.get("event", 0)))
        if event is None or event < 0 or event.denominator != 1:
            raise ScenarioInvalid(f"{path}.event", N_("is not the number of an event"), N_("whole, 0 or more"))
        key, value = (_text(f"{path}.{name}", table[name]) for name in ("key", "value"))
        yield VendorFigure(_words(f"{path}.says", table["says"]), int(event), key, value)


def _check_coalition(values: Mapping[str, str]) -> None:
    try:
        Params(Coalition.specs, values)
    except ScenarioInvalid as error:
        key = error.key.replace("params.", "coalition.")
        raise ScenarioInvalid(key, error.problem, error.allowed) from error


def _table(name: str, table: object) -> dict[str, str]:
    if not isinstance(table, Mapping):
        raise ScenarioInvalid(name, N_("is not a table"), Phrase(N_("[{name}] with one key = value a line"), name=name))
    return {str(key): _text(f"{name}.{key}", value) for key, value in table.items()}


def _text(key: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise ScenarioInvalid(
            key,
            Phrase(N_("{value} is not a text or number"), value=repr(value)),
            N_('a text such as "0.2", or a number'),
        )
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _events(model: type[Scheme], events: object, lines: Lines | None) -> list[ScenarioEvent]:
    if not isinstance(events, Sequence) or isinstance(events, str):
        raise ScenarioInvalid("events", N_("is not a list"), N_("[[events]] for each event"))
    kinds = {kind.do: kind for kind in model.kinds}
    parsed: list[ScenarioEvent] = []
    for index, table in enumerate(events):
        line = lines.of(f"events.{index}") if lines else None
        keys = _table(f"events.{index}", table)
        do = keys.get("do", "")
        if do not in kinds:
            problem = (
                Phrase(N_("{do} is not an event of {name}"), do=repr(do), name=model.name) if do else N_("is missing")
            )
            raise ScenarioInvalid(f"events.{index}.do", problem, ", ".join(kinds))
        _check_keys(index, kinds[do], keys)
        parsed.append(ScenarioEvent(index, do, keys, line))
    return parsed


def _check_keys(index: int, kind: EventKind, keys: Mapping[str, str]) -> None:
    # A needed key may have other names, separated by a bar: "amount|price".
    allowed = ["do", *(name for key in kind.needs for name in key.split("|")), *kind.may]
    for key in keys:
        if key not in allowed:
            raise ScenarioInvalid(
                f"events.{index}.{key}", Phrase(N_("no such key of {do}"), do=kind.do), ", ".join(allowed)
            )
    for key in kind.needs:
        if not any(keys.get(name) for name in key.split("|")):
            raise ScenarioInvalid(f"events.{index}.{key}", Phrase(N_("{do} needs it"), do=kind.do), ", ".join(allowed))
    for key in ("who", "to", "referrer", "shop"):
        if keys.get(key) in RESERVED:
            raise ScenarioInvalid(
                f"events.{index}.{key}", Phrase(N_("{key} is reserved"), key=repr(keys[key])), N_("any other name")
            )
