"""What the console will do, by command: the alliance, its shops, deposits, limits, rules, approvals, users."""

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pyotp
import pytest
import typer

from coalition.access.invite import accept, read_invitation
from coalition.app import open_database
from coalition.clock import system_clock
from tests.support.clock import SECOND
from tests.support.command import Command, check_complaint
from tests.support.town import alliance_toml, write_town

PASSWORD = "we sell bread on Mondays"  # noqa: S105 - of a test

Run = Callable[..., str]


@pytest.fixture
def run(command: Command, tmp_path: Path) -> Run:
    """Runs a command on the small town's database, which has to work, and returns what it prints in one line."""
    option = ("--database-url", f"sqlite:///{tmp_path / 'books.db'}")
    assert command(*write_town(tmp_path), *option).code == 0

    def run(*words: str) -> str:
        ran = command(*words, *option, COLUMNS="200")
        assert (ran.code, ran.err) == (0, ""), ran.err
        return " ".join(ran.out.replace("│", " ").split())

    return run


@pytest.fixture
def refused(command: Command, tmp_path: Path, run: Run) -> Callable[..., None]:
    """Runs a command that has to be refused in these words."""

    def refused(words: tuple[str, ...], *texts: str) -> None:
        ran = command(*words, "--database-url", f"sqlite:///{tmp_path / 'books.db'}", COLUMNS="500")
        check_complaint(ran)
        for text in texts:
            assert text in re.sub("['`\"]", "", ran.err)

    return refused


