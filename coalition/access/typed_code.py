"""Codes that one device shows and somebody types on another."""

import secrets

CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without I, L, O and U, which are mistaken for others."""
CODE_CHARS = 8


def new_typed_code() -> str:
    """A code that nobody guesses while it is good."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_CHARS))


def read_typed(code: str) -> str:
    """A code as it was made, however somebody typed it: without spaces and dashes, in capitals."""
    return "".join(char for char in code.upper() if char.isalnum())
