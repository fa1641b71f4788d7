"""Kinds of earning rule. A file here offers a kind by `read`, and is found by its name."""
