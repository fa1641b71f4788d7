"""The greatest share of a sale that points may pay for: half of it, say."""

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import Field, field_validator
from pydantic_core import PydanticCustomError

from coalition.earning.rates import parse_rate
from coalition.locale.messages import N_
from coalition.spending.limit_model import LimitModel
from settlement import Phrase


class GreatestShare(LimitModel):
    """Points pay for at most `percent` of a sale."""

    title = N_("A greatest share of a sale")
    labels: ClassVar[Mapping[str, str]] = {
        "percent": N_("Percent of a sale that points may pay for"),
    }

    kind: Literal["greatest_share"] = Field(description="The greatest share of a sale that points may pay for.")
    percent: Annotated[str, Field(max_length=40, pattern=r"^\d+(\.\d+)?$")] = Field(
        description="That share in percent: 0 to less than 100.", examples=["50"]
    )

    @field_validator("percent")
    @classmethod
    def _is_a_limit(cls, percent: str) -> str:
        if parse_rate(percent) >= 100:
            why = Phrase("it must be less than 100, not {percent}", percent=percent)
            raise PydanticCustomError("unusable", "{why}", {"why": why})
        return percent

    @cached_property
    def _share(self) -> Fraction:
        return parse_rate(self.percent) / 100

    def most_minor(self, amount_minor: int) -> Fraction:
        """That share of the amount."""
        return amount_minor * self._share

    def sentence(self) -> str:
        """How much."""
        return Phrase(N_("Points pay for at most {percent} % of a sale"), percent=self.percent)


LIMIT = GreatestShare
