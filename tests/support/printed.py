"""What a command prints: the rows of its tables, and that everything fits the terminal."""

from rich.cells import cell_len

from tests.support.command import COLUMNS


def cells(text: str) -> list[list[str]]:
    """The rows of a table, cell by cell."""
    return [[cell.strip() for cell in line.strip("│").split("│")] for line in text.splitlines() if line.startswith("│")]


def boxed(text: str) -> list[str]:
    """The lines of tables and panels."""
    return [line for line in text.splitlines() if line and line[0] in "┏┃┡│├└╭╰┌" and line.rstrip()[-1] in "┓┃┩│┤┘╮╯┐"]


def check_layout(text: str) -> None:
    """Nothing is wider than the terminal, nothing is cut off, and the sides of each table stand above each other.

    Commands to copy, which are indented, are never broken.
    """
    assert max(cell_len(line) for line in text.splitlines() if not line.startswith("  ")) <= COLUMNS
    assert "…" not in text.replace("… and ", "").replace("……另有", "")
    sides: list[list[int]] = []
    for line in boxed(text):
        edges = [cell_len(line[:at]) for at, char in enumerate(line) if char in "┏┓┳┡┩╇┃│└┘┴┌┐┬"]
        if line[0] in "┏┌":
            sides.append(edges)
        elif line[0] not in "╭╰" and sides:
            assert set(edges) <= set(sides[-1]), line
    for line in boxed(text):
        assert cell_len(line.rstrip()) <= COLUMNS
