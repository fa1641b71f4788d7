"""Log in and out: passwords, second factors, cookies, lifetimes, and what strangers learn."""

import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import Role
from coalition.access.invite import invite_first_owner
from tests.support.clock import DAY, HOUR, MINUTE
from tests.support.people import PASSWORD, accept, first_owner, invitation_in, logged_in, person, stranger
from tests.support.town_api import ApiTown


def now_forget(town: ApiTown) -> None:
    """Let whoever was looked up be looked up again."""
    town.app.state.callers.forget()


def test_the_first_owner_is_invited_once(town: ApiTown) -> None:
    owner = first_owner(town)
    assert invite_first_owner(town.database, town.alliance.id, town.clock(), "owner@example.org", "en") is None
    session = owner.log_in().get("/v1/session").json()
    assert (session["id"], session["role"]) == (f"user:{owner.id}", "owner")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"password": "another password"}, "log_in_refused"),
        ({"email": "nobody@example.org"}, "log_in_refused"),
        ({"alliance": "Elsewhere"}, "log_in_refused"),
        ({"code": "000000"}, "log_in_refused"),
        ({"code": None}, "second_factor_needed"),
    ],
)
def test_a_log_in_that_does_not_hold_is_refused(town: ApiTown, changes: dict[str, object], code: str) -> None:
    got = first_owner(town).try_to_log_in(stranger(town), **changes)
    assert (got.status_code, got.json()["code"]) == (401, code)


def test_an_unknown_address_and_a_wrong_password_are_answered_alike(town: ApiTown) -> None:
    owner = first_owner(town)
    answers = [
        owner.try_to_log_in(stranger(town), **changes).json()
        for changes in ({"password": "another password"}, {"email": "nobody@example.org"})
    ]
    assert len({tuple(sorted((k, str(v)) for k, v in answer.items() if k != "request_id")) for answer in answers}) == 1


def test_a_code_of_the_app_counts_once(town: ApiTown) -> None:
    owner = first_owner(town)
    code = owner.code()
    got = [owner.try_to_log_in(stranger(town), code=code).status_code for _ in range(2)]
    assert got == [201, 401]


def test_a_shops_people_need_no_second_factor(town: ApiTown) -> None:
    cashier = person(town, Role.CASHIER, "bakery")
    assert cashier.secret is None
    session = cashier.log_in().get("/v1/session").json()
    assert (session["role"], session["shop"]) == ("cashier", "bakery")


@pytest.mark.parametrize(
    ("role", "shop", "used_every", "ends_after"),
    [(Role.OWNER, None, 59 * MINUTE, 12 * HOUR), (Role.CASHIER, "bakery", 11 * HOUR, 30 * DAY)],
)
def test_a_session_ends_when_unused_and_at_the_latest_after_its_time(
    town: ApiTown, role: Role, shop: str | None, used_every: int, ends_after: int
) -> None:
    someone = person(town, role, shop)
    used, unused = someone.log_in(), someone.log_in()
    began = town.clock()
    while town.clock() - began + used_every < ends_after:
        town.clock.forward(used_every)
        now_forget(town)
        assert used.get("/v1/session").status_code == 200
    assert unused.get("/v1/session").status_code == 401
    town.clock.forward(used_every)
    now_forget(town)
    assert used.get("/v1/session").status_code == 401


def test_ones_sessions_are_listed_and_ended_one_by_one_or_all(town: ApiTown) -> None:
    owner = first_owner(town)
    first, second, third = (owner.log_in() for _ in range(3))
    listed = first.get("/v1/sessions").json()
    assert [session["current"] for session in listed] == [False, False, True]
    assert first.delete(f"/v1/sessions/{listed[0]['id']}").status_code == 204
    assert (third.get("/v1/session").status_code, second.get("/v1/session").status_code) == (401, 200)
    assert second.delete("/v1/session").status_code == 204
    assert second.get("/v1/session").status_code == 401
    assert first.delete("/v1/sessions").status_code == 204
    assert first.get("/v1/session").status_code == 401