@pytest.fixture
def owner(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], tuple[str, str]]:
    """Invites an owner, who accepts: the option with which a command acts as them, whoever is named last."""
    secrets: dict[str, str] = {}
    current: dict[str, str] = {}
    used: dict[str, int] = {}

    def prompt(text: str, **_: object) -> str:
        if text == "Password":
            return PASSWORD
        # A code counts once, and that of the next half minute is good already.
        secret = secrets[current["email"]]
        used[secret] = used.get(secret, -1) + 1
        return pyotp.TOTP(secret).at(system_clock() // SECOND + 30 * used[secret])

    def owner(email: str) -> tuple[str, str]:
        current["email"] = email
        if email in secrets:
            return "--as", email
        token = run("users", "add", email).partition("#")[2]
        with (
            closing(open_database(f"sqlite:///{tmp_path / 'books.db'}")) as database,
            database.engine.begin() as connection,
        ):
            secret = read_invitation(connection, token, system_clock()).totp_secret
            assert secret is not None
            # A code counts once, and that of half a minute ago is still good.
            code = pyotp.TOTP(secret).at(system_clock() // SECOND - 30)
            accept(connection, token, PASSWORD, code, system_clock())
        secrets[email] = secret
        return "--as", email

    monkeypatch.setattr(typer, "prompt", prompt)
    return owner


@pytest.fixture
def by_two(run: Run, refused: Callable[..., None], owner: Callable[[str], tuple[str, str]]) -> Callable[..., None]:
    """Runs a command that takes two people: Ann asks, somebody else approves, Ann asks again."""

    def by_two(approver: str, *words: str) -> None:
        refused((*words, *owner(f"for-{approver}@example.org")), "send the same request again")
        (waiting,) = re.findall(r"(apr_\w+) \w+ pending", run("approvals", "list"))
        run("approvals", "approve", waiting, *owner(f"{approver}@example.org"))
        run(*words, *owner(f"for-{approver}@example.org"))

    return by_two


def test_a_shop_joins_is_limited_and_leaves(
    run: Run, refused: Callable[..., None], by_two: Callable[..., None]
) -> None:
    run("shop", "add", "sommer", "--name", "Bäckerei Sommer", "--email", "hi@sommer.example", "--active")
    assert "sommer Bäckerei Sommer active hi@sommer.example" in run("shop", "list")
    run("shop", "change", "sommer", "--email", "", "--category", "bakery")
    assert "sommer Bäckerei Sommer active bakery" in run("shop", "list")
    run("shop", "limit", "sommer", "500.50")
    assert "sommer 0.00 0.00 500.50" in run("shops")
    refused(("shop", "limit", "sommer"), "raise_shop_limit takes two people, and a key is not a person")
    by_two("bert", "shop", "limit", "sommer")
    assert "sommer 0.00 0.00 none" in run("shops")
    run("shop", "leave", "sommer")
    assert "sommer Bäckerei Sommer leaving" in run("shop", "list")
    refused(("shop", "add", "pool"), "pool is reserved by the book")
    refused(("shop", "add", "Sommer"), "ref Sommer cant be used")
    refused(("shop", "add", "mayer", "--website", "mayer.example"), "website mayer.example cant be used")
    refused(("shop", "limit", "sommer", "12.345"), "write an amount of EUR with at most 2 decimals")
    refused(("shop", "leave", "nobody"), "There is no shop nobody")


def test_rules_of_the_alliance_change_from_a_day_on(
    run: Run, refused: Callable[..., None], by_two: Callable[..., None]
) -> None:
    by_two("bert", "alliance", "terms", "--from", "2099-01-01", "--points-per-unit", "200", "--funding", "on_issue")
    earning = ("--from", "2099-02-01", "--points-per-unit", "1.5", "--expiry-months", "6")
    by_two("carl", "alliance", "earning", *earning)
    printed = run("alliance", "show")
    assert "Old Town EUR Europe/Berlin weekly" in printed
    assert "1 Jan 2099 00:00 on_issue issuer 200 0 0" in printed
    assert "1 Feb 2099 00:00 1.5 6 0" in printed
    refused(
        ("alliance", "earning", "--from", "2098-01-01", "--points-per-unit", "2", "--expiry-months", "6"),
        "The moment must lie after 31 Jan 2099",
    )
    assert "retry_days 5" in run("rules", "set", "retry_days=5", "deposit_without_mandate=no")
    assert "deposit_without_mandate no" in run("rules", "show")
    refused(("rules", "set", "retry_days=91"), "retry_days must be from 0 to 90")
    refused(("rules", "set", "retry_day=1"), "there is no rule retry_day")


def test_name_and_windows_change_from_a_window_on(
    run: Run, refused: Callable[..., None], by_two: Callable[..., None], tmp_path: Path
) -> None:
    change = ("alliance", "change", "--from")
    by_two("bert", *change, "2099-01-01", "--settlement", "monthly", "--cutoff-day", "5", "--cutoff-at", "06:00")
    # 1 January 2099 is a Thursday, and weeks begin on Monday.
    assert "5 Jan 2099 00:00 Old Town Europe/Berlin monthly 5 06:00" in run("alliance", "show")
    path = tmp_path / "changed.toml"
    path.write_text(alliance_toml(name='"New Town"', timezone='"Europe/Paris"', settlement='"daily"'))
    by_two("carl", *change, "2099-03-01", "--file", "changed.toml")
    printed = run("alliance", "show")
    assert "5 Mar 2099 06:00 New Town Europe/Paris daily" in printed
    assert "Old Town EUR Europe/Berlin weekly" in printed
    # Both names find it.
    assert (
        run("alliance", "show", "--alliance", "New Town")
        == run("alliance", "show", "--alliance", "Old Town")
        == printed
    )
    refused((*change, "2099-09-01", "--timezone", "Europe/Bonn"), "Unknown time zone")
    refused((*change, "2099-09-01", "--file", "changed.toml"), "are already what was sent")
    refused((*change, "2099-09-01", "--file", "changed.toml", "--name", "X"), "--file states everything")
    refused((*change, "2099-09-01", "--name", "X"), "takes two people")


def test_what_takes_two_people_takes_two_by_command_too(
    run: Run, refused: Callable[..., None], owner: Callable[[str], tuple[str, str]]
) -> None:
    assert "bakery" in run("deposits", "pay-in", "bakery", "50.00", "--received", "receipt 17")
    assert "50.00" in run("shops")
    refused(("deposits", "pay-back", "bakery", "20.00"), "withdraw_deposit takes two people, and a key is not a person")
    ann = owner("ann@example.org")
    asked = run("deposits", "pay-back", "bakery", "20.00", *ann)
    approval = asked.rpartition("approve ")[2].strip("`")
    assert f"{approval} withdraw_deposit pending" in run("approvals", "list")
    bert = owner("bert@example.org")
    assert f"{approval} withdraw_deposit done" in run("approvals", "approve", approval, *bert)
    assert "bakery" in run("settle", "status")


def test_another_person_refuses(run: Run, owner: Callable[[str], tuple[str, str]]) -> None:
    ann = owner("ann@example.org")
    run("approvals", "limit", "adjust_points", "999999", *ann)
    (approval,) = re.findall(r"apr_\w+", run("approvals", "list"))
    bert = owner("bert@example.org")
    run("approvals", "refuse", approval, "--why", "too much", *bert)
    assert f"{approval} set_approval_limit rejected" in run("approvals", "list")


def test_who_asked_withdraws(run: Run, refused: Callable[..., None], owner: Callable[[str], tuple[str, str]]) -> None:
    ann = owner("ann@example.org")
    run("approvals", "limit", "adjust_points", "999999", *ann)
    (approval,) = re.findall(r"apr_\w+", run("approvals", "list"))
    refused(("approvals", "withdraw", approval, *owner("bert@example.org")), "Only that person can withdraw it")
    withdrawn = run("approvals", "withdraw", approval, *owner("ann@example.org"))
    assert f"{approval} set_approval_limit withdrawn" in withdrawn


def test_a_user_is_changed_and_disabled(run: Run, refused: Callable[..., None]) -> None:
    run("users", "add", "carl@example.org", "--role", "support")
    (carl,) = re.findall(r"usr_\w+", run("users", "list"))
    run("users", "change", carl, "--name", "Carl", "--role", "finance", "--disable")
    assert f"{carl} carl@example.org Carl finance" in run("users", "list")
    assert "/invitation#" in run("users", "invite", carl)
    refused(("users", "change", carl, "--role", "cashier"), "Nobody can move between the alliance and a shop")
    refused(("users", "invite", "usr_nobody"), "There is no user usr_nobody that you can see")


def test_serving_an_alliance_on_the_database_of_another_one_says_so(
    run: Run, refused: Callable[..., None], tmp_path: Path
) -> None:
    for name, changes, text in (
        ("other.toml", {"name": '"New Town"'}, "has Old Town, and no alliance New Town"),
        (
            "mine.toml",
            {"timezone": '"Europe/Paris"'},
            "in this database with timezone = Europe/Berlin, not Europe/Paris",
        ),
    ):
        (tmp_path / name).write_text(alliance_toml(**changes))
        refused(("serve", "--alliance", name), text)


MEMBERS = """ref;email;name;birthday;shop;points;release_on
card-1;jo@example.com;山田　太郎;31/12/1980;bakery;100;01/05/2024
card-2;ben@example.com;;;;;
card-3;kim@example.com;;31/12/1880;;;
card-4;lee@example.com;;;bakery;many;01/05/2024
card-5;sam@example.com;;;bakery;10;
card-6;;;;;;
"""
"""As a spreadsheet writes it; the last four rows can't be taken."""


def test_members_of_an_older_scheme_are_imported_once_and_each_row_that_fails_says_why(
    command: Command, run: Run, tmp_path: Path
) -> None:
    file = tmp_path / "members.csv"
    file.write_text(MEMBERS, encoding="utf-16")
    words = ("members", "import", str(file), "--database-url", f"sqlite:///{tmp_path / 'books.db'}")
    first, again = (command(*words, COLUMNS="200") for _ in range(2))
    assert (first.code, again.code) == (1, 1)
    assert "Rows imported: 2, of them before: 0. Members enrolled: 2. Rows failed: 4." in first.out
    assert "Rows imported: 2, of them before: 2. Members enrolled: 0. Rows failed: 4." in again.out
    for text in (
        "card-3",
        "`birthday`: it has to lie between 1900-01-01",
        "'many' is no whole number of points",
        "`release_on`: it is missing",
        "card-6",
    ):
        assert text in " ".join(first.out.split())
    file.write_text("\n".join(MEMBERS.splitlines()[:3]), encoding="utf-8")
    assert "Rows imported: 2" in run("members", "import", str(file))


def test_legal_texts_are_published_from_files_and_listed(
    run: Run, refused: Callable[..., None], tmp_path: Path
) -> None:
    files = {"en": tmp_path / "terms.txt", "zh": tmp_path / "terms.zh.txt"}
    files["en"].write_text("# Terms\n\nFair play.\n", encoding="utf-8")
    files["zh"].write_text("# 条款\n\n公平。\n", encoding="utf-8")
    publish = ("alliance", "publish", "terms", "--en", str(files["en"]), "--zh", str(files["zh"]))
    assert "Terms for members 1 " in run(*publish)
    assert "Terms for members 2 1 Jan 2099 00:00" in run(*publish, "--from", "2099-01-01")
    listed = run("alliance", "texts", "--lang", "zh")
    assert (listed.count("会员条款"), listed.count("command")) == (2, 2)
    refused((*publish, "--from", "2020-01-01"), "that is over")
    files["zh"].write_bytes("条款".encode("gb18030"))
    refused(publish, "is no text in UTF-8")
    refused((*publish[:-1], str(tmp_path / "none.txt")), "none.txt cant be read: No such file")
