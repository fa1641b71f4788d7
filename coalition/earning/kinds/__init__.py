"""Kinds of earning rule. `base_rate.py` is the one that every alliance has.

A file here offers a kind by its KIND and `read`, or a kind of bonus by its BONUS, and is found."""
