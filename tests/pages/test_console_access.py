"""Who gets in, in the console: the team, API keys, webhook endpoints, and the log of who did what."""

import ast
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_hex

from fastapi.testclient import TestClient
from playwright.sync_api import BrowserContext, Page, expect

import coalition
from coalition.access.caller import Role
from coalition.access.key_store import find_keys
from coalition.approvals.approval import ApprovalStatus
from coalition.messaging.messenger import NoMessenger
from coalition.pages.console.log_words import ACTIONS
from coalition.pages.console.roles import ROLES
from tests.pages.page_town import PageTown
from tests.pages.test_console import FINANCE, MANAGER, OF_ROLE, visitor
from tests.pages.visitor import Visitor
from tests.support.clock import SECOND
from tests.support.people import PASSWORD, person
from tests.support.tokens import bearing

OWNER = OF_ROLE[Role.OWNER]
DECIDED = (
    ApprovalStatus.APPROVED,
    ApprovalStatus.DONE,
    ApprovalStatus.REFUSED,
    ApprovalStatus.REJECTED,
    ApprovalStatus.WITHDRAWN,
)


def titles(visit: Visitor) -> list[str]:
    """What the lines of a list are called."""
    return [each.text.strip() for each in visit.page.all("span", class_="line-title")]


def test_somebody_is_invited_changed_disabled_and_let_in_again(town: PageTown) -> None:
    olga, api = visitor(town, OWNER), town.api.client()
    assert olga.send("/console/team", name="Nora Neu", email="nora@", role="support") == 422
    assert "nora@" in [each.attributes.get("value") for each in olga.page.all("input")], "what was typed stays"
    assert olga.send("/console/team", name="Nora Neu", email="nora@oldtown.example", role="support") == 200
    at, id_ = olga.path, olga.path.rpartition("/")[2].partition("?")[0]
    assert "The invitation is on its way to nora@oldtown.example" in olga.words
    assert any(to == "nora@oldtown.example" and "/invitation#" in text for to, text in town.api.messages.sent)
    at = at.partition("?")[0]
    olga.send(f"{at}/change", name="Nora Neumann", email="nora@oldtown.example", role="support", language="zh")
    assert "are saved as they stand here" in olga.words
    user = api.get(f"/v1/users/{id_}").json()
    assert (user["name"], user["language"], user["status"]) == ("Nora Neumann", "zh", "invited")
    olga.send(f"{at}/state", state="disabled")
    assert api.get(f"/v1/users/{id_}").json()["status"] == "disabled"
    olga.open("/console/team")
    assert "Nora Neumann" in titles(olga)
    olga.send(f"{at}/state", state="enabled")
    assert api.get(f"/v1/users/{id_}").json()["status"] == "invited"
    olga.send(f"{at}/invite")
    assert "The invitation is on its way" in olga.words
    sending = town.api.app.state.messenger
    town.api.app.state.messenger = NoMessenger("COALITION_SMTP_HOST")
    olga.send(f"{at}/invite")
    town.api.app.state.messenger = sending
    assert ("on its way" in olga.words, "this server has no way to send e-mail" in olga.words) == (False, True)


def test_a_form_that_is_sent_twice_invites_once(town: PageTown) -> None:
    olga, key = visitor(town, OWNER), token_hex(16)
    asked = {"name": "Tina Twice", "email": "Tina@oldtown.example", "role": "support", "key": key}
    assert olga.send("/console/team", **asked) == 200
    first = olga.path
    assert olga.send("/console/team", **asked) == 200
    assert olga.path == first, "the same person's page"
    assert [to for to, text in town.api.messages.sent if to == "tina@oldtown.example"] == ["tina@oldtown.example"]
    assert olga.send("/console/team", **asked | {"email": "tom@oldtown.example"}) == 422
    assert "was sent before with other values" in olga.words
    assert olga.send("/console/team", **asked | {"key": token_hex(16)}) == 409
    assert "is in the team already" in olga.words


