"""The model of a kind of bonus: what an alliance states for it, checked."""

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar

from pydantic import BaseModel, ConfigDict

from coalition.earning.cards import Card


class BonusModel(BaseModel):
    """A kind of bonus. Each is a model of its own, whose `kind` is a literal: its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: ClassVar[str]
    """What the kind is called where an alliance chooses one: a text that is translated."""
    labels: ClassVar[Mapping[str, str]]
    """What its fields are called there, in their order. One that ends in `_minor` is typed as an amount of money."""

    kind: str

    def points(self, base: int, earning_minor: Fraction) -> int:  # noqa: ARG002 - the shape of all kinds
        """Whole points, zero or more, for a sale that earns `base` points for what can earn: exact minor units.

        A kind that has a card gives none for the sale alone.
        """
        return 0

    def card(self) -> Card | None:
        """The card that sales fill, for a kind that has one."""
        return None

    def least_granted(self) -> int:
        """The fewest points that one bonus gives, whole; 1 where that goes by the sale."""
        return 1

    def sentence(self) -> str:
        """What it gives, as a phrase that can be said in both languages."""
        raise NotImplementedError
