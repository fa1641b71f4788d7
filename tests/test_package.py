"""The package that is installed on a server holds what a server runs, and nothing for those who build it."""

import ast
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
LEFT_OUT = ("tests.", "coalition.pages.dev.")


def test_the_package_holds_no_tests_and_no_page_for_developers() -> None:
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    wheel = build["targets"]["wheel"]
    assert wheel["packages"] == ["coalition", "settlement"]
    assert "coalition/pages/dev" in wheel["exclude"]
    assert [str(path) for folder in wheel["packages"] for path in (ROOT / folder).rglob("test*.py")] == []


def test_what_the_package_leaves_out_is_used_by_nothing_in_it() -> None:
    users = [
        f"{path.relative_to(ROOT)} imports {name}"
        for folder in ("coalition", "settlement")
        for path in (ROOT / folder).rglob("*.py")
        if not path.is_relative_to(ROOT / "coalition" / "pages" / "dev")
        for name in imported(path)
        if f"{name}.".startswith(LEFT_OUT)
    ]
    assert users == []


def imported(path: Path) -> set[str]:
    """The modules that a file imports."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
