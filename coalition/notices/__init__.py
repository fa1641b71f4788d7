"""Notices of an alliance to its members: `post_notice.py` and `withdraw_notice.py` by people of the alliance.

`publish_due.py` publishes those that were posted for a later time.
"""
