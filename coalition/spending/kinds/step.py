"""Points are spent by the step: by hundreds, say."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, StrictInt

from coalition.locale.messages import N_
from coalition.spending.limit_model import LimitModel
from settlement import Phrase

STEP_MAX = 10**9


class SpendStep(LimitModel):
    """What is spent in a sale is a multiple of `step` points."""

    title = N_("Steps")
    labels: ClassVar[Mapping[str, str]] = {
        "step": N_("So many points at a time"),
    }

    kind: Literal["step"] = Field(description="Points are spent by the step.")
    step: StrictInt = Field(ge=2, le=STEP_MAX, description="So many points at a time.", examples=[100])

    def points(self, points: int) -> int:
        """The greatest multiple of the step among them."""
        return points - points % self.step

    def sentence(self) -> str:
        """By how many."""
        return Phrase(N_("Points are spent by steps of {step:number}"), step=self.step)


LIMIT = SpendStep
