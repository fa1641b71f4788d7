"""Staff of the alliance and of its shops: `log_in.py` and `log_out.py`, the `invitation.py` that they begin with, and
their `account.py` with the password (`password.py`), the second factor and passkeys.
"""
