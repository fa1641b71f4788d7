"""The schemes as crowds, for the simulation: the same rules, in floats, for many runs at once."""
