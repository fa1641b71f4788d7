"""Kinds of findings, one file each. A file here offers a kind by its PATTERN, and is found."""
