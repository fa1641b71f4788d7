"""Outgoing webhooks by the Standard Webhooks specification.

An endpoint wants types of event; `fan_out.py` turns each event into deliveries, `deliver.py` sends what is due to an
endpoint, `send.py` signs it and makes the request.
"""
