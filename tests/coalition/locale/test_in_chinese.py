"""Whatever a person reads in Chinese has no English sentence in it."""

import csv
import json
import re
from contextlib import closing
from io import BytesIO, StringIO
from pathlib import Path
from string import Formatter

import pytest
from pypdf import PdfReader
from rich.console import Console

from coalition.access.messages import code_message, invitation_message
from coalition.api.field_texts import TEXTS, field_phrase
from coalition.api.problems import fields_of, invalid
from coalition.demo.journey import STEPS
from coalition.earning.rates import parse_rate
from coalition.journal.chart import KINDS, built_in_chart
from coalition.journal.entry_text import account_text, entry_text
from coalition.locale.check import CJK, english_runs
from coalition.locale.error_text import error_text, phrase_text
from coalition.locale.formats import Lang
from coalition.locale.messages import translate
from coalition.members.contacts import email
from coalition.members.errors import ContactInvalid
from coalition.notifications.message import ROUTES, Town, compose
from coalition.operation.doctor_text import ADVICE, LEVELS, NAMES, STATES, finding_text
from coalition.operation.finding import Finding, Level
from coalition.programme.rules import read_alliance
from coalition.purchases.file import read_purchases
from coalition.replay.replay import replay
from coalition.replay.summary import show, summarise
from coalition.settings import SettingsInvalid, read_settings
from coalition.statements import render
from settlement import Minor, reason_of
from settlement.clearing import JournalEntry, JournalLine, LineKind, MoneyAccount
from settlement.ledger import OPERATOR, POOL, Database
from settlement.payments import Notice, NoticeKind
from tests.coalition.statements.made import EVERY_KIND, made
from tests.support.books import make_settings
from tests.support.town import alliance_toml, write_town

LANG: Lang = "zh"
NAME = "春风茶社"
THIS_YEAR = 1_780_264_800_000_000


def check(text: str) -> None:
    """A text is in Chinese, and no sentence in it is English."""
    assert english_runs(text) == [], text
    assert re.search(CJK, text), text


@pytest.mark.parametrize("participant", [NAME, OPERATOR, POOL])
@pytest.mark.parametrize("business", [True, False])
def test_a_statement_in_every_format(participant: str, business: bool) -> None:  # noqa: FBT001 - a case of the test
    kinds = {OPERATOR: (LineKind.REDEEM_FEE, LineKind.ISSUE_FEE, LineKind.EXPIRED), POOL: (LineKind.ISSUED,)}
    parts = [part for part in EVERY_KIND if part[0] in kinds.get(participant, tuple(LineKind))] if business else []
    statement, moves = made(parts, participant=participant, alliance="老街联盟", carried_over=Minor(-700))
    check(render(statement, moves, "text", LANG).decode())
    pages = PdfReader(BytesIO(render(statement, moves, "pdf", LANG))).pages
    check("\n".join(page.extract_text() for page in pages))
    for row in csv.DictReader(StringIO(render(statement, moves, "csv", LANG).decode("utf-8-sig"))):
        check(row["title"])
    document = json.loads(render(statement, moves, "json", LANG))
    for text in (document["headline"], *(section["title"] for section in document["sections"])):
        check(text)


@pytest.mark.parametrize("owner", [NAME, OPERATOR, POOL])
def test_the_journal(owner: str) -> None:
    for kind in KINDS.values():
        account = MoneyAccount(kind, owner)
        check(account_text(account, LANG))
        code = built_in_chart(LANG).code_of(account)
        assert code is not None
        check(code.name)
        for part in (*LineKind, ""):
            line = JournalLine(account, 5, part)
            check(entry_text(JournalEntry(1, THIS_YEAR, "close:0", (line,)), line, make_settings().calendar, LANG))
            check(entry_text(JournalEntry(1, THIS_YEAR, "deposit-1", (line,)), line, make_settings().calendar, LANG))


