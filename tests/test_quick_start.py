"""The README's quick start does what it says: its snippets are run as they stand."""

import re
import subprocess
import sys
import time
from pathlib import Path

from tests.support.command import environment
from tests.support.served import free_port

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
QUICK_START = README[README.index("## Quick start") : README.index("## Read on")]
MINUTES = 5


def snippets(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", QUICK_START, re.S)


def test_from_a_clone_to_a_redemption_at_a_second_shop_in_under_five_minutes(tmp_path: Path) -> None:
    started = time.monotonic()
    (serving, calling), (client,) = snippets("sh"), snippets("python")
    # What the first line installs is there already: it is what runs this test.
    serving = serving.split("\n", 1)[1]
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    command = tmp_path / ".venv" / "bin" / "coalition"
    command.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from coalition.cli.main import main; main()' \"$@\"\n")
    command.chmod(0o755)
    shell = environment(PYTHONPATH=str(ROOT), COALITION_PORT=str(free_port()))
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(["bash", "-c", f"exec {serving}"], cwd=tmp_path, env=shell, stdout=log, stderr=log)
    try:
        wait_for_ready(tmp_path / "log", server)
        output = run(["bash", "-ec", calling], tmp_path, shell)
        assert '"points_spent":100' in output.splitlines()[-1]
        assert "/wallet" in (tmp_path / "log").read_text(encoding="utf-8")
        exported = f". ./sandbox.env\nexec {sys.executable} - <<'END'\n{client}END\n"
        assert run(["bash", "-ec", exported], tmp_path, shell).endswith(
            "earned 100 at the bakery, spent 100 at the café\n"
        )
    finally:
        server.terminate()
        server.wait(60)
    assert time.monotonic() - started < MINUTES * 60


def wait_for_ready(log: Path, server: "subprocess.Popen[bytes]") -> None:
    while "startup complete" not in log.read_text(encoding="utf-8"):
        assert server.poll() is None, log.read_text(encoding="utf-8")
        time.sleep(0.05)
    # The socket is opened right after that line.
    time.sleep(0.5)


def run(command: list[str], folder: Path, env: dict[str, str]) -> str:
    done = subprocess.run(command, check=False, cwd=folder, env=env, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
