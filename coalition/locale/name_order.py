"""The order of names, as people look for them: Bäckerei stands before Buchladen, whatever letters cost in bytes."""

from unicodedata import combining, normalize


def name_order(name: str) -> tuple[str, str]:
    """What to sort a name by: its letters without accents and capitals; then itself, where two are alike in that."""
    letters = normalize("NFKD", name.casefold())
    return "".join(letter for letter in letters if not combining(letter)), name
