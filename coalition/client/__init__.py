"""A client of the API in plain Python: typed, and without dependencies, so that a till can copy it as it is.

`api.py` is generated from the API's description; `transport.py` keeps a connection and repeats requests when that is
safe; `webhooks.py` verifies webhooks, and `pay_codes.py` makes pay codes.
"""

from coalition.client.api import Client
from coalition.client.pay_codes import make_pay_code
from coalition.client.transport import ApiProblem, Http, HttpAnswer, Unreachable
from coalition.client.webhooks import WebhookNotGenuine, verify_webhook

__all__ = [
    "ApiProblem",
    "Client",
    "Http",
    "HttpAnswer",
    "Unreachable",
    "WebhookNotGenuine",
    "make_pay_code",
    "verify_webhook",
]
