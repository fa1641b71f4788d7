"""Long work that somebody asked for: it shows how far it is, can be left and found again, and outlives the process.

`start_task` writes it down, `continue_task` goes on with it as a job (`jobs.py`), `list_tasks` finds it again. What a
kind of task is, and who declares it, says `task.py`; `store.py` keeps them.
"""
