"""The scheme lab: what the schemes sold to shop alliances do, run before anybody signs.

`run(read_toml(text))` runs a scenario, `as_data` renders the result. A model is one file in `schemes/`, on the base of
`scheme.py`; `runner.py` runs it, `verdict.py` judges it, `report/` renders it, `simulation/` runs it many times with
growth and chance. Nothing here touches a live book.
"""

from coalition.lab.errors import LabError
from coalition.lab.models import find_models
from coalition.lab.purchases import read_purchases
from coalition.lab.report.output import as_data, json_pieces
from coalition.lab.runner import Result, RunLimits, run
from coalition.lab.scenario import Scenario, read_mapping, read_toml

__all__ = [
    "LabError",
    "Result",
    "RunLimits",
    "Scenario",
    "as_data",
    "find_models",
    "json_pieces",
    "read_mapping",
    "read_purchases",
    "read_toml",
    "run",
]
