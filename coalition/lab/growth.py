"""Growth experiments: how many join in which month, and what the `[growth]` table may say."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from coalition.lab.errors import ScenarioInvalid
from coalition.lab.params import Param, Params
from coalition.locale.messages import N_
from settlement import Phrase

CONSTANT, EXPONENTIAL, LOGISTIC = "constant", "exponential", "logistic"

GROWTH_PARAMS = (
    Param("shape", LOGISTIC, "choice", N_("how entrants spread over the months"), (CONSTANT, EXPONENTIAL, LOGISTIC)),
    Param("months", "36", "count", N_("months to simulate")),
    Param("members", "10000", "count", N_("members who join over all the months, if nothing stops")),
    Param("rate", "0.25", "positive", N_("growth a month: of entrants (exponential), of members (logistic)")),
    Param("stop_month", "0", "count", N_("the last month in which anybody joins; 0: joining never stops")),
    Param("run_month", "0", "count", N_("the month of a run of sales; 0: none")),
    Param("run_share", "0.5", "share", N_("of holders who sell everything in that month")),
    Param("amount", "1000", "positive", N_("mean purchase of an entrant")),
    Param("spread", "0.5", "amount", N_("how widely purchases differ (sigma of a log-normal); 0: all alike")),
    Param("runs", "1000", "count", N_("runs of the simulation")),
    Param("seed", "1", "count", N_("start of the random numbers: the same seed gives the same figures")),
)

MAX_MONTHS, MAX_MEMBERS, MAX_RUNS = 240, 100_000, 10_000


@dataclass(frozen=True)
class Growth:
    """One experiment. Months count from 1; `expected` holds the mean number of entrants of each."""

    params: Params
    expected: tuple[float, ...]

    def count(self, name: str) -> int:
        """A whole-number parameter."""
        return int(self.params[name])

    def share(self, name: str) -> float:
        """A parameter as a float, for the simulation."""
        return float(self.params[name])


def read_growth(values: Mapping[str, str]) -> Growth:
    """The experiment that a `[growth]` table asks for. Raises ScenarioInvalid."""
    try:
        params = Params(GROWTH_PARAMS, values)
    except ScenarioInvalid as error:
        raise ScenarioInvalid(error.key.replace("params.", "growth."), error.problem, error.allowed) from error
    for name, most in (("months", MAX_MONTHS), ("members", MAX_MEMBERS), ("runs", MAX_RUNS)):
        if not 1 <= params[name] <= most:
            raise ScenarioInvalid(
                f"growth.{name}",
                Phrase(N_("{value} is out of range"), value=params[name]),
                Phrase(N_("1 to {most}"), most=most),
            )
    return Growth(params, tuple(_expected(params)))


def _expected(params: Params) -> list[float]:
    """Mean entrants a month: the shape's weights, scaled to `members`, then cut off after `stop_month`."""
    months, rate = int(params["months"]), float(params["rate"])
    shape = params.text["shape"]
    if shape == CONSTANT:
        weights = [1.0] * months
    elif shape == EXPONENTIAL:
        weights = [(1 + rate) ** month for month in range(months)]
    else:
        # Differences of the logistic curve 1 / (1 + e^(-rate (t − middle))).
        curve = [1 / (1 + math.exp(-rate * (t - months / 2))) for t in range(months + 1)]
        weights = [after - before for before, after in pairwise(curve)]
    scale = float(params["members"]) / sum(weights)
    stop = int(params["stop_month"]) or months
    return [weight * scale if month < stop else 0.0 for month, weight in enumerate(weights)]
