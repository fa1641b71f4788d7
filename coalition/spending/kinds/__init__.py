"""Kinds of limit: `greatest_share.py`, `minimum.py` and `step.py`. A file offers one by its LIMIT, and is found."""
