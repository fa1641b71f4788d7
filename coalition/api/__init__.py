"""The HTTP API: routes with their schemas, and the one place where an error becomes a problem."""
