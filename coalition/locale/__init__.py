"""Languages: one catalogue of sentences for every face, and money, points and dates as each reader expects them.

`messages.py` translates out of the catalogue in `files.py`; `catalogue.py` and `check.py` keep that complete.
`formats.py` writes money, points and dates.
"""
