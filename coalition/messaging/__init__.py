"""How a message reaches a person: by e-mail, or to the log."""
