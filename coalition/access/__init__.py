"""Who may call, and who did what.

API keys, users, sessions, passkeys, members' one-time codes, rate limits, and the log of every write.
"""
