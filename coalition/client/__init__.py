"""A client of the API in plain Python: typed, without dependencies, so that it can be copied into a till as it is."""

from coalition.client.api import Client
from coalition.client.transport import Answer, ApiProblem, Http, Unreachable
from coalition.client.webhooks import WebhookNotGenuine, verify_webhook

__all__ = ["Answer", "ApiProblem", "Client", "Http", "Unreachable", "WebhookNotGenuine", "verify_webhook"]
