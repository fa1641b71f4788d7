"""Grow a scheme: `grow(scenario, growth) -> Simulation`, for a command line and an endpoint alike."""

from collections.abc import Callable

from coalition.lab.growth import Growth, read_growth
from coalition.lab.scenario import Scenario
from coalition.lab.simulation.montecarlo import simulate
from coalition.lab.simulation.outcome import FIGURES, QUANTILES, Simulation


def grow(scenario: Scenario, progress: Callable[[int, int], None] | None = None) -> Simulation:
    """Simulate the scenario's `[growth]` table (its defaults, if there is none). Raises ScenarioInvalid."""
    growth: Growth = read_growth(scenario.growth or {})
    return simulate(scenario.model.crowd(), scenario.params(), growth, progress)


def growth_data(scenario: Scenario, simulation: Simulation) -> dict[str, object]:
    """A simulation as plain data: floats, rounded to 6 decimals; null before there is a figure."""
    months = [
        {"month": month + 1, "entrants": round(entrants, 2)}
        | {name: _quantiles(simulation, name, month) for name in FIGURES}
        for month, entrants in enumerate(simulation.entrants)
    ]
    return {
        "model": scenario.model.name,
        "preset": scenario.preset or None,
        "params": scenario.params().text,
        "growth": simulation.growth.params.text,
        "months": months,
    }


def _quantiles(simulation: Simulation, name: str, month: int) -> dict[str, float] | None:
    values = [float(value) for value in simulation.quantiles[name][month]]
    if values[0] != values[0]:
        return None
    return {f"p{quantile}": round(value, 6) for quantile, value in zip(QUANTILES, values, strict=True)}
