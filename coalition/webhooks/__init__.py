"""Webhooks out: endpoints, what is on its way to them, and what came of it. By the Standard Webhooks spec."""
