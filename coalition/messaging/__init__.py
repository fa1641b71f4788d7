"""How a message reaches a person: by e-mail (SMTP), by SMS, or to the log, as the environment sets it up."""
