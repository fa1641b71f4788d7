"""The doctor: each thing that may be wrong is found, with what to do about it, in both languages."""

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from coalition.access.caller import Role
from coalition.app import open_database
from coalition.clock import system_clock
from coalition.fake_stripe import FakeStripe
from coalition.jobs.store import JobKey, add_jobs
from coalition.jobs.worker import Worker
from coalition.locale.formats import Lang
from coalition.operation import doctor, examine_database
from coalition.operation.doctor import AUDIT, examine
from coalition.operation.doctor_text import ADVICE, LEVELS, NAMES, STATES, finding_text
from coalition.operation.examine_database import LARGE_ROWS
from coalition.operation.finding import Finding, Level
from coalition.payments.notices import EventNotices
from coalition.schedule import job_kinds
from coalition.serve.work import work_settings
from settlement.payments import Notice, NoticeKind, set_rail_account
from settlement.payments.tables import cash_lines
from settlement.rails import Direction
from settlement.rails.bank import BankRail, import_file
from tests.coalition.conftest import Command
from tests.support.bank import attempt, sepa_settings
from tests.support.camt import pain_002
from tests.support.clock import DAY
from tests.support.receiver import closed_port
from tests.support.settling import BANK
from tests.support.stripe import Control
from tests.support.tokens import Tokens
from tests.support.town_api import ApiTown, api_town, purchase


@pytest.fixture
def healthy(new_url: str) -> ApiTown:
    """A town whose jobs have been done just now."""
    with closing(open_database(new_url)) as database, api_town(database, system_clock) as town:
        purchase(town.till(), "k", amount_minor=1_000)
        Worker(town.alliances, job_kinds()).run_due()
        yield town


def findings_of(url: str, clock: Callable[[], int] = system_clock) -> dict[str, Finding]:
    return {finding.name: finding for finding in examine(url, clock)}


def test_of_a_healthy_one_all_is_ok_but_what_a_test_leaves_out(healthy: ApiTown, new_url: str) -> None:
    findings = findings_of(new_url)
    of_a_server = {"connections", "dead_rows", "statistics"} if healthy.database.is_sqlite else set()
    assert list(findings) == [name for name in NAMES if name not in of_a_server]
    # The tests' PostgreSQL leaves fsync out, and the doctor says so; their disk may be small.
    bad = {name for name, finding in findings.items() if finding.level is not Level.OK}
    # Nor has anybody said where people reach it, or become its owner, or given it a key for its secrets.
    assert {"address", "owner", "secrets"} <= bad
    assert bad <= {"address", "owner", "secrets", "disk"} | (set() if healthy.database.is_sqlite else {"durable"})
    assert findings["audit"].state == "audited_up_to"
    with healthy.session() as session:
        assert findings["audit"].values["posting"] == healthy.alliance.book.header(session).next_posting - 1
    text = finding_text(findings["audit"], "Europe/Berlin", "en")
    assert "{" not in text
    assert str(findings["audit"].values["full_at"]) not in text


def test_a_database_that_is_not_there_or_not_reached_is_named() -> None:
    assert findings_of("sqlite:///no/such.db")["database"].state == "missing"
    unreachable = findings_of("postgresql://nobody@127.0.0.1:1/none?connect_timeout=2")["database"]
    assert (unreachable.level, unreachable.state) == (Level.FAIL, "unreachable")
    assert findings_of("mysql://host/x")["database"].state == "unreachable"


