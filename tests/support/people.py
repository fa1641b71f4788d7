"""People in a town: they are invited, accept, log in; as they would, over HTTP."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pyotp
from fastapi.testclient import TestClient
from httpx2 import Response

from coalition.access.caller import STAFF, Role
from coalition.access.invite import add_invited_user, invite_first_owner, server_caller
from tests.support.clock import SECOND
from tests.support.tokens import Tokens, bearing
from tests.support.town_api import ApiTown

PASSWORD = "correct horse battery staple"  # noqa: S105 - everybody in a test has it


def stranger(town: ApiTown, base_url: str = "https://testserver") -> TestClient:
    """Somebody who is not logged in."""
    return TestClient(town.app, base_url=base_url, raise_server_exceptions=False)


@dataclass
class Person:
    """A user with a password and, where the role takes one, an authenticator app."""

    town: ApiTown
    id: str
    email: str
    secret: str | None

    def code(self) -> str | None:
        """What the app shows half a minute later: each code counts once."""
        if self.secret is None:
            return None
        return pyotp.TOTP(self.secret).at(self.town.clock.forward(30 * SECOND) // SECOND)

    def try_to_log_in(self, client: TestClient, **changes: object) -> Response:
        """The answer to a log-in with these fields changed."""
        body = {"email": self.email, "password": PASSWORD, "code": self.code(), **changes}
        return client.post("/v1/sessions", json={name: value for name, value in body.items() if value is not None})

    def log_in(self) -> TestClient:
        """A client that calls in a new session."""
        client = stranger(self.town)
        got = self.try_to_log_in(client)
        assert got.status_code == 201, got.text
        client.headers["Authorization"] = f"Bearer {got.json()['token']}"
        return client


def invitation_in(town: ApiTown) -> str:
    """The token of the invitation that was sent last; others may have been told of it since."""
    matches = (re.search(r"#(invitation_\S+)", text) for _, text in reversed(town.messages.sent))
    return next(match[1] for match in matches if match is not None)


def accept(town: ApiTown, token: str) -> Person:
    """Choose a password, and set up the app where one is offered."""
    client = stranger(town)
    offer = client.post("/v1/invitations/look", json={"token": token}).json()
    uri = offer["authenticator_uri"]
    secret = None if uri is None else parse_qs(urlsplit(uri).query)["secret"][0]
    person = Person(town, offer["user"]["id"], offer["user"]["email"], secret)
    body = {"token": token, "password": PASSWORD, "code": person.code()}
    got = client.post("/v1/invitations/accept", json={name: value for name, value in body.items() if value is not None})
    assert got.status_code == 200, got.text
    return person


def person(town: ApiTown, role: Role, shop: str | None = None, email: str | None = None) -> Person:
    """Somebody in this role, who has accepted an invitation of the command on the server: it is nobody's doing."""
    address = email or f"{role}-{shop}@example.org"
    with town.database.engine.begin() as connection:
        caller, now = server_caller(town.alliance.id), town.clock()
        token = add_invited_user(connection, caller, address, "Ann", role, shop, "en", now)[1]
    return accept(town, token)


def first_owner(town: ApiTown) -> Person:
    """The owner whom the first start invites."""
    token = invite_first_owner(town.database, town.alliance.id, town.clock(), "owner@example.org", "en")
    assert token is not None
    return accept(town, token)


def has_second_factor(role: Role) -> bool:
    """Whether somebody in this role logs in with a code."""
    return role in STAFF


def by_two_people(town: ApiTown, ask: Callable[[TestClient], Response], asker: TestClient | None = None) -> Response:
    """The answer to what an owner asks for once, and again where another person had to approve it."""
    asker, approver = asker or logged_in(town), logged_in(town, Role.FINANCE)
    answer = ask(asker)
    if answer.json().get("code") == "approval_awaited":
        waiting = re.search(r"apr_\w+", answer.json()["detail"])
        assert waiting is not None
        assert approver.post(f"/v1/approvals/{waiting[0]}/approve").json()["status"] == "done"
        answer = ask(asker)
    return answer


def logged_in(town: ApiTown, role: Role = Role.OWNER, shop: str = "bakery") -> TestClient:
    """Somebody new in this role, without the ceremonies: whom nobody has invited."""
    tokens = Tokens(town.database, town.alliance.id, town.clock())
    return TestClient(town.app, headers=bearing(tokens.new(role, shop)), raise_server_exceptions=False)
