"""The commands: each module here has an `app`, a group with a name or commands of the program itself, and is found.

demo, lab (try it); serve, operation, keys, users (run it); settle, bank, journal (settle it); look.

A command parses its options, calls a use case and prints the result. What it works with is imported in its body, so
that `coalition --help` and the help of every other command load none of it.
"""
