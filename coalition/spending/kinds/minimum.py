"""The least that is spent at once: below it nothing is."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, StrictInt

from coalition.locale.messages import N_
from coalition.spending.limit_model import LimitModel
from settlement import Phrase

LEAST_MAX = 10**9


class Minimum(LimitModel):
    """At least `least` points are spent in a sale, or none."""

    title = N_("A least to spend")
    labels: ClassVar[Mapping[str, str]] = {
        "least": N_("So many points in a sale, or none"),
    }

    kind: Literal["minimum"] = Field(description="The least that is spent in a sale.")
    least: StrictInt = Field(ge=2, le=LEAST_MAX, description="So many points, or none.", examples=[500])

    def points(self, points: int) -> int:
        """All of them, or none."""
        return points if points >= self.least else 0

    def sentence(self) -> str:
        """How many."""
        return Phrase(N_("At least {least:number} points are spent in a sale"), least=self.least)


LIMIT = Minimum
