"""What happened, in order: the event feed of an alliance, made from its postings and from what else changes."""