def test_a_setting_that_cannot_be_used_is_named(new_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COALITION_CLOSE_GRACE_MINUTES", "soon")
    finding = findings_of(new_url)["configuration"]
    assert finding.level is Level.FAIL
    assert "COALITION_CLOSE_GRACE_MINUTES" in str(finding.values["why"])
    monkeypatch.delenv("COALITION_CLOSE_GRACE_MINUTES")
    monkeypatch.setenv("COALITION_SMTP_HOST", "mail.town.example")
    assert "COALITION_SMTP_FROM" in str(findings_of(new_url)["configuration"].values["why"])


def test_another_revision_of_the_schema_is_named(healthy: ApiTown, new_url: str) -> None:
    with healthy.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    finding = findings_of(new_url)["schema"]
    assert (finding.level, finding.values["revision"]) == (Level.FAIL, "0001")
    with healthy.database.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{finding.values['newest']}'")


def test_windows_and_audits_that_are_overdue_are_named(healthy: ApiTown, new_url: str) -> None:
    late = findings_of(new_url, lambda: system_clock() + 30 * DAY)
    assert (late["windows"].state, late["audit"].state) == ("overdue", "audit_old")
    assert late["windows"].level is late["audit"].level is Level.WARN


def test_an_audit_that_failed_or_never_ran_is_named(healthy: ApiTown, new_url: str) -> None:
    with healthy.database.engine.begin() as connection:
        connection.exec_driver_sql(
            f"UPDATE jobs SET failures = 1, error = 'AuditFails: balances' WHERE name = '{AUDIT}'"
        )
    assert (findings_of(new_url)["audit"].state, findings_of(new_url)["audit"].level) == ("audit_failed", Level.FAIL)
    with healthy.database.engine.begin() as connection:
        connection.exec_driver_sql(f"DELETE FROM jobs WHERE name = '{AUDIT}'")
        add_jobs(connection, [JobKey(healthy.alliance.id, AUDIT)], system_clock())
    assert findings_of(new_url)["audit"].state == "never_audited"


def test_notifications_that_do_not_get_out_are_named(
    healthy: ApiTown, new_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COALITION_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("COALITION_SMTP_PORT", str(closed_port()))
    monkeypatch.setenv("COALITION_SMTP_FROM", "points@town.example")
    notice = Notice("n1", 0, NoticeKind.MANDATE_ENDED.value, "bakery", "", {})
    with healthy.session() as session, session.transaction():
        row = (healthy.alliance.id, notice.id, 0, notice.kind, notice.participant, "", "{}", None)
        session.execute("INSERT INTO notices VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *row)
    Tokens(healthy.database, healthy.alliance.id, 0).user(Role.FINANCE)
    EventNotices(healthy.alliance.book).notify([notice])
    worker = Worker(healthy.alliances, job_kinds(), work_settings())
    worker.run_due()
    worker.stop()
    finding = findings_of(new_url)["notifications"]
    assert (finding.level, finding.values["count"]) == (Level.WARN, 1)
    assert "127.0.0.1" in str(finding.values["why"])


def test_clocks_that_differ_are_named(healthy: ApiTown, new_url: str) -> None:
    finding = findings_of(new_url, lambda: system_clock() + DAY)["clock"]
    assert finding.level is (Level.OK if healthy.database.is_sqlite else Level.FAIL)


def test_what_has_to_be_changed_at_stripe_is_named(
    healthy: ApiTown, new_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert findings_of(new_url)["stripe"].state == "no_stripe"
    with FakeStripe.start() as fake:
        monkeypatch.setenv("COALITION_STRIPE_KEY", "sk_test_x")
        monkeypatch.setenv("COALITION_STRIPE_URL", fake.url)
        finding = findings_of(new_url)["stripe"]
        assert (finding.level, finding.state) == (Level.FAIL, "stripe_not_ready")
        assert "set payouts to manual" in finding_text(finding, "UTC", "en")
        assert "将提现改为手动" in finding_text(finding, "UTC", "zh")
        control = Control(fake.url)
        control.start_over()
        control.http.close()
        assert findings_of(new_url)["stripe"].state == "stripe_ready"
    assert findings_of(new_url)["stripe"].state == "stripe_unread"


def test_rails_that_differ_from_the_book_or_are_not_set_up_here_are_named(healthy: ApiTown, new_url: str) -> None:
    assert findings_of(new_url)["rails"].state == "rails_agree"
    line = (healthy.alliance.id, "by_hand", "l1", 0, 700, 0, "", "found in the drawer")
    with healthy.session() as session, session.transaction():
        session.insert(cash_lines, [line])
    finding = findings_of(new_url)["rails"]
    assert (finding.level, finding.state, finding.values["rails"]) == (Level.FAIL, "rails_differ", "by_hand")
    with healthy.session() as session, session.transaction():
        session.insert(cash_lines, [(healthy.alliance.id, "bank", *line[2:])])
    finding = findings_of(new_url)["rails"]
    assert (finding.level, finding.state, finding.values["rails"]) == (Level.FAIL, "rails_missing", "bank")


def test_a_shop_whose_account_is_held_under_another_name_is_named(
    healthy: ApiTown, new_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bank.toml").write_text(BANK)
    monkeypatch.setenv("COALITION_BANK", str(tmp_path / "bank.toml"))
    assert findings_of(new_url)["payees"].state == "payees_match"
    book, settings, order = healthy.alliance.book, sepa_settings(), attempt("a", Direction.PAY)
    (seen,) = BankRail(book, settings).instruct([order])
    with healthy.session() as session:
        set_rail_account(book, session, "bakery", "bank", order.account.details)
    import_file(book, settings, "report.xml", pain_002("M", [(seen.reference, "RVMC", "")]))
    finding = findings_of(new_url)["payees"]
    assert (finding.level, finding.values["shops"]) == (Level.WARN, "bakery")


def test_a_plan_that_would_read_too_much_is_named(healthy: ApiTown, new_url: str) -> None:
    with healthy.database.engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_accounts_name"))
    finding = findings_of(new_url)["plans"]
    assert (finding.level, finding.values) == (Level.WARN, {"queries": "accounts.owner"})


def test_large_tables_that_are_not_looked_after_are_named(new_postgres_url: str) -> None:
    with closing(open_database(new_postgres_url)) as database, api_town(database, system_clock) as town:
        with database.engine.begin() as connection:
            connection.execute(text("ALTER TABLE lot_sweeps SET (autovacuum_enabled = off)"))
            rows = "INSERT INTO lot_sweeps SELECT n, 20240101 FROM generate_series(:first, :first + :count) AS n"
            connection.execute(text(rows), {"first": town.alliance.id + 1, "count": LARGE_ROWS})
            connection.execute(text("SELECT pg_stat_force_next_flush()"))
        with database.engine.begin() as connection:
            connection.execute(text("DELETE FROM lot_sweeps"))
            connection.execute(text("SELECT pg_stat_force_next_flush()"))
        findings = findings_of(new_postgres_url)
    assert [findings[name].level for name in ("dead_rows", "statistics")] == [Level.WARN, Level.WARN]
    assert findings["dead_rows"].values == {"tables": "lot_sweeps"}
    assert findings["connections"].level is Level.OK


@pytest.mark.parametrize(("lang", "word"), [("en", "FAIL"), ("zh", "失败")])
def test_the_command_ends_with_1_where_something_fails(command: Command, lang: Lang, word: str) -> None:
    ran = command("doctor", "--database-url", "sqlite:///none.db", "--lang", lang)
    assert (ran.code, ran.err) == (1, "")
    assert word in ran.out
    assert "coalition serve" in ran.out


def test_every_state_has_its_sentence_and_every_bad_one_its_advice() -> None:
    source = "".join(Path(part.__file__).read_text(encoding="utf-8") for part in (doctor, examine_database))
    assert set(re.findall(r'"([a-z_]+)"', source)) >= STATES.keys() | NAMES.keys()
    assert set(LEVELS) == set(Level)
    assert ADVICE.keys() <= STATES.keys()
    assert {"closed", "reached", "writes"}.isdisjoint(ADVICE)
