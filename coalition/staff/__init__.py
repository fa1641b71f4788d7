"""The people of an alliance and of its shops: `invite_user.py`, `update_user.py` and `reset_user.py`.

`approvers.py` says for whom that takes two people; each use case returns what the owners hear of it.
"""
