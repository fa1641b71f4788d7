"""Every route with every token that it is not for: 401, 403 or 404, and nothing is changed.

The routes are the application's own. A new one that names something, by its path or its body, needs a case here: the
test fails and says which. One that names nothing is covered by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from sqlalchemy import insert, select

from coalition.access.caller import EVERYBODY, SHOP, Caller, Role
from coalition.access.keys import Sort, new_key
from coalition.access.store import revoke_key
from coalition.access.tables import passkeys
from coalition.api.access import Allowed, caller
from coalition.programme.open_alliance import open_alliance
from coalition.schema import metadata
from settlement import Participant
from tests.support.clock import DAY
from tests.support.tokens import Tokens, bearing
from tests.support.town_api import RULES, ApiTown, purchase, send

PUBLIC = {
    "logIn",
    "lookAtInvitation",
    "acceptInvitation",
    "sendMemberCode",
    "logInMember",
    "optionsToLogIn",
    "logInWithPasskey",
    "takeStripeWebhook",
    "live",
    "ready",
}
"""Routes for those who are not logged in yet, for what is signed instead, and for who watches over the server."""

ALLIANCE, SHOPS_OWN, PERSON = "alliance", "shop", "person"


@dataclass(frozen=True)
class Case:
    """A request that names things of the bakery's, or of a person's, in our alliance.

    `of` says to whom they are foreign: to another `alliance`, to another `shop` of ours, to another `person`.
    """

    path: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    of: tuple[str, ...] = ()


def cases(town: ApiTown, tokens: Tokens) -> dict[str, Case]:
    """A case for each route that names something, by its operation."""
    till = town.till()
    bought = str(purchase(till, "p1", amount_minor=10_000)["id"])
    purchase(town.till("cafe"), "p2", shop="cafe", amount_minor=100, points="all")
    window = town.client().get("/v1/windows").json()["data"][0]["id"]
    town.clock.forward(7 * DAY)
    assert town.client().post(f"/v1/windows/{window}/close").status_code == 200
    hold = str(send(till, "/v1/holds", "h1", shop="bakery", member="ann", points=10)["id"])
    owner = bearing(tokens.new(Role.OWNER))
    client = TestClient(town.app)
    session = client.get("/v1/sessions", headers=owner).json()[0]["id"]
    subject = client.get("/v1/session", headers=owner).json()["id"]
    with town.database.engine.begin() as connection:
        connection.execute(
            insert(passkeys).values(
                alliance_id=town.alliance.id,
                id="cGFzc2tleQ",
                subject=subject,
                name="x",
                public_key=b"x",
                sign_count=0,
                created_at=0,
            )
        )
    key = town.client().post("/v1/keys", json={"label": "x", "role": "till", "shop": "bakery"}).json()["id"]
    user = tokens.user(Role.CASHIER).id
    many = {"shop": "bakery", "member": "ann", "points": 10**6, "reason": "x"}
    client.headers.update(owner)
    approval = send(client, "/v1/adjustments", "a1", **many)["approval"]
    complaint = {"shop": "bakery", "window": window, "statement": "x"}
    dispute = till.post("/v1/disputes", json=complaint).json()["id"]
    deposit = {"shop": "bakery", "amount_minor": 100, "received": "x"}
    paid = send(town.client(), "/v1/deposits", "dep1", **deposit)["payment"]["id"]
    page = {"done_url": "https://x.example/", "back_url": "https://x.example/"}
    rules = town.client().get("/v1/payment-rules").json()
    del rules["approval"]
    sale = {"shop": "bakery", "member": "ann", "amount_minor": 100}
    shops = (ALLIANCE, SHOPS_OWN)
    later = "2030-01-01T00:00:00Z"
    return {
        "createTerms": Case(body={"effective_at": later, "points_per_unit": "100", "funding": "on_redemption"}),
        "createEarningRules": Case(body={"effective_at": later, "earn_points_per_unit": "1", "expiry_months": 1}),
        "moveClock": Case(body={"forward_seconds": 60}),
        "createShop": Case(body={"ref": "florist", "name": "Florist"}),
        "getShop": Case({"shop": "bakery"}, of=(ALLIANCE,)),
        "changeShop": Case({"shop": "bakery"}, {"name": "X"}, of=shops),
        "getShopRisk": Case({"shop": "bakery"}, of=shops),
        "setShopLimit": Case({"shop": "bakery"}, {"credit_minor": 0}, of=shops),
        "createPurchase": Case(body=sale, of=shops),
        "quotePurchase": Case(body=sale, of=shops),
        "getPurchase": Case({"purchase": bought}, of=shops),
        "createRefund": Case(body={"purchase": bought}, of=shops),
        "createHold": Case(body={"shop": "bakery", "member": "ann", "points": 5}, of=shops),
        "captureHold": Case({"hold": hold}, {"points": 5}, of=shops),
        "releaseHold": Case({"hold": hold}, of=shops),
        "getHold": Case({"hold": hold}, of=shops),
        "createBatch": Case(body={"purchases": [{**sale, "idempotency_key": "b1"}]}, of=shops),
        # Every alliance has a window of this name.
        "getWindow": Case({"window": window}),
        "closeWindow": Case({"window": window}),
        "planWindow": Case({"window": window}),
        "getStatement": Case({"window": window, "shop": "bakery"}, of=shops),
        "getPayment": Case({"payment": paid}, of=shops),
        "confirmPayment": Case({"payment": paid}, {"said": "returned", "evidence": "x"}, of=shops),
        # Treasurers alone move deposits, and of their own alliance's shops alone.
        "createDeposit": Case(body=deposit, of=(ALLIANCE,)),
        "createWithdrawal": Case(body={"shop": "bakery", "amount_minor": 100}, of=(ALLIANCE,)),
        "matchLine": Case(body={"rail": "by_hand", "line": "x", "payment": paid}, of=(ALLIANCE,)),
        "setPaymentRules": Case(body={**rules, "grace_days": 11}),
        "getPaymentAccount": Case({"shop": "bakery"}, of=shops),
        "setPaymentAccount": Case({"shop": "bakery"}, {"rail": None}, of=shops),
        "onboardAtStripe": Case({"shop": "bakery"}, {**page, "country": "DE"}, of=shops),
        "saveStripeMandate": Case({"shop": "bakery"}, page, of=shops),
        "topUpAtStripe": Case({"shop": "bakery"}, {**page, "amount_minor": 100}, of=shops),
        "createDispute": Case(body=complaint, of=shops),
        "getDispute": Case({"dispute": dispute}, of=shops),
        "answerDispute": Case({"dispute": dispute}, {"status": "rejected", "answer": "x"}, of=shops),
        "withdrawDispute": Case({"dispute": dispute}, of=shops),
        "createAdjustment": Case(body={**many, "points": 5}, of=shops),
        "getApproval": Case({"id": approval}, of=(ALLIANCE,)),
        "approve": Case({"id": approval}, of=(ALLIANCE,)),
        "reject": Case({"id": approval}, {"reason": "x"}, of=(ALLIANCE,)),
        "setApprovalLimit": Case({"action": "adjust_points"}, {"alone_max": 5}),
        "endSession": Case({"id": session}, of=(ALLIANCE, PERSON)),
        "changePassword": Case(body={"old_password": "x", "new_password": "y"}),
        "addPasskey": Case(body={"challenge": f"chl_{'0' * 26}", "credential": {}, "name": "x"}),
        "removePasskey": Case({"id": "cGFzc2tleQ"}, of=(ALLIANCE, PERSON)),
        "inviteUser": Case(body={"email": "new@x.example", "name": "N", "role": "cashier", "shop": "bakery"}, of=shops),
        "getUser": Case({"id": user}, of=shops),
        "changeUser": Case({"id": user}, {"name": "X"}, of=shops),
        "inviteUserAgain": Case({"id": user}, of=shops),
        "createKey": Case(body={"label": "x", "role": "till", "shop": "bakery"}, of=shops),
        "revokeKey": Case({"id": key}, of=shops),
        "rotateKey": Case({"id": key}, {}, of=shops),
        "runLabScenario": Case(body={"model": "appreciation"}),
    }


def routes_of(app: FastAPI) -> list[APIRoute]:
    """All routes of the API."""
    found = []
    for route in app.routes:
        inside = getattr(route, "original_router", None)
        found += [one for one in ([route] if inside is None else inside.routes) if isinstance(one, APIRoute)]
    return found


def roles_of(dependant: Dependant) -> frozenset[Role] | None:
    """The roles that a route is for; None where it asks nobody who they are."""
    if isinstance(dependant.call, Allowed):
        return dependant.call.roles
    if dependant.call is caller:
        return EVERYBODY
    return next((roles for one in dependant.dependencies if (roles := roles_of(one)) is not None), None)


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
        invitation = new_key(town.alliance.id, Sort.INVITATION)
        key = town.key()
        self.strangers = {
            "no token": None,
            "a revoked key": self._revoked(),
            "a key that never was": new_key(town.alliance.id).text,
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
            if PERSON in case.of:
                yield f"another {role}", self.ours.new(role, member="mem_ben"), {403, 404}

    def send(self, route: APIRoute, method: str, case: Case, token: str | None) -> int:
        """The status of a request; that of the one write in a batch, each of which is answered by itself."""
        headers = {**bearing(token), "Idempotency-Key": f"foreign-{next(self.numbers)}", "If-Match": "*"}
        got = self.client.request(method, route.path.format(**case.path), json=case.body, headers=headers)
        if route.operation_id == "createBatch" and got.status_code == 200:
            return int(got.json()["data"][0]["status"])
        return got.status_code

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """All that the database has of our alliance; of keys, sessions and users those that the cases name."""
        named = [case.path["id"] for case in self.cases.values() if "id" in case.path]
        found = {}
        with self.town.database.engine.connect() as connection:
            for table in metadata.sorted_tables:
                query = select(table).where(table.c.alliance_id == self.town.alliance.id)
                if table.name in ("api_keys", "sessions", "users"):
                    query = query.where(table.c.id.in_(named))
                found[table.name] = sorted((tuple(row) for row in connection.execute(query)), key=str)
        return found


def missing(route: APIRoute, case: Case | None) -> str | None:
    """What a route's case lacks; None where it lacks nothing."""
    names = {param.name for param in route.dependant.path_params}
    if names and (case is None or set(case.path) != names):
        return f"{route.operation_id}: a Case with the path {sorted(names)}"
    if route.body_field is not None and (case is None or case.body is None):
        return f"{route.operation_id}: a Case with a body"
    return None


