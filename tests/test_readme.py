"""The README stays true: what it names is there, and what is there is named."""

import re
from pathlib import Path

from coalition.api.routing import routers
from coalition.cli.main import program
from coalition.settings import Settings

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAP = README[README.index("## Map") : README.index("## Decisions")]
GUIDES = "\n".join(
    path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *sorted(ROOT.glob("[cst]*/**/README.md")))
    if ".venv" not in path.parts
)
"""The README and those of the folders that it leads to."""


def test_every_path_in_the_map_exists() -> None:
    paths = re.findall(r"`((?:settlement|coalition|tests)/[\w/.]*)`", MAP)
    assert len(paths) > 30
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_module_and_folder_is_on_the_map() -> None:
    modules = [f"settlement/{path.name}" for path in ROOT.glob("settlement/*.py") if path.name != "__init__.py"]
    folders = [f"coalition/{path.parent.name}/" for path in ROOT.glob("coalition/*/__init__.py")]
    assert [name for name in modules + folders if f"`{name}`" not in MAP] == []


def test_every_command_in_the_readme_is_one_of_the_program() -> None:
    commands = set(re.findall(r"coalition (\w+)(?: |\n|$)", "\n".join(re.findall(r"```sh\n(.*?)```", GUIDES, re.S))))
    assert {"demo", "replay", "statement"} <= commands
    for command in commands:
        assert program("en").main([command, "--help"], standalone_mode=False) == 0, command


def test_the_readme_names_the_settings_of_payments_and_mail_and_none_that_is_not_there() -> None:
    existing = {f"COALITION_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"COALITION_\w+", GUIDES))
    # Where a server is, as the sandbox tells its examples.
    assert named - {"COALITION_URL"} <= existing
    assert {name for name in existing if name.startswith(("COALITION_STRIPE_", "COALITION_SMTP_"))} <= named


def test_every_operation_in_the_readme_is_one_of_the_api() -> None:
    operations = {route.operation_id for router in routers() for route in router.routes}
    named = set(re.findall(r"`([a-z]+(?:[A-Z][a-z]+)+)`", GUIDES))
    assert "runSettlement" in operations
    assert {"createStripeOnboarding", "setPaymentRules"} <= named
    assert named <= operations


def test_ci_runs_the_readmes_test_command() -> None:
    assert "uv run --frozen pytest" in README
    assert "run pytest" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_top_level_is_what_was_agreed() -> None:
    allowed = {"README.md", "pyproject.toml", "LICENSE", "uv.lock", "coalition", "settlement", "tests"}
    existing = {path.name for path in ROOT.iterdir() if not path.name.startswith(".") and path.suffix != ".db"}
    assert existing - {"coalition.db-wal", "coalition.db-shm"} <= allowed


def test_every_guide_that_the_readme_leads_to_exists() -> None:
    links = re.findall(r"\]\(([\w/.]+)\)", README)
    assert len(links) >= 6
    assert [link for link in links if not (ROOT / link).exists()] == []
