"""The model of a kind of limit: what an alliance states for it, checked, and what it leaves of a sale."""

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class LimitModel(BaseModel):
    """A kind of limit. Each is a model of its own, whose `kind` is a literal: its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: ClassVar[str]
    """What the kind is called where an alliance chooses one: a text that is translated."""
    labels: ClassVar[Mapping[str, str]]
    """What its fields are called there, in their order. One that ends in `_minor` is typed as an amount of money."""
    choices: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """What can be chosen for a field that is not typed: each choice, with what it is called."""

    kind: str

    def most_minor(self, amount_minor: int) -> Fraction:
        """The greatest part of a sale that points may pay for, in exact minor units."""
        return Fraction(amount_minor)

    def points(self, points: int) -> int:
        """How many of so many points may be spent: whole, none or more, and no more than those."""
        return points

    def sentence(self) -> str:
        """What it asks, as a phrase that can be said in both languages."""
        raise NotImplementedError
