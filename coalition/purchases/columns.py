"""The columns of a purchases file (PURCHASES.csv of the replay contract), apart from what reads it into a book."""

HEADER = ["at", "member", "merchant", "amount", "spend"]
