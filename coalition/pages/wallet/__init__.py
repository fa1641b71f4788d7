"""The wallet of members: what they have, and how they pay with it.

`log_in.py` and `log_out.py`; `home.py` with the balance; `code.py` to pay; `history.py` and `receipt.py` (what
happened, by `lines.py`); `shops.py`, `gift.py`, `household.py`, `notices.py`; `me.py` and `erase.py` (oneself);
`answer.py` says yes or no to what a till asks; `install.py` makes it an app that opens without reception, and
`names.py` says what shops are called.
"""
