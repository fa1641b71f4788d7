"""The people of an alliance and of its shops, and its keys: what takes two people, and what the owners hear of it."""