def test_a_form_that_is_sent_twice_or_at_once_makes_one_key(town: PageTown) -> None:
    olga, label = visitor(town, OWNER), f"till {token_hex(4)}"
    asked = {"label": label, "role": "till", "shop": "cafe", "key": token_hex(16)}
    both = [visitor(town, OWNER) for _ in range(2)]

    def made(path: str, form: dict[str, str], visits: list[Visitor]) -> str:
        def send(visit: Visitor) -> tuple[str, str]:
            assert visit.send(path, **form) == 200
            (code,) = visit.page.all("code", class_="secret")
            return code.attributes["data-key"], code.text

        with ThreadPoolExecutor() as pool:
            keys = {*pool.map(send, visits), send(visits[0])}
        assert len(keys) == 1
        id_, text = keys.pop()
        assert TestClient(town.api.app, headers=bearing(text)).get("/v1/caller").status_code in (200, 404)
        return id_

    first = made("/console/keys", asked, [olga, *both])
    assert keys_of(town, label) == 1
    assert olga.send("/console/keys", **asked | {"label": "another"}) == 422
    made(f"/console/keys/{first}/replace", {"form": asked["key"]}, [olga, *both])
    assert keys_of(town, label) == 2
    assert olga.send(f"/console/keys/{first}/replace", form=token_hex(16)) == 404


def test_a_form_that_is_sent_twice_or_at_once_adds_one_address(town: PageTown) -> None:
    visits, url = [visitor(town, OWNER) for _ in range(3)], f"https://{token_hex(4)}.example/hook"
    asked = {"url": url, "key": token_hex(16)}

    def add(visit: Visitor) -> str:
        assert visit.send("/console/webhooks", **asked) == 200
        return visit.path

    with ThreadPoolExecutor() as pool:
        (at,) = {*pool.map(add, visits), add(visits[0])}
    assert at.endswith("?done=made")
    hooks = town.api.client().get("/v1/webhook_endpoints").json()["data"]
    assert [hook["url"] for hook in hooks].count(url) == 1
    assert visits[0].send("/console/webhooks", **asked | {"url": f"{url}/2"}) == 422
    assert visits[0].send("/console/webhooks", **asked | {"key": token_hex(16)}) == 409


