"""Notices to members, on their phones by web push, or else by e-mail or SMS.

They say what happened to a member's points, what a till asks, and what the alliance lets all members know. A browser
subscribes (`subscribe.py`) and ends with its session. `address_events.py` turns each event into messages for the
browsers of those whom it concerns, or for their mailboxes (`mailboxes.py`); `message.py` writes them, `send_due.py`
sends them.
"""
