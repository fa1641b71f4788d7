"""A town behind the API: an alliance with shops, and clients that call as each kind of caller."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from fractions import Fraction
from typing import Any

from fastapi.testclient import TestClient

from coalition.access.caller import Role
from coalition.access.invite import COMMAND
from coalition.access.key_store import add_key, begun
from coalition.access.tokens import new_token
from coalition.alliance import Alliance, Alliances
from coalition.api.app import create_app
from coalition.members.add_members import MemberToAdd, add_members
from coalition.programme.open_alliance import open_alliance
from coalition.programme.rules import AllianceRules
from settlement import Funding
from settlement.audit import audit_book
from settlement.ledger import Database, Participant, Session
from tests.support.books import SHOPS, check_book
from tests.support.clock import Clock

RULES = AllianceRules(
    name="Old Town",
    currency="EUR",
    minor_digits=2,
    timezone="Europe/Berlin",
    points_per_unit=Fraction(100),
    earn_points_per_unit=Fraction(5),
    expiry_months=12,
    settlement="weekly",
    funding=Funding.ON_REDEMPTION,
    spend_by_id_up_to_minor=10**12,
)
"""A point is a cent; a euro paid in money earns five. An id alone spends, which an alliance has to decide on."""

STRICT = replace(RULES, spend_by_id_up_to_minor=0)
"""The same, where spending takes a pay code or the member's yes."""

MEMBERS = ("ann", "bob", "cleo", "dan")
"""Members who are there from the start, under ids that read well."""


ApiAnswer = dict[str, Any]
"""What the API answered: the body, with `status` where that has none, and `replayed`."""


def send(client: TestClient, path: str, key: str | None, **body: object) -> ApiAnswer:
    """Post a body under an idempotency key."""
    answer = client.post(path, json=body, headers={} if key is None else {"Idempotency-Key": key})
    replayed = answer.headers.get("Idempotent-Replayed")
    return {"status": answer.status_code, **answer.json(), "replayed": replayed}


def purchase(client: TestClient, key: str, **body: object) -> ApiAnswer:
    """A purchase of Ann's at the bakery, where nothing else is said."""
    return send(client, "/v1/purchases", key, **{"shop": "bakery", "member": "ann", **body})


class FakeMessenger:
    """Keeps what would be sent: (to, text), the newest last."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, to: str, subject: str, text: str) -> None:
        """Keep a message."""
        self.sent.append((to, f"{subject}: {text}"))


class ApiTown:
    """An alliance with four shops behind the API. `client(role)` calls as somebody."""

    def __init__(
        self, database: Database, clock: Clock, rules: AllianceRules = RULES, *, sandbox: bool = False
    ) -> None:
        book = open_alliance(database, rules, clock, sandbox=sandbox)
        book.add_participants(Participant(0, shop) for shop in SHOPS)
        self.database = database
        self.clock = clock
        self.alliances = Alliances(database, clock)
        self.alliance: Alliance = self.alliances.get(book.alliance_id)
        with database.engine.begin() as connection:
            for member in MEMBERS:
                add_members(connection, self.alliance.id, [MemberToAdd(member)], clock())
        self.messages = FakeMessenger()
        # Unlimited: a test's clients all come from one address.
        self.app = create_app(self.alliances, rate_scale=0, messenger=self.messages)

    def key(self, role: Role = Role.OPERATOR, shop: str | None = None) -> str:
        """A new API key."""
        key = new_token(self.alliance.id)
        with self.database.engine.begin() as connection:
            add_key(connection, self.alliance.id, key, begun(key, role, "test", COMMAND, self.clock(), shop))
        return key.text

    def client(self, role: Role = Role.OPERATOR, shop: str | None = None) -> TestClient:
        """A client that calls with a new key. Its errors are answers, as over a socket."""
        headers = {"Authorization": f"Bearer {self.key(role, shop)}"}
        return TestClient(self.app, headers=headers, raise_server_exceptions=False)

    def session(self) -> AbstractContextManager[Session]:
        """A connection to the book, closed at the end of a `with`."""
        return closing(self.database.session())

    def till(self, shop: str = "bakery") -> TestClient:
        """A shop's till."""
        return self.client(Role.TILL, shop)


def check_audit(town: ApiTown) -> None:
    """The whole audit of the town's book is sound."""
    with town.session() as session:
        audit = audit_book(town.alliance.book, session)
    assert audit.ok, audit


@contextmanager
def api_town(database: Database, clock: Clock, rules: AllianceRules = RULES) -> Iterator[ApiTown]:
    """A town that is stopped, and audited, in the end."""
    town = ApiTown(database, clock, rules)
    try:
        yield town
    finally:
        town.alliances.close()
    check_book(town.alliance.book)
