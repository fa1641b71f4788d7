"""Serving: what a first start sets up, the sandbox, at which addresses people reach it, the server process itself."""
