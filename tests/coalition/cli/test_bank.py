"""`coalition bank`: a window's payments to the bank and back, as people work them."""

from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from coalition.app import open_database
from coalition.clock import system_clock
from settlement.rails.bank import BankRail
from settlement.rails.port import Direction
from tests.support.bank import attempt, sepa_settings, shop_account
from tests.support.books import make_book, make_settings
from tests.support.camt import Entry, Paid, camt
from tests.support.command import Command, Ran, check_complaint

BANK = """
holder = "Altstadt Verbund e.V."
account = "DE89 3704 0044 0532 0130 00"
creditor_id = "DE98ZZZ09999999999"
"""
TODAY = date(2024, 5, 20)


@pytest.fixture
def town(command: Command, tmp_path: Path) -> tuple[Callable[..., Ran], list[str]]:
    """A town with three payments in open files; runs `coalition bank`, and the payments' references."""
    (tmp_path / "bank.toml").write_text(BANK)
    with closing(open_database(f"sqlite:///{tmp_path}/coalition.db")) as database:
        book = make_book(database, system_clock, make_settings(name="Old Town"))
        orders = [
            attempt("a"),
            attempt("b", minor=700, account=shop_account("cafe", name="Café", mandate_id="M-2")),
            attempt("c", Direction.PAY, 1900),
        ]
        references = [seen.reference for seen in BankRail(book, sepa_settings()).instruct(orders)]
    return lambda *arguments: command("bank", arguments[0], "--bank", "bank.toml", *arguments[1:]), references


def movement(number: int, minor: int, reference: str = "", text: str = "") -> Entry:
    return Entry(minor, TODAY, f"R{number}", (Paid(minor, reference, text),))


def test_from_open_files_to_matched_lines(town: tuple[Callable[..., Ran], list[str]], tmp_path: Path) -> None:
    bank, (first, second, third) = town
    listed = bank("files").out
    assert listed.count("not yet") == 2
    assert "SEPA direct debit" in listed
    exported = bank("export", "--to", tmp_path)
    paths = [Path(line) for line in exported.out.splitlines()]
    assert [path.suffix for path in paths] == [".xml", ".xml"]
    assert first in paths[0].read_text()
    before = paths[0].read_bytes()
    assert "no file is open" in bank("export").out
    paths[0].unlink()
    assert bank("export", "--file", "1", "--to", tmp_path).out.strip() == str(paths[0])
    assert paths[0].read_bytes() == before

    (tmp_path / "s.xml").write_bytes(camt([movement(1, 1234, first), movement(2, 700, text="thanks"), movement(3, -9)]))
    ran = bank("import", "s.xml", "s.xml")
    assert ran.code == 0, ran.err
    assert "imported before" in ran.out
    assert "2 lines wait for somebody" in ran.out

    printed = bank("lines").out
    line = next(word for word in printed.split() if word.startswith("L") and len(word) == 13)
    assert "it" in printed.split()
    assert "fits" in printed.split()
    assert bank("match", line, second, "--by", "ann", "--note", "by phone").code == 0
    left = next(word for word in bank("lines").out.split() if word.startswith("L") and len(word) == 13)
    check_complaint(bank("match", left, "--aside", "--by", "ann"), "--note")
    check_complaint(bank("match", left, "--by", "ann"), "name the payment")
    assert bank("match", left, "--aside", "--by", "ann", "--note", "account fee").code == 0
    everything = bank("lines", "--from", "2024-05-01").out
    assert "none of ours" in everything
    assert bank("fail", third, "--by", "ann", "--why", "the bank says no").code == 0
    check_complaint(
        bank("fail", third, "--by", "ann", "--why", "again"), "Payment 'c' can't be given up: it is `failed` already."
    )


def test_it_speaks_chinese(town: tuple[Callable[..., Ran], list[str]], tmp_path: Path) -> None:
    bank, (first, *_) = town
    assert "SEPA 直接扣款" in bank("files", "--lang", "zh").out
    bank("export", "--to", tmp_path)
    assert "没有待导出的文件" in bank("export", "--lang", "zh").out
    (tmp_path / "s.xml").write_bytes(camt([movement(1, 1235, first)]))
    ran = bank("import", "s.xml", "--lang", "zh").out
    assert "1 条流水待处理" in ran
    assert "可能对应" in bank("lines", "--lang", "zh").out


