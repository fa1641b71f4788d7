"""The command `coalition`: each command parses its options, calls a use case and prints its result.

`main.py` has the command itself, `options.py` what all commands share. Keys and users are in `access.py`, windows and
payments in `settle.py`, bank files in `bank.py`; then `journal.py`, `lab.py`, and backup and checks in `operation.py`.
"""
