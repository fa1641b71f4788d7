"""A multiplier: double points, say. What the base rate gives, times a factor."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from coalition.earning.bonus_model import BonusModel
from coalition.earning.rates import parse_rate
from coalition.locale.messages import N_
from settlement import Phrase


class Multiplier(BonusModel):
    """Gives the points of the base rate times `factor`, the base rate's own among them."""

    title = N_("Times the points")
    labels: ClassVar[Mapping[str, str]] = {
        "factor": N_("How many times, such as 2 or 1.5"),
    }

    kind: Literal["multiplier"] = Field(description="A multiplier of the base rate.")
    factor: Annotated[str, Field(max_length=40, pattern=r"^\d+(\.\d+)?$")] = Field(
        description="How many times the points of the base rate a sale earns with it: more than 1.", examples=["2"]
    )

    @field_validator("factor")
    @classmethod
    def _is_a_bonus(cls, factor: str) -> str:
        if parse_rate(factor) <= 1:
            why = Phrase("it must be more than 1, not {factor}", factor=factor)
            raise PydanticCustomError("unusable", "{why}", {"why": why})
        return factor

    def points(self, base: int, earning_minor: Fraction) -> int:  # noqa: ARG002 - the shape of all kinds
        """What the factor adds to the base points, rounded down."""
        numerator, denominator = self._added
        return base * numerator // denominator

    @cached_property
    def _added(self) -> tuple[int, int]:
        return (parse_rate(self.factor) - 1).as_integer_ratio()

    def sentence(self) -> str:
        """How many times."""
        return Phrase(N_("{factor} times the points"), factor=self.factor)


BONUS = Multiplier
