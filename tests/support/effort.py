"""How far the tests go that could go on for ever: simulations, races, kills."""

import os

EFFORT = int(os.environ.get("TEST_EFFORT", "1"))
"""1 fits into a check-in; 10 takes some twenty minutes and reaches what the README promises."""