def test_every_route_turns_every_foreign_token_away_and_changes_nothing(town: ApiTown) -> None:
    matrix = Matrix(town)
    wrong: list[str] = []
    sent = 0
    before = matrix.rows()
    for route in routes_of(town.app):
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
        after = matrix.rows()
        changed = [name for name in before if before[name] != after[name]]
        if changed:
            wrong.append(f"{route.operation_id}: changes {changed}")
            before = after
    assert not wrong, "\n".join(wrong)
    assert sent > 500


def test_the_owners_own_requests_are_well_formed(town: ApiTown) -> None:
    matrix = Matrix(town)
    refused = {}
    for route in routes_of(town.app):
        case = matrix.cases.get(str(route.operation_id), Case())
        roles = roles_of(route.dependant)
        if roles is None or route.operation_id in PUBLIC or "GET" not in route.methods:
            continue
        role = Role.OWNER if Role.OWNER in roles else min(roles)
        status = matrix.send(route, "GET", case, matrix.ours.new(role))
        if status != 200:
            refused[route.operation_id] = status
    assert refused == {}, refused


def test_a_caller_knows_whose_things_are_whose() -> None:
    till = Caller(1, "key:1", Role.TILL, "bakery")
    assert (till.may_act_for_shop("bakery"), till.may_act_for_shop("cafe")) == (True, False)
