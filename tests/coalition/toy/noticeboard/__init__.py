"""A noticeboard of shops: a noun in a folder of its own, as somebody outside this project would add it."""
