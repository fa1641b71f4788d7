"""Pay codes: made on a member's phone (a device) or in six digits (short), read at a till; guesses; confirmations."""
