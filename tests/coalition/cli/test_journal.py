"""`coalition journal`: the CSV that accountants take over, and the codes of their own chart."""

import csv
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest

from coalition.app import open_database
from coalition.clock import system_clock
from coalition.journal.chart import KINDS, built_in_chart, read_chart
from coalition.journal.entry_text import ACCOUNTS, account_text
from coalition.locale.formats import Lang
from settlement.clearing import MoneyAccount, close_due, pay_in_leg
from settlement.ledger import AccountKind, Earn, Participant, Spend
from tests.support.books import BookClient, make_book, make_settings, make_terms
from tests.support.clock import DAY
from tests.support.command import Command, Ran, check_complaint
from tests.support.hledger import ask_hledger

TODAY = datetime.now(UTC).date()
PERIOD = ("--from", str(TODAY - timedelta(days=40)), "--to", str(TODAY + timedelta(days=1)))
EVIL = '=HYPERLINK("x")'


@pytest.fixture
def town(command: Command, tmp_path: Path) -> Callable[..., Ran]:
    """A town whose weeks were traded and closed; runs `coalition journal` on it."""
    url = f"sqlite:///{tmp_path}/coalition.db"
    with closing(open_database(url)) as database:
        now = [system_clock() - 21 * DAY]
        settings = make_settings(name="Old Town", timezone="UTC")
        shops = [Participant(0, "bakery"), Participant(0, EVIL)]
        book = make_book(database, lambda: now[0], settings, make_terms(redeem_fee_bps=200), shops)
        with closing(database.session()) as session:
            till = BookClient(book, session)
            till.take(pay_in_leg(book.config(session), "bakery", 5_000, to=AccountKind.DEPOSIT), key="deposit-1")
            till.take(Earn("bakery", "ann", 900, 20991231), Spend(EVIL, "ann", 500))
            now[0] += 14 * DAY
            close_due(book, session, now[0])
    return lambda *arguments, **changes: command("journal", *arguments, **changes)


def rows(written: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(written.decode("utf-8-sig"), newline="")))


def minor(row: dict[str, str]) -> int:
    """What a row debits, less what it credits."""
    debit, credit = (int(row[side].replace(".", "") or 0) for side in ("debit", "credit"))
    return debit - credit


def test_every_entry_balances_and_ties_to_the_balances(town: Callable[..., Ran]) -> None:
    ran = town(*PERIOD, "--balances")
    assert ran.code == 0, ran.err
    entries_read = rows(ran.written)
    entries = {row["entry"] for row in entries_read} - {""}
    assert len(entries) == 2
    for entry in entries:
        assert sum(minor(row) for row in entries_read if row["entry"] == entry) == 0
    ends = {row["text"]: minor(row) for row in entries_read if row["text"].startswith("Closing balance")}
    assert ends == {
        "Closing balance: settlement of bakery": 500,
        f"Closing balance: settlement of {EVIL}": -490,
        "Closing balance: settlement of the operator": -10,
        "Closing balance: deposit of bakery": -5_000,
        "Closing balance: cash at cash": 5_000,
    }
    assert not [row for row in entries_read if row["text"].startswith("Opening")]


def test_it_says_what_happened_in_the_readers_language(town: Callable[..., Ran]) -> None:
    english, chinese = (rows(town(*PERIOD, "--balances", "--lang", lang).written) for lang in ("en", "zh"))
    texts = [row["text"] for row in english]
    assert texts[:2] == ["cash at cash", "deposit of bakery"]
    assert any(text.endswith("settlement of the operator, fee on points redeemed") for text in texts)
    assert any(row["text"].endswith("起的结算期关账：结算款（运营方），积分兑付手续费") for row in chinese)
    assert chinese[-1]["text"] == "期末余额：存款（cash）"
    assert [minor(row) for row in english] == [minor(row) for row in chinese]
    assert {row["account_name"] for row in chinese} & {"商户保证金"}
    assert all(row["currency"] == "EUR" for row in english)


def test_a_shops_name_runs_no_formula(town: Callable[..., Ran], tmp_path: Path) -> None:
    chart = tmp_path / "map.toml"
    chart.write_text('[accounts]\ncash = "=1"\ndeposit = "2"\nsettlement = { code = "3", name = "@x" }\n')
    for row in rows(town(*PERIOD, "--balances", "--accounts", chart).written):
        for cell in row.values():
            assert not cell.startswith(("=", "+", "-", "@"))


def test_codes_are_the_alliances_own(town: Callable[..., Ran], tmp_path: Path) -> None:
    chart = tmp_path / "map.toml"
    chart.write_text(
        '[accounts]\ncash = 1200\ndeposit = { code = "1700", name = "Kautionen" }\n'
        'settlement = "1400"\n"settlement/operator" = { code = "4400", name = "Erlöse" }\n'
    )
    out = tmp_path / "out.csv"
    ran = town(*PERIOD, "--accounts", chart, "--output", out)
    assert (ran.code, ran.out) == (0, "")
    assert f"{out}: 2 entries" in ran.err
    codes = {(row["account"], row["account_name"]) for row in rows(out.read_bytes())}
    assert codes == {
        ("1200", "Cash at bank and payment providers"),
        ("1700", "Kautionen"),
        ("1400", "Shops, settlement"),
        ("4400", "Erlöse"),
    }


