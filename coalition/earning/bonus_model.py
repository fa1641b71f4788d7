"""The model of a kind of bonus: what an alliance states for it, checked."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Annotated, ClassVar

from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.earning.cards import Card, CardMark
from coalition.locale.messages import N_
from settlement import Phrase

AMOUNT_MAX = 10**12
POINTS_MAX = 10**9
StatedAmount = Annotated[StrictInt, Field(ge=1, le=AMOUNT_MAX)]
"""An amount that a kind is stated with, in minor units."""
StatedPoints = Annotated[StrictInt, Field(ge=1, le=POINTS_MAX)]
"""Points that a kind is stated with."""
CardPoints = Annotated[StrictInt, Field(ge=2, le=POINTS_MAX)]
"""Points for a full card."""


class BonusModel(BaseModel):
    """A kind of bonus. Each is a model of its own, whose `kind` is a literal: its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: ClassVar[str]
    """What the kind is called where an alliance chooses one: a text that is translated."""
    labels: ClassVar[Mapping[str, str]]
    """What its fields are called there, in their order. One that ends in `_minor` is typed as an amount of money."""
    choices: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """What can be chosen for a field that is not typed: each choice, with what it is called."""
    full: ClassVar[str] = N_("Card full: {points:number} points more.")
    """What a cashier says of a full card, for a kind that has one."""
    unpaid: ClassVar[str] = N_("The card is full. Its points come with a later stamp.")
    """The same where it can't be paid now."""

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
        card = self.card()
        return 1 if card is None else card.points

    def sentence(self) -> str:
        """What it gives, as a phrase that can be said in both languages."""
        raise NotImplementedError

    def stamped(self, mark: CardMark) -> str:
        """What a cashier says of what a sale put on the card, as a phrase."""
        card = self.card()
        if card is not None and mark.full:
            return Phrase(self.full, points=mark.full * card.points)
        return Phrase(self.unpaid) if mark.stamps >= mark.needed else self.progress(mark)

    def progress(self, mark: CardMark) -> str:
        """What a cashier says of a card that is not full."""
        if mark.added == 1:
            return Phrase(N_("Stamp {stamps:number} of {needed:number}."), stamps=mark.stamps, needed=mark.needed)
        several = N_("{added:number} stamps more: {stamps:number} of {needed:number}.")
        return Phrase(several, added=mark.added, stamps=mark.stamps, needed=mark.needed)
