"""Amounts that people say at the command: a part of a payment by hand, and lines and movements that are split."""

from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from coalition.app import open_database
from coalition.clock import system_clock
from settlement.rails.bank import BankRail
from tests.support.bank import attempt, sepa_settings, shop_account
from tests.support.books import make_book, make_settings
from tests.support.camt import Entry, Paid, camt
from tests.support.command import Command, Ran, check_complaint
from tests.support.settling import BANK

DAY = date(2024, 5, 20)


@pytest.fixture
def bank(command: Command, tmp_path: Path) -> tuple[Callable[..., Ran], list[str]]:
    """Runs `coalition bank` where two debits are sent; their references."""
    (tmp_path / "bank.toml").write_text(BANK)
    with closing(open_database(f"sqlite:///{tmp_path}/coalition.db")) as database:
        book = make_book(database, system_clock, make_settings(name="Old Town"))
        orders = [attempt("a", minor=1000), attempt("b", minor=700, account=shop_account("cafe", mandate_id="M-2"))]
        references = [seen.reference for seen in BankRail(book, sepa_settings()).instruct(orders)]
    return lambda *arguments: command("bank", arguments[0], "--bank", "bank.toml", *arguments[1:]), references


def waiting_line(ran: Ran) -> str:
    """The id of the first line that is listed."""
    return next(word for word in ran.out.split() if word.startswith("L") and len(word) >= 13)


def test_a_bank_line_is_split_with_an_amount_for_each_payment(
    bank: tuple[Callable[..., Ran], list[str]], tmp_path: Path
) -> None:
    run, (first, second) = bank
    run("export", "--to", tmp_path)
    (tmp_path / "s.xml").write_bytes(camt([Entry(1650, DAY, "R1", (Paid(1650, text="both"),))]))
    run("import", "s.xml")
    line = waiting_line(run("lines"))
    check_complaint(run("match", line, f"{first}=9,50", second, "--by", "ann"), "PAYMENT=9.50")
    check_complaint(run("match", line, f"{first}=9.50", f"{second}=7.01", "--by", "ann"), "1,651 minor units")
    assert run("match", line, f"{first}=9.50", f"{second}=7", "--by", "ann").code == 0
    listed = run("lines", "--from", "2024-05-01").out
    assert ("9.50" in listed, "7.00" in listed, "waits" in listed) == (True, True, False)
