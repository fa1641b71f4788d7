"""Keys that end are told of in time and once, to whom they concern."""

from coalition.access.caller import Role
from coalition.access.invite import COMMAND
from coalition.access.key_store import END_NEAR_DAYS, add_key, begun
from coalition.access.tokens import new_token
from coalition.jobs.job import WorkSettings
from coalition.jobs.worker import Worker
from coalition.operation.jobs import JOBS
from tests.support.clock import DAY
from tests.support.people import person
from tests.support.town_api import ApiTown, FakeMessenger


def make_key(town: ApiTown, label: str, days: int, shop: str | None = None) -> str:
    key, now = new_token(town.alliance.id), town.clock()
    role = Role.OPERATOR if shop is None else Role.TILL
    with town.database.engine.begin() as connection:
        add_key(connection, town.alliance.id, key, begun(key, role, label, COMMAND, now, shop, now + days * DAY))
    return key.id


def letters_now(town: ApiTown) -> dict[str, str]:
    """What each person is told when the worker works now."""
    sent = FakeMessenger()
    worker = Worker(town.alliances, [kind for kind in JOBS if kind.name == "keys.warn"], WorkSettings(messenger=sent))
    worker.run_due()
    worker.stop()
    return dict(sent.sent)


def test_people_hear_in_time_and_once_which_keys_end(town: ApiTown) -> None:
    owners = [person(town, Role.OWNER, email=f"{name}@example.org").email for name in ("ann", "bert")]
    manager = person(town, Role.MANAGER, "bakery").email
    central = make_key(town, "central system", 100)
    make_key(town, "rent", END_NEAR_DAYS)
    till, lonely = make_key(town, "till 1", 100, "bakery"), make_key(town, "till 2", 100, "cafe")
    assert letters_now(town) == {}
    town.clock.forward((100 - END_NEAR_DAYS) * DAY)
    letters = letters_now(town)
    assert letters.keys() == {*owners, manager}
    for owner in owners:
        assert all(part in letters[owner] for part in (central, "central system", lonely))
        assert till not in letters[owner]
    assert till in letters[manager]
    assert lonely not in letters[manager]
    assert "rent" not in str(letters)
    town.clock.forward(DAY)
    assert letters_now(town) == {}


def test_a_key_that_is_replaced_or_revoked_is_not_told_of(town: ApiTown) -> None:
    owner = person(town, Role.OWNER).log_in()
    replaced, revoked = make_key(town, "one", 100), make_key(town, "two", 100)
    assert owner.post(f"/v1/keys/{replaced}/rotate", json={}).status_code == 201
    assert owner.delete(f"/v1/keys/{revoked}").status_code == 204
    town.clock.forward((100 - END_NEAR_DAYS) * DAY)
    assert letters_now(town) == {}