def test_anothers_session_looks_as_if_it_were_not_there(town: ApiTown) -> None:
    owner, cashier = first_owner(town), person(town, Role.CASHIER, "bakery")
    theirs = cashier.log_in().get("/v1/sessions").json()[0]["id"]
    assert owner.log_in().delete(f"/v1/sessions/{theirs}").status_code == 404


def in_browser(town: ApiTown, base_url: str) -> tuple[TestClient, str, str]:
    """A browser with a session in its cookie: client, CSRF token, the cookie as it was set."""
    client = stranger(town, base_url)
    got = first_owner(town).try_to_log_in(client, cookie=True)
    assert got.json()["token"] is None
    return client, got.json()["csrf_token"], got.headers["set-cookie"]


@pytest.mark.parametrize(
    ("base_url", "name", "secure"),
    [("https://town.example", "__Host-session", True), ("http://localhost:8000", "session", False)],
)
def test_a_browser_keeps_its_session_in_a_cookie_that_links_bring_along(
    town: ApiTown, *, base_url: str, name: str, secure: bool
) -> None:
    client, _, cookie = in_browser(town, base_url)
    assert cookie.startswith(f"{name}=session_")
    parts = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"httponly", "samesite=lax", "path=/"} <= parts
    assert ("secure" in parts, any(part.startswith("domain") for part in parts)) == (secure, False)
    assert client.get("/v1/session").status_code == 200


def test_a_write_by_cookie_takes_the_csrf_token(town: ApiTown) -> None:
    client, csrf, _ = in_browser(town, "https://town.example")
    for headers in ({}, {"X-CSRF-Token": "0" * 64}, {"X-CSRF-Token": "ü"}):
        got = client.request("DELETE", "/v1/session", headers={k: v.encode("latin-1") for k, v in headers.items()})
        assert (got.status_code, got.json()["code"]) == (403, "csrf_token_missing")
    assert client.get("/v1/session").json()["csrf_token"] == csrf
    assert client.delete("/v1/session", headers={"X-CSRF-Token": csrf}).status_code == 204
    assert client.get("/v1/session").status_code == 401


def test_another_sites_page_can_log_nobody_in(town: ApiTown) -> None:
    owner = first_owner(town)
    browser = stranger(town)
    browser.headers["Sec-Fetch-Site"] = "cross-site"
    assert owner.try_to_log_in(browser, cookie=True).status_code == 403


def test_another_password_ends_all_sessions(town: ApiTown) -> None:
    owner = first_owner(town)
    client = owner.log_in()
    new = "a wholly different sentence"
    wrong = client.put("/v1/session/password", json={"old_password": "x", "new_password": new})
    weak = client.put("/v1/session/password", json={"old_password": PASSWORD, "new_password": "short"})
    done = client.put("/v1/session/password", json={"old_password": PASSWORD, "new_password": new})
    assert (wrong.status_code, weak.status_code, done.status_code) == (401, 422, 204)
    assert client.get("/v1/session").status_code == 401
    assert owner.try_to_log_in(stranger(town)).status_code == 401
    assert owner.try_to_log_in(stranger(town), password=new).status_code == 201


def test_an_invitation_counts_once_and_for_a_week(town: ApiTown) -> None:
    body = {"email": "ben@example.org", "name": "Ben", "role": "cashier", "shop": "cafe"}
    ben = logged_in(town).post("/v1/users", json=body).json()
    first = invitation_in(town)
    logged_in(town).post(f"/v1/users/{ben['id']}/invitations")
    second = invitation_in(town)
    look = stranger(town)

    def status(token: str) -> int:
        return look.post("/v1/invitations/look", json={"token": token}).status_code

    assert (status(first), status(second)) == (404, 200)
    accept(town, second)
    assert status(second) == 404
    logged_in(town).post(f"/v1/users/{ben['id']}/invitations")
    town.clock.forward(7 * DAY)
    assert status(invitation_in(town)) == 404


@pytest.mark.parametrize("token", ["session", "key", "nonsense"])
def test_a_token_of_another_sort_is_no_invitation(town: ApiTown, token: str) -> None:
    sent = {"key": town.key(), "session": first_owner(town).log_in().headers["Authorization"][7:], "nonsense": "x"}
    got = stranger(town).post("/v1/invitations/look", json={"token": sent[token]})
    assert got.status_code == 404