def test_an_account_without_a_code_is_an_error_that_names_it(town: Callable[..., Ran], tmp_path: Path) -> None:
    chart = tmp_path / "map.toml"
    chart.write_text('[accounts]\ncash = "1200"\nsettlement = "1400"\n')
    check_complaint(town(*PERIOD, "--accounts", chart), "map.toml: no code for deposit/bakery", 'deposit = "1234"')


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "[accounts]: it is missing"),
        ("accounts = 1", "[accounts]: it is missing"),
        ("[accounts]\ncash = ", "not TOML"),
        ("[acounts]\ncash = '1'", "'acounts': unknown key"),
        ("[accounts]\nkash = '1'", "'kash': unknown kind of account; the kinds are settlement"),
        ("[accounts]\nlot = '1'", "'lot': unknown kind"),
        ("[accounts]\ncash = ''", "'cash': it must have a code"),
        ("[accounts]\ncash = true", "'cash': it must have a code"),
        ("[accounts]\ncash = { name = 'x' }", "'cash': it must have a code"),
        ("[accounts]\ncash = { code = '1', nme = 'x' }", "'cash'.nme: unknown key"),
        ("[accounts]\ncash = { code = '1', name = 2 }", "'cash': it must have a name"),
    ],
)
def test_a_chart_that_can_not_be_used_says_why(
    town: Callable[..., Ran], tmp_path: Path, text: str, complaint: str
) -> None:
    (tmp_path / "map.toml").write_text(text)
    check_complaint(town(*PERIOD, "--accounts", "map.toml"), "map.toml: ", complaint)


@pytest.mark.parametrize(
    ("first", "last", "complaint"),
    [
        ("2024-13-01", "2024-12-31", "--from 2024-13-01: write a date as YYYY-MM-DD"),
        ("2024-12-01", "yesterday", "--to yesterday: write a date"),
        ("2024-12-02", "2024-12-01", "--to 2024-12-01 lies before --from"),
        ("2024-12-02", "9999-12-31", "is not a date"),
    ],
)
def test_a_period_that_can_not_be_meant_says_why(
    town: Callable[..., Ran], first: str, last: str, complaint: str
) -> None:
    check_complaint(town("--from", first, "--to", last), complaint)


def test_files_that_can_not_be_read_or_written_are_named(town: Callable[..., Ran]) -> None:
    check_complaint(town(*PERIOD, "--accounts", "none.toml"), "none.toml: it can't be read")
    check_complaint(town(*PERIOD, "--output", "no/out.csv"), "no/out.csv: it can't be written")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_every_kind_of_money_account_has_a_code_and_words(tmp_path: Path, lang: Lang) -> None:
    assert set(ACCOUNTS) == set(KINDS.values())
    path = tmp_path / "map.toml"
    path.write_text("[accounts]\n" + "".join(f'{name} = "1"\n' for name in KINDS))
    for kind in KINDS.values():
        account = MoneyAccount(kind, "x")
        assert account_text(account, lang)
        built_in, read = built_in_chart(lang).code_of(account), read_chart(path, lang).code_of(account)
        assert built_in is not None
        assert read is not None
        assert read == ("1", built_in.name)


def test_hledger_takes_it_and_ends_at_the_same_balances(town: Callable[..., Ran]) -> None:
    written = town(*PERIOD, "--balances", "--format", "hledger").written
    assert ask_hledger(written, "check", "--strict") == ""
    held = ask_hledger(written, "balance", "--output-format=csv", "--no-total")
    ends = {row["account"]: row["balance"] for row in csv.DictReader(StringIO(held))}
    assert ends["1000 Cash at bank and payment providers"] == "50.00 EUR"
    assert ends["2300 Deposits of shops"] == "-50.00 EUR"


def test_hledger_refuses_it_without_one_of_its_entries(town: Callable[..., Ran]) -> None:
    written = town(*PERIOD, "--balances", "--format", "hledger").written.decode()
    parts = written.split("\n\n")
    with pytest.raises(AssertionError, match="balance"):
        ask_hledger("\n\n".join([parts[0], *parts[2:]]).encode(), "check")


@pytest.mark.parametrize("form", ["csv", "hledger"])
def test_two_halves_of_a_period_are_the_whole(town: Callable[..., Ran], form: str) -> None:
    middle = TODAY - timedelta(days=15)
    halves = [
        town("--from", PERIOD[1], "--to", str(middle), "--format", form),
        town("--from", str(middle + timedelta(days=1)), "--to", PERIOD[3], "--format", form),
    ]
    entries = [ran.written.decode("utf-8-sig").count("close:") for ran in halves]
    whole = town(*PERIOD, "--format", form).written.decode("utf-8-sig").count("close:")
    assert sum(entries) == whole > 0
