import pytest

from coalition.cli.language import speak


@pytest.fixture(autouse=True)
def in_english() -> None:
    """The program speaks English until a call asks for another language, as a new process does."""
    speak("en")
