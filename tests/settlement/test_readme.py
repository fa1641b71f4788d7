"""The worked example of settlement/README.md is true: its code is run, and prints what the page says."""

import doctest
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "settlement" / "README.md"


def test_worked_example_prints_what_the_page_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # The fences of a code block would be read as output of its last line.
    page = README.read_text(encoding="utf-8").replace("```python\n", "\n").replace("```\n", "\n")
    example = doctest.DocTestParser().get_doctest(page, {}, README.name, str(README), 0)
    report: list[str] = []
    result = doctest.DocTestRunner().run(example, out=report.append)
    assert result.attempted > 40
    assert result.failed == 0, "".join(report)
