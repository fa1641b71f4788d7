"""The schemes once more, as plainly as they are described, sharing nothing with the lab.

Each model's file takes parameters and events as exact numbers and says for each event what must show in its row. Slow
and straightforward on purpose.
"""
