"""Operations that answer 204, over real HTTP: no content type, no body, and None from the client."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from coalition.access.caller import Role
from coalition.api.write_client import description
from coalition.client import Client
from settlement.ledger import Database
from tests.support.authenticator import Authenticator
from tests.support.clock import Clock
from tests.support.in_thread import serving
from tests.support.people import PASSWORD, first_owner
from tests.support.push_service import Subscriber
from tests.support.tills import PIN, new_public_key
from tests.support.town_api import ApiTown, api_town

EMPTY = {
    operation["operationId"]
    for methods in description()["paths"].values()
    for operation in methods.values()
    if "204" in operation["responses"]
}


class Callers:
    """Clients of a served town: the operator, a wallet app, and its owner in a session of their own each time."""

    def __init__(self, town: ApiTown, url: str) -> None:
        self.url, self._opened = url, ExitStack()
        self.operator, self.app = self.opened(town.key()), self.opened(town.key(Role.APP))
        self._owner = first_owner(town)

    def opened(self, key: str | None) -> Client:
        """A client that is closed with all others."""
        return self._opened.enter_context(Client(self.url, key))

    def close(self) -> None:
        self._opened.close()

    def owner(self) -> Client:
        code = self._owner.code()
        assert code is not None
        session = self.opened(None).log_in(email=self._owner.email, password=PASSWORD, code=code)
        return self.opened(session["token"])


@pytest.fixture
def callers(sqlite_url: str, clock: Clock) -> Iterator[Callers]:
    with (
        closing(Database(sqlite_url)) as database,
        api_town(database, clock) as town,
        serving(town.app) as url,
        closing(Callers(town, url)) as callers,
    ):
        yield callers


Call = tuple[Client, Callable[[], object]]
"""A client, and an operation that it is ready to call."""


def leave_household(callers: Callers) -> Call:
    ann = callers.app.enrol_member(email="ann@example.com")["id"]
    household = callers.app.create_household(member=ann)["id"]
    return callers.app, lambda: callers.app.leave_household(household, ann)


def erase_member(callers: Callers) -> Call:
    bob = callers.app.enrol_member(email="bob@example.com")["id"]
    return callers.app, lambda: callers.app.erase_member(bob)


def end_pay_device(callers: Callers) -> Call:
    carol = callers.app.enrol_member(email="carol@example.com")["id"]
    device = callers.app.create_pay_device(carol, name="phone")["id"]
    return callers.app, lambda: callers.app.end_pay_device(carol, device)


def end_push_subscription(callers: Callers) -> Call:
    dora = callers.app.enrol_member(email="dora@example.com")["id"]
    browser = Subscriber("https://push.example/dora", "").subscription
    subscription = callers.app.create_push_subscription(dora, **browser)["id"]
    return callers.app, lambda: callers.app.end_push_subscription(dora, subscription)


def remove_passkey(callers: Callers) -> Call:
    owner = callers.owner()
    begun = owner.start_adding_passkey()
    credential = Authenticator(callers.url, "localhost").create(begun["options"])
    passkey = owner.add_passkey(challenge=begun["challenge"], credential=credential, name="phone")["id"]
    return owner, lambda: owner.remove_passkey(passkey)


def remove_user_passkey(callers: Callers) -> Call:
    owner = callers.owner()
    begun = owner.start_adding_passkey()
    credential = Authenticator(callers.url, "localhost").create(begun["options"])
    passkey = owner.add_passkey(challenge=begun["challenge"], credential=credential, name="phone")["id"]
    user = owner.get_session()["id"].removeprefix("user:")
    return owner, lambda: owner.remove_user_passkey(user, passkey)


def delete_webhook_endpoint(callers: Callers) -> Call:
    endpoint = callers.operator.create_webhook_endpoint(url="https://example.com/hook")["id"]
    return callers.operator, lambda: callers.operator.delete_webhook_endpoint(endpoint)


def revoke_key(callers: Callers) -> Call:
    key = callers.operator.create_key(role="till", shop="bakery", label="till 2")["id"]
    return callers.operator, lambda: callers.operator.revoke_key(key)


def revoke_till(callers: Callers) -> Call:
    code = callers.operator.create_till_code("bakery")["code"]
    key = new_public_key()
    till = callers.operator.connect_till(code=code, name="Counter", public_key=key)["id"]
    return callers.operator, lambda: callers.operator.revoke_till(till)


def end_cashier(callers: Callers) -> Call:
    cashier = callers.operator.create_cashier("bakery", name="Karla", pin=PIN)["id"]
    return callers.operator, lambda: callers.operator.end_cashier(cashier)


def end_session(callers: Callers) -> Call:
    owner = callers.owner()
    session = owner.list_sessions()[0]["id"]
    return owner, lambda: owner.end_session(session)


def change_password(callers: Callers) -> Call:
    owner, new = callers.owner(), "a wholly different sentence"
    return owner, lambda: owner.change_password(old_password=PASSWORD, new_password=new)


def end_sessions(callers: Callers) -> Call:
    owner = callers.owner()
    return owner, owner.end_sessions


def log_out(callers: Callers) -> Call:
    owner = callers.owner()
    return owner, owner.log_out


CALLS: dict[str, Callable[[Callers], Call]] = {
    "changePassword": change_password,
    "deleteWebhookEndpoint": delete_webhook_endpoint,
    "endCashier": end_cashier,
    "endPayDevice": end_pay_device,
    "endPushSubscription": end_push_subscription,
    "endSession": end_session,
    "endSessions": end_sessions,
    "eraseMember": erase_member,
    "leaveHousehold": leave_household,
    "logOut": log_out,
    "removePasskey": remove_passkey,
    "removeUserPasskey": remove_user_passkey,
    "revokeKey": revoke_key,
    "revokeTill": revoke_till,
}


def test_every_operation_that_answers_nothing_is_called_here() -> None:
    assert CALLS.keys() == EMPTY


@pytest.mark.parametrize("operation", sorted(CALLS))
def test_an_empty_answer_is_none(callers: Callers, operation: str) -> None:
    client, call = CALLS[operation](callers)
    assert call() is None
    answer = client.last
    assert answer is not None
    assert (answer.status, answer.body, answer.headers.get("content-type")) == (204, b"", None)
