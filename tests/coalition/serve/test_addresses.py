"""Where a server says that it is reached, and the QR code by which a phone finds its wallet."""

from io import StringIO

import pytest
import segno
from rich.console import Console

from coalition.cli.commands.serve import show_links
from coalition.serve.addresses import is_reached_by_phones, local_url, people_url

ANY = "0.0.0.0"  # noqa: S104 - nothing listens on it


@pytest.mark.parametrize(
    ("host", "local", "people"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000", "http://localhost:8000"),
        ("localhost", "http://localhost:8000", "http://localhost:8000"),
        ("192.0.2.7", "http://192.0.2.7:8000", "http://192.0.2.7:8000"),
        ("2001:db8::7", "http://[2001:db8::7]:8000", "http://[2001:db8::7]:8000"),
    ],
)
def test_a_server_is_reached_where_it_listens(host: str, local: str, people: str) -> None:
    assert (local_url(host, 8000), people_url(host, 8000, None)) == (local, people)
    assert is_reached_by_phones(people) == (people != "http://localhost:8000")


def test_one_that_listens_everywhere_is_reached_at_this_machines_own_address() -> None:
    assert local_url(ANY, 8000) == "http://127.0.0.1:8000"
    assert ANY not in people_url(ANY, 8000, None)
    assert people_url(ANY, 8000, "https://points.example/") == "https://points.example"


@pytest.mark.parametrize(("host", "codes"), [("192.0.2.7", 1), ("127.0.0.1", 0)])
def test_a_terminal_shows_the_wallets_link_and_its_code_for_phones(
    monkeypatch: pytest.MonkeyPatch, host: str, codes: int
) -> None:
    monkeypatch.delenv("COALITION_PUBLIC_URL", raising=False)
    screen, code = Console(file=StringIO(), force_terminal=True, width=200), StringIO()
    show_links(screen, host, 8000, "en")
    link = f"{people_url(host, 8000, None)}/wallet"
    segno.make(link).terminal(code, compact=True)
    assert isinstance(screen.file, StringIO)
    printed = screen.file.getvalue()
    assert "The members' wallet: " in printed
    assert printed.count(code.getvalue()) == codes
