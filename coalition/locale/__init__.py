"""Languages: one catalogue of sentences for every face, and money, points and dates as each reader expects them.

The catalogue: `messages.py` translates, `catalogue.py` and `check.py` keep it complete. `formats.py` has the rest.
"""
