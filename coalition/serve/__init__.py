"""Serving: what a first start sets up, the sandbox, and the server process itself."""
