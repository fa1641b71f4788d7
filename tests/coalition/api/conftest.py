"""Fixtures for the API: a town on each database."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import Role
from coalition.fake_stripe import NONE, FakeStripe
from settlement.ledger import Database
from tests.support.camt import Entry, Paid, camt
from tests.support.clock import DAY, Clock
from tests.support.event_schemas import check_events
from tests.support.settling import BANK, OPENING, import_file
from tests.support.stripe import START, Control
from tests.support.stripe_town import SECRETS, StripeTown
from tests.support.tokens import Tokens, bearing
from tests.support.town_api import ApiTown, api_town, purchase
from tests.support.wallets import People


@pytest.fixture
def town(database: Database, clock: Clock) -> Iterator[ApiTown]:
    """A town on each of the two databases. All that it published is as the API describes it."""
    with api_town(database, clock) as town:
        yield town
        check_events(town.alliance)


@pytest.fixture
def people(town: ApiTown) -> People:
    """The town's app, tills and operator."""
    return People(town)


@pytest.fixture
def closed(town: ApiTown) -> ApiTown:
    """The bakery owes the cafe 3 euros from a closed week."""
    purchase(town.till(), "k1", amount_minor=10_000)
    purchase(town.till("cafe"), "k2", shop="cafe", amount_minor=1_000, points=300)
    town.clock.now += 7 * DAY
    assert town.client().post(f"/v1/windows/{OPENING}/close").status_code == 200
    return town


@pytest.fixture
def person(town: ApiTown) -> Callable[..., TestClient]:
    """Makes somebody who is logged in, a treasurer where nothing else is said."""

    def new(role: Role = Role.FINANCE, shop: str = "bakery") -> TestClient:
        tokens = Tokens(town.database, town.alliance.id, town.clock())
        return TestClient(town.app, headers=bearing(tokens.new(role, shop)), raise_server_exceptions=False)

    return new


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeStripe]:
    with FakeStripe.start(now=START, limits=NONE) as running:
        yield running


@pytest.fixture
def at_stripe(fake: FakeStripe, town: ApiTown, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeTown]:
    """A town whose process is set up for Stripe, as an operator sets one up."""
    monkeypatch.setenv("COALITION_STRIPE_KEY", "sk_test_town")
    monkeypatch.setenv("COALITION_STRIPE_URL", fake.url)
    monkeypatch.setenv("COALITION_STRIPE_WEBHOOK_SECRETS", ", ".join(SECRETS))
    control = Control(fake.url)
    control.start_over()
    town.clock.set(START * 1_000_000)
    yield StripeTown(town, control)
    control.http.close()


@pytest.fixture
def at_bank(closed: ApiTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The closed week can go by bank files. Imports a statement of one movement that is nobody's: its id."""
    path = tmp_path / "bank.toml"
    path.write_text(BANK)
    monkeypatch.setenv("COALITION_BANK", str(path))

    def tell(minor: int, ref: str) -> str:
        content = camt([Entry(minor, date(2024, 5, 21), ref, (Paid(minor, text="thanks"),))])
        imported = import_file(closed.client(), content).json()
        assert (imported["lines_new"], imported["waiting"]) == (1, 1)
        (waiting,) = closed.client().get("/v1/bank/lines").json()
        return str(waiting["id"])

    return tell
