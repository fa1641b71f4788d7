"""Any request at all, made from the API's own description: no 5xx, and no answer that it does not describe.

Each operation by itself first, with data as described and with data that is not; then sequences, in which what one
operation answers is what the next one asks for. Examples are the same in each run; with a TEST_EFFORT there are more
of them, on each database.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import FlakyStrategyDefinition
from hypothesis.stateful import run_state_machine_as_test
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.generation.case import Case
from schemathesis.python.asgi import get_client
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.schemas import OpenApiSchema

from coalition.access.caller import Role
from coalition.alliance import Alliances
from coalition.api.app import create_app
from settlement.ledger import Database
from tests.support.clock import Clock
from tests.support.effort import EFFORT
from tests.support.town_api import ApiTown, api_town, purchase

CASES = 2_500 * EFFORT
"""Requests in all: two thirds of them one by one, the others in sequences. 100,000 take a TEST_EFFORT of 40."""
DATABASES = ("sqlite",) if EFFORT == 1 else ("sqlite", "postgresql")
MACHINES, STEPS = 8, 12
SLOW = dict.fromkeys(("runLabScenario", "createLabReport", "growLabScheme"), 50)
"""Operations that start a process each time, and how many requests of theirs are enough."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PATIENCE_SECONDS = 600
"""How long an answer is waited for: no test looks at a clock, and this one runs beside others."""
SETTINGS = settings(
    phases=[Phase.generate], deadline=None, database=None, print_blob=False, suppress_health_check=list(HealthCheck)
)


DESCRIBED = create_app(Alliances(Database("sqlite:///described.db"))).openapi()
"""The API's description. It needs no database, and takes longer to make than many requests."""
OPERATIONS = sorted(
    operation["operationId"] for methods in DESCRIBED["paths"].values() for operation in methods.values()
)


def described_for(town: ApiTown) -> OpenApiSchema:
    """The description of a town's API, to be asked in this process."""
    schema = schemathesis.openapi.from_dict(DESCRIBED)
    schema.app, schema.location = town.app, "/openapi.json"
    schema.config.request_timeout = PATIENCE_SECONDS
    return schema


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    return request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")


@contextmanager
def any_town(database: Database, clock: Clock) -> Iterator[ApiTown]:
    """A town where something has happened already; audited in the end."""
    with api_town(database, clock) as town:
        for n, shop in enumerate(("bakery", "cafe", "bakery")):
            purchase(town.till(shop), f"k{n}", shop=shop, member="ann", amount_minor=10_000)
        yield town


def caller(town: ApiTown, role: Role = Role.OPERATOR) -> dict[str, str]:
    return {"Authorization": f"Bearer {town.key(role)}"}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_any_request_is_answered_as_described(operation: str, database: Database, clock: Clock) -> None:
    each = SLOW.get(operation, -(-CASES * 2 // (3 * len(OPERATIONS))))
    with any_town(database, clock) as town, get_client(town.app) as session:
        described = described_for(town).find_operation_by_id(operation)
        headers = caller(town)

        takes_nothing = not (described.body or described.path_parameters or described.query or described.headers)
        for mode in (GenerationMode.POSITIVE,) if takes_nothing else GenerationMode:

            @seed(1)
            @settings(SETTINGS, max_examples=each // 2)
            @given(described.as_strategy(generation_mode=mode))
            def ask(case: Case) -> None:
                case.call_and_validate(session=session, headers=headers, checks=CHECKS)

            ask()


@pytest.mark.parametrize("number", range(MACHINES))
def test_any_sequence_of_requests_is_answered_as_described(number: int, database: Database, clock: Clock) -> None:
    asked = 0
    with any_town(database, clock) as town, get_client(town.app) as session:
        schema = described_for(town).exclude(operation_id=list(SLOW))
        headers = caller(town)

        class Machine(schema.as_state_machine()):  # type: ignore[misc]
            def get_call_kwargs(self, case: Case) -> dict[str, Any]:
                nonlocal asked
                asked += 1
                return {"session": session, "headers": headers}

            def validate_response(self, response: Any, case: Case, **kwargs: Any) -> None:
                case.validate_response(response, checks=CHECKS, headers=headers)

        round_ = 0
        while asked < CASES // 3 // MACHINES:
            round_ += 1
            seed(1_000 * number + round_)(Machine)
            # The same steps may be answered otherwise the second time, since the town remembers: what was created is
            # there. Hypothesis gives that round up, and the next one goes on.
            with suppress(FlakyStrategyDefinition):
                run_state_machine_as_test(
                    Machine, settings=settings(SETTINGS, max_examples=20, stateful_step_count=STEPS)
                )