@pytest.mark.parametrize("kind", list(NoticeKind))
@pytest.mark.parametrize("route", [*ROUTES, ""])
def test_a_notice_of_every_kind(kind: NoticeKind, route: str) -> None:
    facts = {
        "route": route,
        "minor": 1250,
        "open_minor": 5,
        "window": THIS_YEAR,
        "due_on": 20240520,
        "payer": NAME,
        "counterparty": "老街书店",
        "why": "余额不足",
    }
    notice = Notice("n1", THIS_YEAR, kind.value, NAME, "p1", facts)
    for text in compose(notice, Town(make_settings(name="老街联盟"), make_settings().calendar, str), LANG):
        check(text)


def test_a_code_and_an_invitation() -> None:
    for text in (
        *code_message("老街联盟", "123456", 5, LANG),
        *invitation_message("老街联盟", "https://x.example/invitation#t", 7, LANG),
    ):
        check(text)


@pytest.mark.parametrize("state", STATES)
def test_every_finding_of_the_doctor(state: str) -> None:
    names = {name for _, name, _, _ in Formatter().parse(STATES[state]) if name}
    values = {name: THIS_YEAR if name in ("at", "full_at") else "甲" for name in names}
    check(finding_text(Finding("audit", Level.OK, state, values), "Europe/Berlin", LANG))
    if state in ADVICE:
        check(finding_text(Finding("audit", Level.FAIL, state, values), "Europe/Berlin", LANG))


def test_the_names_of_what_the_doctor_looks_at_and_of_the_demos_steps() -> None:
    for text in (*NAMES.values(), *LEVELS.values(), *STEPS.values()):
        check(translate(text, LANG))


def test_the_summary_of_a_replay(database: Database, tmp_path: Path) -> None:
    write_town(tmp_path, alliance=alliance_toml(name='"老街联盟"'))
    rules = read_alliance(tmp_path / "alliance.toml")
    rows = read_purchases(tmp_path / "purchases.csv", rules.book_settings.calendar, rules.minor_digits).rows
    console = Console(file=StringIO(), width=120, markup=False)
    show(console, summarise(replay(rows, rules, database, lambda _: None)), LANG)
    with closing(console.file):
        check(console.file.getvalue())


@pytest.mark.parametrize("error", TEXTS)
def test_every_error_of_a_field(error: str) -> None:
    names = {name for _, name, _, _ in Formatter().parse(TEXTS[error]) if name}
    values = dict.fromkeys(names, "甲")
    problem = phrase_text(field_phrase(error, values), LANG)
    check(problem)
    wrong = invalid("lines.0.ref", error, **values)
    check(error_text(wrong, LANG))
    assert [it.problem for it in fields_of(wrong, "", LANG)] == [problem]


@pytest.mark.parametrize(
    "variables",
    [
        {"SMTP_PORT": "mail"},
        {"SMTP_PORT": "0"},
        {"SMTP_PORT": "65536"},
        {"SMTP_SECURITY": "tls"},
        {"CLOSE_GRACE_MINUTES": "1.5"},
        {"WEBHOOKS_ALLOW_PRIVATE": "perhaps"},
        {"SMTP_HOST": "mail.example"},
        {"SMTP_PORT": "x", "RATE_SCALE": "y"},
    ],
    ids=str,
)
def test_settings_that_cannot_be_used(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(f"COALITION_{name}", value)
    with pytest.raises(SettingsInvalid) as error:
        read_settings()
    text = error_text(error.value, LANG)
    assert all(f"COALITION_{name}" in text for name in variables)
    check(re.sub(r"COALITION_\w+", "", text))


@pytest.mark.parametrize("address", ["nobody", "a@b@c.example", "ann@-.example", "ann@example..com"])
def test_an_address_that_is_none(address: str) -> None:
    with pytest.raises(ContactInvalid) as error:
        email(address)
    check(error_text(error.value, LANG).replace(address, "").replace("ann@example.com", ""))


@pytest.mark.parametrize("rate", ["a lot", "1e99"])
def test_a_rate_that_is_none(rate: str) -> None:
    with pytest.raises(ValueError, match="it must") as error:
        parse_rate(rate)
    problem = invalid("points_per_unit", "unusable", why=reason_of(error.value))
    check(error_text(problem, LANG))
    (field,) = fields_of(problem, "", LANG)
    check(field.problem)
