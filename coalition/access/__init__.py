"""Who may call: API keys of an alliance."""
