"""The console: an alliance run without a programmer, and a shop by its manager.

`sections.py` is its navigation, by role; `staff_visit.py` knows who looks, and lets nobody see more than the API would.
`start.py` has the first steps of an alliance. `overview.py` comes first, with what needs somebody (`needs.py`).
Windows go from the calendar (`windows.py`) to the positions of one (`window.py`), to a shop's `statement.py`, to a line
of it with one other shop (`line.py`), to the moves of a `posting.py`. `payments.py` and each `payment.py`; `lines.py`
are movements that belong to nothing yet. `shops.py` and each `shop.py`, `members.py` and each `member.py`.
`approvals.py` is what takes two people, `backing.py` says what stands behind the points. `charts.py` draws,
`amounts.py` reads what is typed, `people.py` names who did it.
"""
