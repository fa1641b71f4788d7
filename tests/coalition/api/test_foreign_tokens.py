"""Every route with every token that it is not for: 401, 403 or 404, and nothing is changed.

The routes are the application's own. A new one that names something, by its path or its body, needs a case here: the
test fails and says which. One that names nothing is covered by itself.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlalchemy import select

from coalition.access.caller import SHOP, Caller, Role
from coalition.access.key_store import revoke_key
from coalition.access.tokens import TokenKind, new_token
from coalition.api.access import roles_of
from coalition.api.routing import routers
from coalition.programme.open_alliance import open_alliance
from coalition.schema import metadata
from settlement.ledger import Participant
from tests.support.cases import ALLIANCE, ITEMS, MEMBERS_OWN, PERSON, SHOPS_OWN, Case, cases
from tests.support.clock import DAY
from tests.support.tokens import Tokens, bearing
from tests.support.town_api import RULES, ApiTown

PUBLIC = {
    "logIn",
    "lookUpUserInvitation",
    "acceptUserInvitation",
    "sendMemberCode",
    "sendJoinCode",
    "joinAlliance",
    "getPublicAlliance",
    "listPublicShops",
    "getPublicShop",
    "listPublicLegalTexts",
    "getPublicImage",
    "getLinkedGift",
    "logInMember",
    "startPasskeyLogIn",
    "connectTill",
    "createTillChallenge",
    "createTillSession",
    "logInWithPasskey",
    "receiveStripeWebhook",
    "getLiveness",
    "getReadiness",
}
"""Routes for those who are not logged in yet, for what is signed instead, and for who watches over the server."""
OF_DEVICES = {"getOwnTill"}
"""Routes for connected tills, which no key is."""
ROUTES_AT_ONCE = 20
"""After so many it is looked whether any has changed something: to read the whole database takes long."""


def api_routes() -> list[APIRoute]:
    """All operations of the API. What people open in a browser is none: pages, and that of the reference."""
    routes = [route for router in routers() for route in router.routes if isinstance(route, APIRoute)]
    return [route for route in routes if route.include_in_schema]


class Matrix:
    """Our town, another alliance in the same database, and a request for each route."""

    def __init__(self, town: ApiTown) -> None:
        self.town = town
        self.numbers = count(1)
        self.client = TestClient(town.app, raise_server_exceptions=False)
        now = town.clock() + 7 * DAY
        self.ours = Tokens(town.database, town.alliance.id, now)
        others = open_alliance(town.database, replace(RULES, name="New Town"), town.clock)
        others.add_participants([Participant(0, "elsewhere")])
        self.theirs = Tokens(town.database, others.alliance_id, now)
        self.cases = cases(town, self.ours)
        # What the cases sold is written down now, and not while somebody foreign calls.
        town.app.state.approvals.key_sums.flush()
        invitation = new_token(town.alliance.id, TokenKind.INVITATION)
        key = town.key()
        self.strangers = {
            "no token": None,
            "a revoked key": self._revoked(),
            "a key that never was": new_token(town.alliance.id).text,
            "another secret": key[:-4] + ("AAAA" if key[-4:] != "AAAA" else "BBBB"),
            "an invitation": invitation.text,
            "garbage": "garbage",
        }

    def _revoked(self) -> str:
        token = self.town.key()
        with self.town.database.engine.begin() as connection:
            assert revoke_key(connection, self.town.alliance.id, token.split("_")[2], self.town.clock())
        return token

    def foreign(self, case: Case, roles: frozenset[Role]) -> Iterator[tuple[str, str | None, set[int]]]:
        """Tokens that a request is not for: what they are, the token, and the answers that are right."""
        for what, token in self.strangers.items():
            yield what, token, {401}
        for role in sorted(set(Role) - roles):
            yield f"a {role} of ours", self.ours.new(role), {403}
        for role in sorted(roles):
            if ALLIANCE in case.of:
                yield f"a {role} of another alliance", self.theirs.new(role, "elsewhere"), {403, 404}
            if SHOPS_OWN in case.of and role in SHOP:
                yield f"a {role} of another shop", self.ours.new(role, "cafe"), {403, 404}
            if MEMBERS_OWN in case.of and role is Role.MEMBER:
                yield "another member", self.ours.new(role, member="mem_another"), {403, 404}
            if PERSON in case.of:
                yield f"another {role}", self.ours.new(role, member="mem_ben"), {403, 404}

    def send(self, route: APIRoute, method: str, case: Case, token: str | None) -> int:
        """The status of a request; that of the one write in a batch, each of which is answered by itself."""
        headers = {**bearing(token), "Idempotency-Key": f"foreign-{next(self.numbers)}", "If-Match": "*"}
        got = self.client.request(
            method, route.path.format(**case.path), json=case.body, params=case.query, headers=headers
        )
        if route.operation_id in ITEMS and got.status_code == 200:
            return int(got.json()["data"][0]["status"])
        return got.status_code

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that the database has of our alliance; of keys, sessions and users those that the cases name."""
        named = [case.path["id"] for case in self.cases.values() if "id" in case.path]
        contents = {}
        with self.town.database.engine.connect() as connection:
            for table in metadata.sorted_tables:
                query = select(table).where(table.c.alliance_id == self.town.alliance.id)
                if table.name in ("api_keys", "sessions", "users"):
                    query = query.where(table.c.id.in_(named))
                contents[table.name] = sorted((tuple(row) for row in connection.execute(query)), key=str)
        return contents


