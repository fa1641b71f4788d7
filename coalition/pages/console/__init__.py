"""The console: an alliance run without a programmer, and a shop by its manager.

`sections.py` is its navigation, by role; `staff_visit.py` knows who looks, and lets nobody see more than the API would.
`overview.py` comes first. Windows go from the calendar (`windows.py`) to the positions of one (`window.py`), to a
shop's `statement.py`, to a line of it with one other shop (`line.py`), to the moves of a `posting.py`. `backing.py`
says what stands behind the points, `charts.py` draws.
"""
