"""The real year behind the console: 155,848 purchases at 457 shops, its last window open, and people who look at it."""

import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from coalition.access.caller import Caller, Role
from coalition.access.invite import COMMAND, add_invited_user, server_caller
from coalition.access.key_store import add_key, begun
from coalition.access.session_store import add_session
from coalition.access.tokens import new_token
from coalition.access.user import lifetime_of
from coalition.access.user_store import find_user_by_email
from coalition.alliance import Alliance, Alliances
from coalition.api.app import create_app
from coalition.demo import journey
from coalition.events.relay import catch_up
from coalition.programme.rules import AllianceRules, read_alliance
from coalition.purchases.file import read_purchases
from coalition.replay.replay import replay
from coalition.reports.count_postings import count_next, is_behind
from settlement.ledger import Database
from tests.reference.year import purchases
from tests.support.clock import Clock, instant

LAST_EVENING = instant("2017-12-31T23:00", "America/New_York")
"""Of the year, within its last window."""
SHOP = "367"
URL = "http://localhost"
OWNER, MANAGER = "olga@journey.example", "mona@journey.example"
PEOPLE = ((OWNER, "Olga Stern", Role.OWNER, None), (MANAGER, "Mona Sommer", Role.MANAGER, SHOP))


@dataclass(frozen=True, slots=True)
class YearTown:
    """The year's alliance, and the app that serves it."""

    alliance: Alliance
    app: FastAPI
    clock: Clock

    def staff(self, email: str) -> Caller:
        """A user as a caller."""
        with self.alliance.database.engine.connect() as connection:
            user = find_user_by_email(connection, self.alliance.id, email)
        if user is None:
            raise LookupError(email)
        return user.caller()

    def session(self, email: str) -> str:
        """A session of a user's."""
        caller = self.staff(email)
        with self.alliance.database.engine.begin() as connection:
            new = add_session(connection, caller.alliance_id, caller.id, lifetime_of(caller.role), "", self.clock())
        return new.token.text

    def client(self, role: Role = Role.OPERATOR, shop: str | None = None) -> TestClient:
        """A client of the API with a new key."""
        key = new_token(self.alliance.id)
        with self.alliance.database.engine.begin() as connection:
            add_key(connection, self.alliance.id, key, begun(key, role, "year", COMMAND, self.clock(), shop))
        headers = {"Authorization": f"Bearer {key.text}"}
        return TestClient(self.app, headers=headers, raise_server_exceptions=False)


def year_rules() -> AllianceRules:
    """The rules of the year's alliance."""
    with tempfile.TemporaryDirectory() as folder:
        toml = Path(folder, "alliance.toml")
        toml.write_text(journey.alliance_toml("on_redemption"), encoding="utf-8")
        return read_alliance(toml)


def fill_year(database: Database) -> None:
    """Replay the year, but for the close of its last window, and count it for the reports."""
    rules = year_rules()
    rows = read_purchases(purchases(), rules.book_settings.calendar, rules.minor_digits).rows
    replay(rows, rules, database, lambda done: None, close_last=False)
    with closing(Alliances(database, Clock(LAST_EVENING))) as alliances:
        alliance = alliances.get(1)
        invite_people(database, alliance.id, LAST_EVENING)
        count_all(alliance)


def invite_people(database: Database, alliance_id: int, now: int) -> None:
    """An owner of the alliance, and a manager of the shop with the most to say."""
    with database.engine.begin() as connection:
        for email, name, role, shop in PEOPLE:
            add_invited_user(connection, server_caller(alliance_id), email, name, role, shop, "en", now)


def count_all(alliance: Alliance) -> None:
    """Count all postings for the reports, as the job does."""
    with closing(alliance.database.session()) as session:
        while is_behind(alliance):
            count_next(alliance, session)


def publish_all(alliance: Alliance) -> None:
    """Publish all postings, as the job does."""
    while catch_up(alliance):
        pass


@contextmanager
def year_town(database: Database) -> Iterator[YearTown]:
    """The year, which a database is filled with, on its last evening."""
    clock = Clock(LAST_EVENING)
    alliances = Alliances(database, clock)
    alliance = alliances.get(1)
    try:
        yield YearTown(alliance, create_app(alliances, rate_scale=0), clock)
    finally:
        alliances.close()


@dataclass
class Api:
    """What the API answers to somebody, each answer read once."""

    client: TestClient
    kept: dict[str, Any] = field(default_factory=dict)

    def get(self, path: str) -> Any:
        """An answer."""
        if path not in self.kept:
            answer = self.client.get(path, headers={"accept": "application/json"})
            assert answer.status_code == 200, (path, answer.text)
            self.kept[path] = answer.json()
        return self.kept[path]