def test_a_file_that_can_not_be_read_says_where_and_those_before_it_stand(
    town: tuple[Callable[..., Ran], list[str]], tmp_path: Path
) -> None:
    bank, (first, *_) = town
    bank("export", "--to", tmp_path)
    (tmp_path / "good.xml").write_bytes(camt([movement(1, 1234, first)]))
    (tmp_path / "bad.xml").write_bytes(camt([movement(2, 5)]).replace(b">0.05<", b">0,05<"))
    ran = bank("import", "good.xml", "bad.xml")
    check_complaint(ran, "bad.xml (Document/BkToCstmrStmt/Stmt/Ntry/Amt): '0,05' is not an amount")
    assert "good.xml" in ran.out
    check_complaint(bank("import", "none.xml"), "none.xml: it can't be read")
    check_complaint(bank("import", tmp_path), "can't be read")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("holder = ", "not TOML"),
        ('holder = "x"', "`account` is missing"),
        (BANK + 'iban = "x"', "`iban` is an unknown key; the keys are holder"),
        (BANK + 'pay = "cash"', "`pay` must be one of `credit_transfer`"),
        (BANK + 'debit_lead_days = "2"', "`debit_lead_days` must be a whole number, not '2'"),
        (BANK + "bic = 1", "`bic` must be a text, not 1"),
        (BANK + 'bic = "X"', "`bic`: 'X' is not a BIC"),
        (BANK + 'payments_table = "x"', "`payments_table` must be a table"),
        (BANK + '[payments_table.columns]\n"a" = "iban"', "'iban' can't stand in 'a'"),
        (BANK.replace("DE98ZZZ", "DE97ZZZ"), "`creditor_id`: "),
        (BANK.replace("DE89", "DE88"), "`account`: "),
    ],
)
def test_settings_that_can_not_be_used_say_why(
    town: tuple[Callable[..., Ran], list[str]], tmp_path: Path, text: str, complaint: str
) -> None:
    bank, _ = town
    (tmp_path / "bank.toml").write_text(text)
    check_complaint(bank("files"), "bank.toml: ", complaint)


def test_what_is_not_there_is_named(town: tuple[Callable[..., Ran], list[str]], tmp_path: Path) -> None:
    bank, _ = town
    check_complaint(bank("export", "--file", "9"), "No bank file 9 in this alliance.")
    check_complaint(bank("export", "--to", "nowhere"), "nowhere: it is no folder")
    check_complaint(bank("match", "L0", "a", "--by", "ann"), "No bank line 'L0' in this alliance.")
    check_complaint(bank("fail", "x", "--by", "ann", "--why", "y"), "'x' in any bank file")
    check_complaint(bank("lines", "--from", "May"), "--from May: write a date")


def test_what_would_be_read_of_a_file_is_shown_and_nothing_written(
    town: tuple[Callable[..., Ran], list[str]], tmp_path: Path
) -> None:
    bank, (first, *_) = town
    layout = '[csv]\nbooked_on = "Buchungstag"\namount = "Betrag"\nbalance = "Saldo"\ntext = ["Zweck"]\n'
    (tmp_path / "bank.toml").write_text(BANK + layout)
    table = f"Buchungstag;Betrag;Saldo;Zweck\n20.05.2024;12,34;112,34;{first}\n;;;Summe\n"
    bank("export", "--to", tmp_path)
    (tmp_path / "s.csv").write_bytes(table.encode("cp1252"))
    ran = bank("try", "s.csv")
    assert ran.code == 0, ran.err
    for part in ("2024-05-20", "12.34", "112.34", "columns separated by ';'", "rows without a date were left out"):
        assert part in ran.out
    assert bank("lines").out.count("2024-05-20") == 0
    assert bank("import", "s.csv").code == 0
    assert "a" in bank("lines", "--from", "2024-05-20").out.split()
    (tmp_path / "bank.toml").write_text(BANK + layout.replace("Betrag", "Umsatz"))
    check_complaint(bank("try", "s.csv"), "booked_on, amount is missing")
    (tmp_path / "s.pdf").write_bytes(b"%PDF-1.7")
    check_complaint(bank("try", "s.pdf"), "this is a PDF")
    (tmp_path / "bank.toml").write_text(BANK + "csv = 1")
    check_complaint(bank("try", "s.csv"), "`csv` must be a table")
