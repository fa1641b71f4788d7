"""The same request many times at once, for every operation that changes something: one does it, no answer is a fault.

Whatever looks first and inserts then is found here, and whatever locks rows in two orders.
"""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import count

from fastapi.testclient import TestClient
from httpx import Response

from coalition.access.caller import Role
from coalition.api.access import roles_of
from coalition.api.write_client import description
from tests.coalition.api.test_foreign_tokens import Matrix, api_routes
from tests.support.cases import Case
from tests.support.people import PASSWORD, invitation_in, logged_in
from tests.support.tokens import bearing
from tests.support.town_api import ApiTown
from tests.support.wallets import People

AT_ONCE = 6
SLOW = {"runLabScenario", "createLabReport", "growLabScheme"}


def at_once(app: object, requests: list[tuple[str, str, dict[str, object]]]) -> list[Response]:
    """The answers to requests (method, path, what httpx takes) that are sent at the same moment."""
    start = threading.Barrier(len(requests))

    def ask(request: tuple[str, str, dict[str, object]]) -> Response:
        method, path, sent = request
        client = TestClient(app, raise_server_exceptions=False)
        start.wait()
        return client.request(method, path, **sent)

    with ThreadPoolExecutor(len(requests)) as threads:
        return [*threads.map(ask, requests)]


def test_the_same_request_many_times_at_once_is_no_fault(town: ApiTown) -> None:
    matrix, numbers = Matrix(town), count(1)
    operations = {op["operationId"] for methods in description()["paths"].values() for op in methods.values()}
    faults = []
    for route in api_routes():
        operation, (method,) = str(route.operation_id), route.methods
        if method == "GET" or operation not in operations - SLOW:
            continue
        case = matrix.cases.get(operation, Case({"alliance_id": "1"}))
        roles = roles_of(route.dependant) or frozenset({Role.OWNER})
        mine = bearing(matrix.ours.new(Role.OWNER if Role.OWNER in roles else min(roles), "bakery"))
        sent = [
            {
                "headers": {**mine, "Idempotency-Key": f"race-{next(numbers)}", "If-Match": "*"},
                "json": case.body,
                "params": case.query,
            }
            for _ in range(AT_ONCE)
        ]
        answers = at_once(town.app, [(method, route.path.format(**case.path), each) for each in sent])
        faults += [f"{operation}: {answer.text}" for answer in answers if answer.status_code >= 500]
    assert faults == [], "\n".join(faults)


def test_of_many_shops_of_one_name_one_is_new(town: ApiTown) -> None:
    headers = bearing(town.key())
    for n in range(3):
        body = {"ref": f"baker-{n}", "name": "Baker"}
        answers = at_once(town.app, [("POST", "/v1/shops", {"json": body, "headers": headers})] * 8)
        assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}, [a.text for a in answers]


def test_merges_in_a_ring_leave_one(people: People) -> None:
    for n in range(3):
        ring = [people.enrol(email=f"m{n}-{i}@example.com") for i in range(4)]
        people.buy(ring[0])
        headers = bearing(people.town.key())
        merges = [
            ("POST", f"/v1/members/{member}/merge", {"json": {"into": ring[(i + 1) % 4]}, "headers": headers})
            for i, member in enumerate(ring)
        ]
        answers = at_once(people.town.app, merges)
        assert {answer.status_code for answer in answers} <= {200, 409}, [answer.text for answer in answers]
        # The last one of the ring finds both ends to be one.
        left = {people.operator.get(f"/v1/members/{member}").json()["id"] for member in ring}
        assert len(left) == 1
        assert people.points(left.pop()) == 500


def test_freezing_and_unfreezing_at_once_is_no_fault(people: People) -> None:
    both = [people.enrol(email=f"{name}@example.com") for name in ("ann", "ben")]
    headers = bearing(people.town.key())
    sent = {"json": {"reason": "a test"}, "headers": {**headers, "If-Match": "*"}}
    asked = [("POST", f"/v1/members/{member}/{what}", sent) for member in both for what in ("freeze", "unfreeze") * 3]
    answers = at_once(people.town.app, asked)
    assert {answer.status_code for answer in answers} <= {200, 409, 412}, [answer.text for answer in answers]


def test_accepting_invitations_at_once_is_no_fault(town: ApiTown) -> None:
    tokens, owner = [], logged_in(town)
    for n in range(AT_ONCE):
        body = {"email": f"cashier-{n}@example.org", "name": "Ann", "role": "cashier", "shop": "bakery"}
        assert owner.post("/v1/users", json=body).status_code == 201
        tokens.append(invitation_in(town))
    asked = [("POST", "/v1/invitations/accept", {"json": {"token": token, "password": PASSWORD}}) for token in tokens]
    assert {answer.status_code for answer in at_once(town.app, asked)} == {200}
    again = at_once(town.app, asked)
    assert {answer.status_code for answer in again} <= {401, 404, 409, 410, 422}, [answer.text for answer in again]