def test_what_is_gone_is_refused_on_the_page_where_it_was_clicked(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    assert olga.send("/console/keys/0123456789abcdef/revoke") == 404
    assert "Make a key" in olga.words
    hook = town.api.client().post("/v1/webhook_endpoints", json={"url": "https://gone.example/hook"}).json()["id"]
    assert olga.send(f"/console/webhooks/{hook}/again/evt_unknown") == 404
    assert "Send whole days again" in olga.words


def test_a_new_owner_takes_two_people(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    assert olga.send("/console/team", name="Otto Zwei", email="otto@oldtown.example", role="owner") == 409
    assert "alert" in [each.attributes.get("role") for each in olga.page.all("p")]
    users = town.api.client().get("/v1/users", params={"limit": 100}).json()["data"]
    assert "otto@oldtown.example" not in [each["email"] for each in users]


def test_a_manager_has_a_team_of_their_own(town: PageTown) -> None:
    mona = visitor(town, MANAGER)
    mona.open("/console/team")
    assert "Fina Kurz" not in mona.words
    assert mona.send("/console/team", name="Kim Klein", email="kim@sommer.example", role="cashier", shop="cafe") == 200
    at = mona.path.partition("?")[0]
    assert "Bäckerei Sommer" in mona.words, "whatever shop was named"
    assert visitor(town, FINANCE).send(f"{at}/state", state="disabled") == 403
    olgas = town.staff(OWNER).id.removeprefix("user:")
    mona.open(f"/console/team/{olgas}")
    assert mona.status == 404
    assert mona.send("/console/team", name="Max", email="max@sommer.example", role="finance") == 403


def test_the_second_of_two_clicks_makes_no_second_key(town: PageTown, context: BrowserContext, page: Page) -> None:
    town.log_in(context, town.staff(OWNER))
    before = keys_of(town, "till 8")
    page.goto(f"{town.url}/console/keys")
    page.get_by_text("Make a key").first.click()
    page.get_by_label("What it is for").fill("till 8")
    page.get_by_label("For", exact=True).select_option("till")
    page.get_by_label("Shop, for a till system").select_option("cafe")
    page.get_by_role("button", name="Make it").dblclick()
    expect(page.locator("code.secret")).to_be_visible()
    assert keys_of(town, "till 8") == before + 1


def keys_of(town: PageTown, label: str) -> int:
    """How many keys have a label."""
    with town.api.database.engine.connect() as connection:
        return sum(key.label == label for key in find_keys(connection, town.api.alliance.id))


def test_a_key_is_shown_once_replaced_and_revoked(town: PageTown) -> None:
    olga = visitor(town, OWNER)
    assert olga.send("/console/keys", label=" ", role="till", shop="cafe") == 422
    assert olga.send("/console/keys", label="till 7", role="till", shop="nowhere") == 422
    assert olga.send("/console/keys", label="till 7", role="till", shop="cafe") == 200
    (code,) = olga.page.all("code", class_="secret")
    client, id_ = town.api.client(), code.attributes["data-key"]
    first = bearing(code.text)
    assert client.get("/v1/purchases", params={"shop": "cafe"}, headers=first).status_code == 200
    assert olga.path.endswith(f"/console/keys?made={id_}")
    before = keys_of(town, "till 7")
    olga.open(olga.path)
    assert code.text not in olga.html, "loaded again"
    assert "The key till 7 is made, and was shown once. If you have not kept it, replace it below" in olga.words
    assert keys_of(town, "till 7") == before, "nothing was made by that"
    olga.open("/console/keys")
    assert "shown once" not in olga.words
    olga.send(f"/console/keys/{id_}/replace")
    (second,) = olga.page.all("code", class_="secret")
    assert second.text != code.text
    olga.send(f"/console/keys/{id_}/revoke")
    assert "Nobody gets in with it any more" in olga.words
    codes = [
        client.get("/v1/purchases", params={"shop": "cafe"}, headers=headers).status_code
        for headers in (first, bearing(second.text))
    ]
    assert codes == [401, 200]


def test_a_key_takes_the_password_where_the_last_proof_is_old(town: PageTown) -> None:
    ida = person(town.api, Role.OWNER, email="ida@oldtown.example")
    visit = visitor(town, ida.email)
    town.api.clock.forward(6 * 60 * SECOND)
    assert visit.send("/console/keys", label="books", role="operator") == 403
    assert not visit.page.all("code", class_="secret")
    fields = {each.attributes.get("name"): each.attributes.get("value") for each in visit.page.all("input")}
    assert {"password", "code"} <= fields.keys()
    assert fields["label"] == "books", "what was typed stays"
    wrong = visit.send("/console/keys", label="books", role="operator", password=PASSWORD[::-1], code="000000")
    assert wrong == 401
    assert not visit.page.all("code", class_="secret")
    typed = {"password": PASSWORD, "code": ida.code() or ""}
    assert visit.send("/console/keys", label="books", role="operator", **typed) == 200
    (code,) = visit.page.all("code", class_="secret")
    keys = town.api.client().get("/v1/keys", params={"limit": 100}).json()["data"]
    (made,) = [each for each in keys if each["id"] == code.attributes["data-key"]]
    assert (made["role"], made["keeper"]) == ("operator", f"user:{ida.id}")
    olga = visitor(town, OWNER)
    olga.send(f"/console/keys/{made['id']}/adopt")
    assert "You answer for it" in olga.words
    keys = town.api.client().get("/v1/keys", params={"limit": 100}).json()["data"]
    assert [each["keeper"] for each in keys if each["id"] == made["id"]] == [town.staff(OWNER).id]


def test_a_manager_makes_keys_for_the_own_tills_alone(town: PageTown) -> None:
    mona = visitor(town, MANAGER)
    mona.send("/console/keys", label="counter", role="till", shop="cafe")
    (code,) = mona.page.all("code", class_="secret")
    keys = town.api.client().get("/v1/keys", params={"limit": 100}).json()["data"]
    (made,) = [each for each in keys if each["id"] == code.attributes["data-key"]]
    assert (made["role"], made["shop"]) == ("till", "bakery")
    assert mona.send("/console/keys", label="all", role="operator") == 403
    others = next(each["id"] for each in keys if each["shop"] != "bakery")
    assert mona.send(f"/console/keys/{others}/revoke") == 404


def test_events_are_sent_to_an_address_and_sent_again(town: PageTown) -> None:
    olga, api = visitor(town, OWNER), town.api.client()
    assert olga.send("/console/webhooks", url="http://192.168.0.1/x") == 422
    assert olga.send("/console/webhooks", url=" ") == 422
    assert (
        olga.send("/console/webhooks", url="https://example.com/hook", description="Books", types="shop.added") == 200
    )
    (code,) = olga.page.all("code", class_="secret")
    assert code.text.startswith("whsec_")
    at = f"/console/webhooks/{code.attributes['data-endpoint']}"
    id_ = code.attributes["data-endpoint"]
    olga.open(at)
    assert code.text not in olga.html
    olga.send(f"{at}/change", url="https://example.com/hook", description="Books", types="purchase.created")
    event = api.get("/v1/events", params={"type": "purchase.created"}).json()["data"][0]
    day = event["timestamp"][:10]
    assert olga.send(f"{at}/again", since=day, until="2026-01-01") == 422
    assert olga.send(f"{at}/again/{event['id']}") == 200
    assert "1 event is sent again" in olga.words
    assert olga.send(f"{at}/again", since=day, until=day, which="all") == 200
    sent = api.get(f"/v1/webhook_endpoints/{id_}/deliveries", params={"limit": 100}).json()["data"]
    assert event["id"] in [each["event"] for each in sent]
    olga.open(f"{at}?state=pending")
    assert event["id"] in olga.words
    olga.send(f"{at}/secret")
    (another,) = olga.page.all("code", class_="secret")
    assert another.text != code.text
    olga.send(f"{at}/state", state="off")
    endpoint = api.get(f"/v1/webhook_endpoints/{id_}").json()
    assert (endpoint["status"], endpoint["types"]) == ("disabled", ["purchase.created"])
    olga.send(f"{at}/state", state="on")
    assert api.get(f"/v1/webhook_endpoints/{id_}").json()["status"] == "enabled"
    assert visitor(town, MANAGER).send(f"{at}/delete") == 404
    olga.send(f"{at}/delete")
    assert api.get(f"/v1/webhook_endpoints/{id_}").status_code == 404


def test_the_log_says_who_did_what(town: PageTown) -> None:
    olga, fina = visitor(town, OWNER), visitor(town, FINANCE)
    olga.send("/console/team", name="Lou Log", email="lou@oldtown.example", role="support")
    id_ = olga.path.rpartition("/")[2].partition("?")[0]
    fina.open(f"/console/log?target={id_}&action=user.invite&actor={town.staff(OWNER).id}")
    assert titles(fina) == ["User invited"]
    assert "lou@oldtown.example" in fina.words
    fina.open(f"/console/log?target={id_}&since=2031-01-01")
    assert titles(fina) == []
    fina.open("/console/log")
    everything = town.api.client().get("/v1/audit-log", params={"limit": 50}).json()["data"]
    assert titles(fina) == [ACTIONS[each["action"]] for each in everything]


def test_every_action_of_the_log_has_words() -> None:
    assert set(_recorded()) | {f"approval.{status}" for status in DECIDED} == ACTIONS.keys()


def test_every_role_has_words() -> None:
    assert ROLES.keys() == set(Role)


def _recorded() -> Iterator[str]:
    """Every action that the code records by its name."""
    for path in Path(coalition.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and re.fullmatch(r"record(_separately)?", ast.unparse(node.func)):
                texts = [each.value for each in node.args[2:3] if isinstance(each, ast.Constant)]
                yield from (str(text) for text in texts)
