"""Notices to members on their phones, by web push: what happened to their points, what a till asks, what the alliance
lets them know.

A browser subscribes (`subscribe.py`) and ends with its session. `address_events.py` turns each event into messages for
the browsers of those whom it concerns, `message.py` writes them, `send_due.py` sends them.
"""
