"""Fixtures for what people run and read."""

from pathlib import Path

import pytest

from tests.support.command import Command, command_in


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]) -> Command:
    """Runs `coalition` with these arguments in an empty folder."""
    return command_in(tmp_path, monkeypatch, capsysbinary)
