"""How a message reaches a person: by e-mail (SMTP) or SMS as the environment sets it up, to the log, by web push."""
