"""Requests to addresses that others name: webhooks of shops, and the push services of members' browsers.

`address.py` says where one may go, `post.py` makes it.
"""
