"""Every scheme that the lab knows as a scenario to start from, with the figures that its vendors name."""

from pathlib import Path

FOLDER = Path(__file__).parent


def example_files() -> dict[str, Path]:
    """All examples by name."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.toml"))}
