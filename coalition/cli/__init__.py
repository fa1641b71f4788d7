"""The command `coalition`: each command parses its options, calls a use case and prints its result."""