def missing(route: APIRoute, case: Case | None) -> str | None:
    """What a route's case lacks; None where it lacks nothing."""
    names = {param.name for param in route.dependant.path_params}
    if names and (case is None or set(case.path) != names):
        return f"{route.operation_id}: a Case with the path {sorted(names)}"
    asked = {param.name for param in route.dependant.query_params if param.field_info.is_required()}
    if asked and (case is None or set(case.query) != asked):
        return f"{route.operation_id}: a Case with the query {sorted(asked)}"
    if route.body_field is not None and (case is None or case.body is None):
        return f"{route.operation_id}: a Case with a body"
    return None


def test_every_route_turns_every_foreign_token_away_and_changes_nothing(town: ApiTown) -> None:
    matrix = Matrix(town)
    wrong: list[str] = []
    sent = 0
    before, since = matrix.rows(), list[str]()
    for number, route in enumerate(api_routes(), 1):
        if route.operation_id in PUBLIC:
            continue
        roles = roles_of(route.dependant)
        case = matrix.cases.get(str(route.operation_id))
        lacking = missing(route, case)
        if roles is None or lacking is not None:
            wrong.append(lacking or f"{route.operation_id}: asks nobody who they are, and is not in PUBLIC")
            continue
        for method in route.methods:
            for what, token, right in matrix.foreign(case or Case(), roles):
                status = matrix.send(route, method, case or Case(), token)
                sent += 1
                if status not in right:
                    wrong.append(f"{route.operation_id} by {what}: {status}, not {sorted(right)}")
        since.append(str(route.operation_id))
        if number % ROUTES_AT_ONCE:
            continue
        after = matrix.rows()
        changed = [name for name in before if before[name] != after[name]]
        if changed:
            wrong.append(f"one of {since} changes {changed}")
        before, since = after, []
    assert before == matrix.rows(), f"one of {since}"
    assert not wrong, "\n".join(wrong)
    assert sent > 500


def test_the_owners_own_requests_are_well_formed(town: ApiTown) -> None:
    matrix = Matrix(town)
    refused = {}
    for route in api_routes():
        case = matrix.cases.get(str(route.operation_id), Case())
        roles = roles_of(route.dependant)
        if roles is None or route.operation_id in PUBLIC | OF_DEVICES or "GET" not in route.methods:
            continue
        role = Role.OWNER if Role.OWNER in roles else min(roles)
        status = matrix.send(route, "GET", case, matrix.ours.new(role))
        if status != 200:
            refused[route.operation_id] = status
    assert refused == {}, refused


def test_no_two_operations_have_the_same_name(town: ApiTown) -> None:
    names = [route.operation_id for route in api_routes()]
    assert [name for name in names if names.count(name) > 1] == []


def test_a_caller_knows_whose_things_are_whose() -> None:
    till = Caller(1, "key:1", Role.TILL, "bakery")
    assert (till.may_act_for_shop("bakery"), till.may_act_for_shop("cafe")) == (True, False)
