"""Many random runs of a growing scheme at once, in numpy.

This is simulation, not money: floats are fine here and nowhere else in the lab. Entrants a month are Poisson
around the experiment's curve, their purchases log-normal; every array has one row for each run. Whoever is
due in the same round of a month is paid at the same price.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from coalition.lab.crowd import Crowd, Floats, MakeCrowd, MonthEnd
from coalition.lab.growth import Growth
from coalition.lab.params import Params
from coalition.lab.simulation.outcome import FIGURES, QUANTILES, Simulation

CELLS = 1_000_000
"""Runs × members simulated at a time, so that the arrays stay small."""


def simulate(
    make: MakeCrowd, params: Params, growth: Growth, progress: Callable[[int, int], None] | None = None
) -> Simulation:
    """All runs of an experiment, chunk by chunk. The same seed gives the same figures."""
    runs, months = growth.count("runs"), growth.count("months")
    random = np.random.default_rng(growth.count("seed"))
    chunk = max(1, CELLS // growth.count("members"))
    figures: dict[str, list[Floats]] = {name: [] for name in FIGURES}
    entrants = np.zeros(months)
    got: list[Floats] = []
    for start in range(0, runs, chunk):
        size = min(chunk, runs - start)
        joined = random.poisson(np.array(growth.expected), (size, months))
        entrants += joined.sum(axis=0) / runs
        crowd = make(params, size, int(joined.max(axis=0).sum()), random)
        ends = [_month(crowd, growth, month, joined[:, month], random, got) for month in range(months)]
        for name, collected in figures.items():
            collected.append(np.array([getattr(end, name) for end in ends]))
        if progress:
            progress(start + size, runs)
    quantiles = {name: _quantiles(np.concatenate(collected, axis=1)) for name, collected in figures.items()}
    sellers_got = _quantiles(np.concatenate(got)[None, :])[0] if got else None
    return Simulation(growth, tuple(float(count) for count in entrants), quantiles, sellers_got)


def _month(
    crowd: Crowd,
    growth: Growth,
    month: int,
    joined: NDArray[np.int64],
    random: np.random.Generator,
    got: list[Floats],
) -> MonthEnd:
    most = int(joined.max())
    if most:
        sigma = growth.share("spread")
        # A log-normal with this mu has the asked mean.
        mu = np.log(growth.share("amount")) - sigma**2 / 2
        amounts = random.lognormal(mu, sigma, (len(joined), most))
        amounts[np.arange(most) >= joined[:, None]] = 0.0
        crowd.join(amounts)
    if month + 1 == growth.count("run_month"):
        got.append(crowd.run_on(growth.share("run_share")))
    return crowd.month_end()


def _quantiles(values: Floats) -> Floats:
    """Months × runs → months × QUANTILES; a month in which no run has a figure stays not a number."""
    quantiles = np.full((len(values), len(QUANTILES)), np.nan)
    any_figure = ~np.isnan(values).all(axis=1)
    if any_figure.any():
        quantiles[any_figure] = np.nanpercentile(values[any_figure], QUANTILES, axis=1).T
    return quantiles
