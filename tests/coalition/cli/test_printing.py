"""`coalition print` writes the files that it names, and says what it lacks."""

from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from tests.support.command import Command, check_complaint
from tests.support.town import write_town

URL = ("--database-url", "sqlite:///book.db")


def written(path: Path) -> str:
    return "".join(PdfReader(BytesIO(path.read_bytes())).pages[0].extract_text().split())


def test_sheets_and_cards_are_written_to_files(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command(*write_town(tmp_path), *URL).code == 0
    sheet = ("print", "join-sheet", "--output", "sheet.pdf", *URL)
    check_complaint(command(*sheet), "COALITION_PUBLIC_URL")
    reached = ("--url", "https://points.example")
    check_complaint(command(*sheet, *reached, "--shop", "nowhere"), "nowhere")
    assert command(*sheet, *reached, "--shop", "bakery", "--paper", "letter", "--kind", "stand").code == 0
    assert "points.example/wallet/join?shop=bakery" in written(tmp_path / "sheet.pdf")
    monkeypatch.setenv("COALITION_PUBLIC_URL", "https://town.example")
    assert command(*sheet, "--lang", "zh").code == 0
    assert "扫码加入" in written(tmp_path / "sheet.pdf")
    slips = ("print", "payment-slips", "--output", "slips.pdf", *URL)
    assert command(*slips, "--lang", "zh").code == 0
    assert "没有待付款项" in written(tmp_path / "slips.pdf")
    check_complaint(command(*slips, "--shop", "nowhere"), "nowhere")
    check_complaint(command("print", "cards", "mem_unknown", "--output", "cards.pdf", *URL), "mem_unknown")
