"""What a page answers with, whoever asks: headers, forms of other sites, errors, and files that are stored for good."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from coalition.access.caller import Caller, Role
from coalition.access.prove import PROOF_MINUTES
from coalition.access.session_store import add_session, csrf_token, revoke_sessions
from coalition.access.user import lifetime_of
from coalition.members.store import contacts_of
from coalition.pages.assets import all_assets
from coalition.pages.page_router import local_path
from tests.pages.page_town import PageTown
from tests.pages.visitor import Element, read_page
from tests.support.clock import MINUTE
from tests.support.town_api import purchase, send

BROWSER = {"accept": "text/html"}


@pytest.fixture
def client(town: PageTown) -> TestClient:
    return TestClient(town.api.app, base_url=town.url, raise_server_exceptions=False, follow_redirects=False)


def session_of(town: PageTown, member: str) -> str:
    """The token of a new session of a member."""
    return session_of_caller(town, town.member(member))


def session_of_caller(town: PageTown, caller: Caller) -> str:
    """The token of a new session of anybody."""
    with town.api.database.engine.begin() as connection:
        new = add_session(connection, caller.alliance_id, caller.id, lifetime_of(caller.role), "", town.api.clock())
    return new.token.text


def contact_of(town: PageTown, member: str) -> str:
    with town.api.database.engine.connect() as connection:
        return contacts_of(connection, town.api.alliance.id, member)[0].text


def test_a_page_has_a_policy_that_lets_no_foreign_script_in(client: TestClient) -> None:
    answer = client.get("/wallet/log-in", headers=BROWSER)
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert re.findall(r"<script(?![^>]* src=)| style=| on[a-z]+=", answer.text) == []


def test_a_page_of_somebody_asks_strangers_to_log_in_and_comes_back(client: TestClient) -> None:
    answer = client.get("/wallet/history", headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/wallet/log-in?next=%2Fwallet%2Fhistory")


def test_a_search_that_no_log_in_could_take_along_comes_back_without_its_words(client: TestClient) -> None:
    place = client.get(f"/console/shops?words={'x' * 500}", headers=BROWSER).headers["location"]
    assert parse_qs(urlsplit(place).query) == {"next": ["/console/shops"]}
    assert client.get(place, headers=BROWSER).status_code == 200


def test_whose_session_has_ended_hears_of_it_and_goes_on_where_they_were(town: PageTown, client: TestClient) -> None:
    staff = town.staff("olga@oldtown.example")
    token = session_of_caller(town, staff)
    client.cookies.set("session", token)
    wanted = "/console/shops?sort=risk&words=b"
    with town.api.database.engine.begin() as connection:
        revoke_sessions(connection, staff.alliance_id, staff.id, town.api.clock())
    place = client.get(wanted, headers=BROWSER).headers["location"]
    assert parse_qs(urlsplit(place).query) == {"next": [wanted], "ended": ["read"]}
    page = client.get(place, headers=BROWSER).text
    assert "Your session has ended." in page
    (form,) = read_page(page).all("form", action="/log-in")
    assert form.all("input", name="next")[0].attributes["value"] == wanted
    assert "您的会话已结束。" in client.get(place, headers={**BROWSER, "accept-language": "zh"}).text
    for referer, onward in ((f"{town.url}{wanted}", [wanted]), ("https://elsewhere.example/console", None)):
        answer = client.post(
            "/console/team",
            headers={**BROWSER, "origin": town.url, "referer": referer},
            data={"csrf": csrf_token(token), "name": "N", "email": "n@example.org", "role": "support"},
        )
        asked = parse_qs(urlsplit(answer.headers["location"]).query)
        assert (asked.get("next"), asked["ended"]) == (onward, ["sent"])
        assert "What you just sent was not done." in client.get(answer.headers["location"], headers=BROWSER).text


@pytest.mark.parametrize(("language", "name"), [("en", "Café Central"), ("zh", "中央咖啡馆")])
def test_a_shop_is_called_as_in_the_readers_language(
    town: PageTown, client: TestClient, language: str, name: str
) -> None:
    headers = {**BROWSER, "accept-language": language}
    own = {**headers, "cookie": f"session={session_of(town, 'ann')}"}
    for path in ("/wallet/join?shop=cafe", "/wallet/shops"):
        assert name in client.get(path, headers=headers).text
    assert name in client.get("/wallet/history", headers=own).text


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_a_form_of_another_site_is_refused(client: TestClient, origin: str | None) -> None:
    headers = BROWSER if origin is None else {**BROWSER, "origin": origin}
    answer = client.post("/wallet/log-in", data={"contact": "+4915112345678"}, headers=headers)
    assert answer.status_code == 403
    assert "was not sent from a page of this site" in answer.text


@pytest.mark.parametrize("sent", ["", "0" * 64])
def test_a_form_without_the_token_of_its_session_is_refused(town: PageTown, client: TestClient, sent: str) -> None:
    token = session_of(town, "cleo")
    headers = {**BROWSER, "origin": town.url, "cookie": f"session={token}"}
    assert client.post("/wallet/me/lock", data={"locked": "yes", "csrf": sent}, headers=headers).status_code == 403
    right = {"locked": "no", "csrf": csrf_token(token)}
    assert client.post("/wallet/me/lock", data=right, headers=headers).status_code == 303


def test_a_member_proves_themselves_before_another_device_is_logged_out(town: PageTown, client: TestClient) -> None:
    lost, own = (session_of(town, "ann") for _ in range(2))
    town.api.clock.forward(PROOF_MINUTES * MINUTE + 1)

    def send(path: str, **form: str) -> Response:
        headers = {**BROWSER, "origin": town.url, "cookie": f"session={own}"}
        return client.post(path, data={**form, "csrf": csrf_token(own)}, headers=headers)

    def is_open(token: str) -> bool:
        return client.get("/wallet/me", headers={**BROWSER, "cookie": f"session={token}"}).status_code == 200

    asked = send("/wallet/log-out", session=lost.split("_")[2])
    assert (asked.status_code, asked.headers["location"]) == (303, "/wallet/prove?next=/wallet/me/devices")
    assert is_open(lost)
    phone = contact_of(town, "ann")
    assert send("/wallet/prove", contact=phone, next="/wallet/me").status_code == 303
    code = next(re.search(r"\d{6}", text) for to, text in reversed(town.api.messages.sent) if to == phone)
    assert code is not None
    proven = send("/wallet/prove/code", contact=phone, code=code[0], next="/wallet/me")
    assert (proven.status_code, proven.headers["location"]) == (303, "/wallet/me")
    copied, own = own, proven.cookies["session"]
    assert (is_open(copied), is_open(own)) == (False, True)
    assert send("/wallet/log-out", session=lost.split("_")[2]).headers["location"] == "/wallet/me/devices?done=out"
    assert (is_open(lost), is_open(own)) == (False, True)


def test_whoever_is_sent_a_code_to_a_number_hears_what_is_safer(town: PageTown, client: TestClient) -> None:
    risk = "Whoever takes over your number can read codes sent to it. A passkey is safer"
    headers = {**BROWSER, "origin": town.url}
    for contact, warned in (("+4915112340000", True), ("ann@example.org", False)):
        answer = client.post("/wallet/log-in", data={"contact": contact}, headers=headers, follow_redirects=True)
        assert (answer.status_code, risk in answer.text) == (200, warned)
    own = {**BROWSER, "cookie": f"session={session_of(town, 'cleo')}"}
    assert "safer than a code by SMS" in client.get("/wallet/me/passkeys", headers=own).text


def test_a_receipt_of_somebody_else_is_not_there(town: PageTown, client: TestClient) -> None:
    headers = {**BROWSER, "cookie": f"session={session_of(town, 'cleo')}"}
    answers = [client.get(f"/wallet/history/{seq}", headers=headers) for seq in (4, 999_999)]
    assert [answer.status_code for answer in answers] == [404, 404]


def test_what_was_booked_is_said_until_the_page_shows_it_and_again_once_the_balance_is_another(
    town: PageTown, client: TestClient
) -> None:
    client.headers.update({**BROWSER, "cookie": f"session={session_of(town, 'bob')}"})
    till = town.api.till("bakery")

    def asked(**known: str) -> Element:
        (answer,) = read_page(client.get("/wallet/questions", params=known).text).all("div", data_asked="")
        return answer

    since = asked().attributes["data-newest"]
    assert asked(since=since).attributes["data-booked"] == ""
    purchase(till, "polled", shop="bakery", member="bob", amount_minor=100)
    answer = asked(since=since)
    booked, newest = answer.attributes["data-booked"], answer.attributes["data-newest"]
    assert "Paid: €1.00 at Bäckerei Sommer" in answer.text
    silent = asked(since=since, seen=newest)
    assert ("Paid" in silent.text, silent.attributes["data-booked"]) == (False, booked)

    send(town.api.client(Role.APP), "/v1/gifts", "polled", member="ann", to="bob", points=7)
    again = asked(since=since, seen=newest)
    assert "Paid: €1.00 at Bäckerei Sommer" in again.text
    assert (again.attributes["data-booked"], int(again.attributes["data-newest"]) > int(newest)) == (booked, True)


def test_a_member_chooses_how_messages_come_and_their_number_is_shown_in_groups(
    town: PageTown, client: TestClient
) -> None:
    token = session_of(town, "ann")
    client.headers.update({**BROWSER, "origin": town.url, "cookie": f"session={token}"})

    def chosen() -> list[str]:
        (options,) = read_page(client.get("/wallet/notices").text).all("select", name="by")
        return [each.attributes["value"] for each in options.all("option") if "selected" in each.attributes]

    assert chosen() == []
    assert "You have no e-mail address here." in client.get("/wallet/notices").text
    sent = client.post("/wallet/notices", data={"by": "none", "csrf": csrf_token(token)})
    assert (sent.headers["location"], chosen()) == ("/wallet/notices?done=yes", ["none"])
    assert "You have no e-mail address here." not in client.get("/wallet/notices").text
    assert client.post("/wallet/notices", data={"by": "pigeon", "csrf": csrf_token(token)}).status_code == 422
    client.post("/wallet/notices", data={"by": "", "csrf": csrf_token(token)})
    assert chosen() == []
    assert "+49 1511 2345678" in client.get("/wallet/me").text.replace("\xa0", " ")


def test_browsers_get_errors_as_pages_and_programs_as_problems(client: TestClient) -> None:
    page = client.get("/nowhere", headers={**BROWSER, "accept-language": "zh"})
    assert page.status_code == 404
    assert "此地址没有内容" in page.text or "zh-Hans" in page.text
    problem = client.get("/nowhere")
    assert problem.headers["content-type"] == "application/problem+json"
    assert client.get("/v1/nowhere", headers=BROWSER).headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("member", "path", "status", "onward"),
    [
        ("dan", "/wallet/nowhere", 404, "/wallet"),
        ("dan", "/wallet/history/abc", 422, "/wallet/history"),
        ("dan", "/wallet/history?before=abc", 422, "/wallet/history"),
        ("dan", "/wallet/history/999999", 404, "/wallet/history"),
        ("dan", "/wallet/me/devices/end", 405, "/wallet/me/devices"),
        ("dan", "/wallet/gift/some-link/take", 405, "/wallet/gift/some-link"),
        ("dan", "/console/nowhere", 404, "/"),
        (None, "/wallet/join/code", 405, "/wallet/join"),
        ("mona@sommer.example", "/console/shops/nowhere", 404, "/console/shops"),
        ("mona@sommer.example", "/console/rules", 403, "/console"),
        ("mona@sommer.example", "/wallet/nowhere", 404, "/"),
        (None, "/till/nowhere", 404, "/till"),
    ],
)
def test_an_address_that_leads_nowhere_says_where_to_go_on(
    town: PageTown, client: TestClient, member: str | None, path: str, status: int, onward: str
) -> None:
    headers = dict(BROWSER)
    if member is not None:
        caller = town.staff(member) if "@" in member else town.member(member)
        headers["cookie"] = f"session={session_of_caller(town, caller)}"
    answer = client.get(path, headers=headers)
    page = read_page(answer.text)
    (main,) = page.all("main")
    assert answer.status_code == status
    assert main.all("a")[0].attributes["href"] == onward
    assert (page.all("nav") != []) is (member is not None)
    for programmers in ("method", "Invalid", "request", "integer", "abc", "999999", "MEMBER"):
        assert programmers not in main.text


def test_a_form_that_can_t_be_read_is_explained_on_its_own_page(town: PageTown, client: TestClient) -> None:
    token = session_of(town, "dan")
    headers = {**BROWSER, "origin": town.url, "cookie": f"session={token}"}
    answer = client.post("/wallet/me/lock", data={"locked": "maybe", "csrf": csrf_token(token)}, headers=headers)
    (main,) = read_page(answer.text).all("main")
    assert (answer.status_code, len(main.all("form", action="/wallet/me/lock"))) == (422, 1)
    assert "locked" not in main.text
    short = client.post("/wallet/household/invite", data={"contact": "x", "csrf": csrf_token(token)}, headers=headers)
    assert "Write a phone number with its country code" in short.text


def test_assets_are_stored_for_good_and_name_only_what_is_there(client: TestClient) -> None:
    for path in all_assets():
        answer = client.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
        if path.endswith((".css", ".js")):
            assert set(re.findall(r"/assets/[^\s\"')]+", answer.text)) <= all_assets().keys()
    assert client.get("/assets/app.000000000000.css").status_code == 404


def test_the_worker_keeps_files_that_are_there(client: TestClient) -> None:
    worker = client.get("/wallet/worker.js")
    assert worker.headers["content-type"].startswith("text/javascript")
    assert set(re.findall(r"/assets/[^\s\"']+\.\w+", worker.text)) <= all_assets().keys()


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        ("/wallet/gift", "/wallet/gift"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_a_log_in_leads_on_to_this_site_alone(asked: str, path: str) -> None:
    assert local_path(asked, "/") == path


@pytest.mark.parametrize(("url", "flag"), [("http://localhost", ""), ("http://192.0.2.7", "; Secure")])
def test_without_tls_people_log_in_on_this_machine_and_elsewhere_in_a_sandbox_alone(
    town: PageTown, url: str, flag: str
) -> None:
    def cookie() -> str:
        client = TestClient(town.api.app, base_url=url, headers=BROWSER)
        return client.get("/wallet/log-in").headers["set-cookie"].rpartition("device=")[2]

    assert cookie().endswith(f"SameSite=lax{flag}")
    state = town.api.app.state
    state.log_in_over_http = True
    try:
        assert cookie().endswith("SameSite=lax")
    finally:
        state.log_in_over_http = False
