"""The scheme lab: what the schemes sold to shop alliances do, run before anybody signs.

`run(read_toml(text))` is the whole of it; `as_data` writes the outcome out. Nothing here touches a live book.
"""

from coalition.lab.errors import LabError
from coalition.lab.models import MODELS
from coalition.lab.purchases import read_purchases
from coalition.lab.report.output import as_data
from coalition.lab.runner import Limits, Result, run
from coalition.lab.scenario import Scenario, read_mapping, read_toml

__all__ = [
    "MODELS",
    "LabError",
    "Limits",
    "Result",
    "Scenario",
    "as_data",
    "read_mapping",
    "read_purchases",
    "read_toml",
    "run",
]
