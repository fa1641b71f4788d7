"""The client that openapi-python-client generates: complete, and enough for a till's first afternoon."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from coalition.api.write_client import description
from tests.support.command import environment, start
from tests.support.served import free_port, wait_until_ready

PACKAGE = "generated_town"
BIN = Path(sys.executable).parent


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The generated package, imported from a temporary folder. The generator has nothing to warn of."""
    folder = tmp_path_factory.mktemp("generated")
    (folder / "openapi.json").write_text(json.dumps(description()), encoding="utf-8")
    # The generator has to hear that a picture is bytes, and a PDF and a packed file too.
    kinds = ("image/webp", "application/pdf", "application/gzip")
    config = {"content_type_overrides": dict.fromkeys(kinds, "application/octet-stream")}
    (folder / "generator.json").write_text(json.dumps(config), encoding="utf-8")
    options = (
        "--path",
        "openapi.json",
        "--output-path",
        PACKAGE,
        "--meta",
        "none",
        "--fail-on-warning",
        "--config",
        "generator.json",
    )
    done = subprocess.run(
        [BIN / "openapi-python-client", "generate", *options],
        check=False,
        cwd=folder,
        # It formats its files with the ruff that it finds.
        env=environment(PATH=f"{BIN}:/usr/bin:/bin"),
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert "warning" not in done.stdout.lower()
    sys.path.insert(0, str(folder))
    yield importlib.import_module(PACKAGE)
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


@contextmanager
def sandbox(folder: Path) -> Iterator[Mapping[str, str]]:
    """A sandbox town that is served: its URL and its keys, by the names that the examples have for them."""
    port = free_port()
    options = ("--port", port, "--env-file", "sandbox.env", "--database-url", "sqlite:///sandbox.db")
    with (folder / "server.log").open("wb") as log:
        server = start("serve", "--sandbox", *options, folder=folder, log=log)
    try:
        wait_until_ready(port, server, folder / "server.log")
        exports = (folder / "sandbox.env").read_text(encoding="utf-8").splitlines()
        yield dict(line.removeprefix("export ").split("=", 1) for line in exports)
    finally:
        server.terminate()
        server.communicate()


def part(name: str) -> Any:
    """A module of the generated package."""
    return importlib.import_module(f"{PACKAGE}.{name}")


def test_no_operation_is_left_out(package: ModuleType) -> None:
    written = (Path(str(package.__file__)).parent / "api").glob("*/*.py")
    operations = [operation for methods in description()["paths"].values() for operation in methods]
    assert len([path for path in written if path.name != "__init__.py"]) == len(operations)


def test_a_till_enrols_and_sells_and_an_app_reads_the_wallet(package: ModuleType, tmp_path: Path) -> None:
    models, create_purchase = part("models"), part("api.purchases.create_purchase")
    with sandbox(tmp_path) as town:
        url = town["COALITION_URL"]
        bakery = package.AuthenticatedClient(base_url=url, token=town["BAKERY_KEY"])
        app = package.AuthenticatedClient(base_url=url, token=town["APP_KEY"])
        with bakery, app:
            ann = models.MemberCreate(email="ann@example.com")
            member = part("api.members.enrol_member").sync(client=bakery, body=ann).id
            sale = models.PurchaseCreate(shop="bakery", member=member, amount_minor=2_000)
            first = create_purchase.sync_detailed(client=bakery, body=sale, idempotency_key="receipt-1")
            again = create_purchase.sync_detailed(client=bakery, body=sale, idempotency_key="receipt-1")
            assert (first.status_code, first.parsed.points_earned) == (201, 100)
            assert (again.parsed, again.headers["Idempotent-Replayed"]) == (first.parsed, "true")
            wallet = part("api.wallets.get_wallet").sync(member, client=app)
            assert (wallet.points, [lot.issuer for lot in wallet.lots]) == (100, ["bakery"])
            exact = models.PurchaseCreate("bakery", 5_000, member=member, points=500, accept_partial=False)
            refusal = create_purchase.sync(client=bakery, body=exact, idempotency_key="receipt-2")
            assert isinstance(refusal, models.Problem)
            assert refusal.code == "consent_needed"
