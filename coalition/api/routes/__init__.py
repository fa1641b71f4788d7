"""Routes: each parses a request, calls a use case and renders its result. A module here is found, not listed."""
