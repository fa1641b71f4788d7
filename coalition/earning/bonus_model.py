"""The model of a kind of bonus: what an alliance states for it, checked."""

from fractions import Fraction

from pydantic import BaseModel, ConfigDict


class BonusModel(BaseModel):
    """A kind of bonus. Each is a model of its own, whose `kind` is a literal: its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str

    def points(self, base: int, earning_minor: Fraction) -> int:
        """Whole points, zero or more, for a sale that earns `base` points for what can earn: exact minor units."""
        raise NotImplementedError

    def sentence(self) -> str:
        """What it gives, as a phrase that can be said in both languages."""
        raise NotImplementedError
