"""The reference opens with a guide, whose steps are run as they stand."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coalition.api.write_client import description
from coalition.client import Client, make_pay_code
from tests.support import debian
from tests.support.command import environment, start
from tests.support.served import free_port, wait_until_ready

ROOT = Path(__file__).parents[3]
TEXT = description()["info"]["description"]


def snippets(section: str, language: str) -> list[str]:
    """The code of a section in a language, in order."""
    (text,) = re.findall(rf"## {section}\n(.*?)(?=\n## )", TEXT, re.S)
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a sandbox that is served."""
    folder, port = tmp_path_factory.mktemp("town"), free_port()
    options = ("--sandbox", "--port", port, "--env-file", "sandbox.env", "--database-url", "sqlite:///town.db")
    with (folder / "server.log").open("wb") as log:
        server = start("serve", *options, folder=folder, log=log)
    try:
        wait_until_ready(port, server, folder / "server.log")
        yield folder
    finally:
        server.terminate()
        server.communicate()


def run_shell(script: str, folder: Path) -> list[str]:
    """The lines that a script prints."""
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        check=False,
        cwd=folder,
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def run_python(code: str, folder: Path) -> list[str]:
    """The lines that a program prints, with the sandbox's keys in its environment."""
    return run_shell(f". ./sandbox.env\nexec {sys.executable} - <<'END'\n{code}END\n", folder)


def test_the_reference_opens_with_the_guide_and_ends_with_the_error_codes() -> None:
    assert re.findall(r"^## (.*)$", TEXT, re.M) == [
        "A till in an afternoon",
        "A till system of your own",
        "A wallet app in a day",
        "Every request",
        "Error codes",
    ]


def test_the_steps_of_the_guide_do_what_they_say(town: Path) -> None:
    till, app = snippets("A till in an afternoon", "sh"), snippets("A wallet app in a day", "sh")
    output = run_shell("".join([*till, *app]), town)
    quote, *replayed, spent, refunded, voided, batch, sold, wallet, history, gift = [line for line in output if line]
    assert '"points_earned":100' in quote
    assert "idempotent-replayed: true" in [line.lower() for line in replayed]
    assert '"points_spent":100' in spent
    assert '"cash_due_minor":200' in spent
    assert '"amount_minor":1000' in refunded
    assert '"outcome":"never_made"' in voided
    assert '"booked":1' in batch
    assert '"points_earned":200' in sold
    assert '"points":200' in wallet
    assert "purchase.created" in history
    assert '"points":50' in gift


def test_the_tills_program_in_python_does_what_it_says(town: Path) -> None:
    (program,) = snippets("A till in an afternoon", "python")
    assert run_python(program, town) == ["quoted 100, earned 100, 25 taken back", "refused: refund_exceeds_original"]


def program_of_node() -> str:
    """Where Node.js is."""
    return debian.program(["/usr/bin/node"], ["nodejs"])


def scanned(client: Client, member: str) -> str:
    """What a scanner reads off a member's phone."""
    phone = client.create_pay_device(member, name="phone")
    return make_pay_code(phone["key"], phone["number"])


@pytest.mark.parametrize("language", ["sh", "python", "js"])
def test_a_till_system_sells_with_one_request_in_each_language(town: Path, language: str) -> None:
    (program,) = snippets("A till system of your own", language)
    if language != "sh":
        path = town / f"sell.{'mjs' if language == 'js' else 'py'}"
        path.write_text(program)
        program = f"{program_of_node() if language == 'js' else sys.executable} {path}\n"
    keys = dict(re.findall(r"(\w+)='?([^'\n]+)", (town / "sandbox.env").read_text()))
    url = keys["COALITION_URL"]
    with Client(url, keys["APP_KEY"]) as app, Client(url, keys["BAKERY_KEY"]) as bakery:
        member = str(bakery.enrol_member(email=f"{language}@example.com")["id"])
        bakery.create_purchase(shop="bakery", member=member, amount_minor=2_000)
        code = scanned(app, member)
        sale = f"SHOP=cafe TILL_KEY=$CAFE_KEY AMOUNT_MINOR=300 RECEIPT={language}-1 SCANNED={code}"
        setting = f". ./sandbox.env\nexport COALITION_URL {sale}\n"
        first = run_shell(setting + program, town)
        again = run_shell(setting + program, town)
        refused = run_shell(setting.replace("-1 ", "-2 ") + program, town)
        assert app.get_wallet(member)["points"] == 10
    assert first == again, "a receipt is sold once"
    if language == "sh":
        assert '"points_spent":100' in first[0]
        assert '"cash_due_minor":200' in first[0]
        assert '"code":"pay_code_used"' in refused[0]
    else:
        assert first == ["to pay 200, earned 10, spent 100"]
        assert refused == ["no points: pay_code_used"]


def test_the_apps_program_in_python_does_what_it_says(town: Path) -> None:
    (program,) = snippets("A wallet app in a day", "python")
    assert run_python(program, town) == ["purchase.created: earned 50", "50 points in the wallet"]
