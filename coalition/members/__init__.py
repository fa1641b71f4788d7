"""Members: the people behind the book's random ids, kept apart from it."""
