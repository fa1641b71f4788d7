"""Tasks of members."""

from coalition.members.import_task import IMPORT_MEMBERS

TASKS = (IMPORT_MEMBERS,)
