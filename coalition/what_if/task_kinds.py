"""Tasks of trials."""

from coalition.what_if.trial_task import TRY_RULE

TASKS = (TRY_RULE,)
