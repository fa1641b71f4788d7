"""Every page in every state: what is checked for everybody, and what is photographed."""

from secrets import token_hex

from playwright.sync_api import Page

from coalition.access.caller import Role
from coalition.adjustments.adjust_points import Adjustment, request_adjustment
from coalition.approvals.approvals import Approvals
from coalition.tills.till import TRIES
from settlement import date_text
from tests.pages.default_town import DEFAULT_STATES
from tests.pages.finding_states import FINDING_STATES
from tests.pages.me_states import ME_STATES
from tests.pages.page_town import NEAR_THE_BUTCHER, PHONE, PageTown
from tests.pages.report_states import REPORT_STATES
from tests.pages.rule_states import RULE_STATES
from tests.pages.state import SEND, State, open_all, press
from tests.pages.task_states import TASK_STATES
from tests.pages.till_counter import prepared, six_digits
from tests.pages.till_states import SCREENS, TillScreen
from tests.pages.wallet_states import WALLET_STATES
from tests.support.tills import Device, cashier, cashiers, till_code
from tests.support.town_api import send


def _send_nothing(page: Page) -> None:
    page.click("main form .next")
    page.wait_for_selector(".wrong")


def _join_without_a_yes(page: Page) -> None:
    press("main form .next", contact="+49 151 66666667")(page)
    page.fill("main [name=code]", "12")
    page.click("main form .next")
    page.wait_for_selector(".wrong")


def _invited(page: Page) -> None:
    page.wait_for_selector("[name=password]")


def _accepted_weakly(page: Page) -> None:
    _invited(page)
    page.fill("[name=password]", "short")
    with page.expect_navigation():
        page.click("main .next")


def _find_near(page: Page) -> None:
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation(NEAR_THE_BUTCHER)
    page.click("[data-near]")
    page.wait_for_selector("[data-far]:not(:empty)")


def _lose(page: Page) -> None:
    page.context.clear_permissions()
    page.click("[data-near]")
    page.wait_for_selector("[data-near-is=refused]:not([hidden])")


def _asked(town: PageTown) -> dict[str, str]:
    """A till asks Ann, and another one shows a code."""
    till = town.api.till("cafe")
    till.post("/v1/confirmations", json={"shop": "cafe", "member": "ann", "amount_minor": 1_240})
    return till.post("/v1/confirmations", json={"shop": "cafe", "amount_minor": 64_000}).json()


def _gift_by_link(town: PageTown) -> dict[str, str]:
    """Ann gives a few points by a link."""
    body = {"member": "ann", "by_link": True, "points": 12}
    gift = send(town.api.client(Role.APP), "/v1/gifts", token_hex(8), **body)
    return {"code": gift["link"].rpartition("/")[2]}


def _gift_that_waits(town: PageTown) -> dict[str, str]:
    """Ann gave points to somebody who is no member yet."""
    sent = town.api.client(Role.APP).get("/v1/gifts", params={"member": "ann"}).json()["data"]
    return {"gift": next(gift["id"] for gift in sent if gift["points"] == 25)}


def _windows(town: PageTown) -> dict[str, str]:
    """The newest window in each state."""
    listed = town.api.client().get("/v1/windows").json()["data"]
    return {each["status"]: each["id"] for each in reversed(listed)}


def _purchase(town: PageTown) -> dict[str, str]:
    """The purchase that Ann paid with points."""
    listed = town.api.client().get("/v1/purchases", params={"shop": "diner"}).json()["data"]
    return {"purchase": listed[0]["id"]}


def _settling(town: PageTown) -> dict[str, str]:
    """What is owed is being collected."""
    operator = town.api.client()
    assert operator.post("/v1/settlements/run").status_code == 200
    return {"payment": operator.get("/v1/payments").json()["data"][0]["id"]}


def _asked_for(town: PageTown) -> dict[str, str]:
    """Sue wants to give Ann more points than one person may."""
    sue = town.staff("sue@oldtown.example")
    adjustment = Adjustment("bakery", "ann", 60_000, "The till was down all Saturday", sue.id)
    approvals: Approvals = town.api.app.state.approvals
    request_adjustment(town.api.alliance, approvals, sue, adjustment, "alliance:page:sue")
    return {}


def _day_of_sales(town: PageTown) -> dict[str, str]:
    """Karla sells at the bakery's counter, and gives some of it back."""
    device = Device(town.api)
    device.connect(till_code(town.api, "bakery"), "Counter left")
    device.begin()
    shift = device.sign_in(cashier(town.api, "bakery", "Karla")).json()["id"]
    sold = device.sell(shift, amount_minor=1_890).json()
    device.refund(shift, purchase=sold["id"], amount_minor=450)
    return {"day": date_text(town.api.alliance.today)}


def _add_reserved(page: Page) -> None:
    page.click("main details > summary")
    page.fill("#name", "Pool")
    page.fill("#ref", "pool")
    with page.expect_navigation():
        page.click("main details .next")


def _open_first(page: Page) -> None:
    page.locator("main details > summary").first.click()


def _invite_nobody(page: Page) -> None:
    page.click("main details > summary")
    page.fill("#name", "Nora Neu")
    page.fill("#email", FINA)
    with page.expect_navigation():
        page.click("main details .next")


def _somebody(town: PageTown) -> dict[str, str]:
    """Mona, who runs the bakery."""
    return {"person": town.staff(MONA).id.removeprefix("user:")}


def _make_key(page: Page) -> None:
    page.locator("main details.paper > summary").last.click()
    page.fill("#label", "Till at the counter")
    page.select_option("#shop", "cafe")
    with page.expect_navigation():
        page.click("main details.paper .next")


def _add_webhook(page: Page) -> None:
    page.click("main details.paper > summary")
    page.fill("#url", f"https://books.example.com/hooks/{token_hex(8)}")
    page.fill("#description", "Bookkeeping")
    with page.expect_navigation():
        page.click("main details.paper .next")


def _disputed(town: PageTown) -> dict[str, str]:
    """The bakery objects to its statement."""
    operator = town.api.client()
    listed = operator.get("/v1/disputes").json()["data"]
    if not listed:
        closed = _windows(town)["closed"]
        body = {"shop": "bakery", "window": closed, "line": "redeemed_here", "statement": "Two sales are missing."}
        listed = [operator.post("/v1/disputes", json=body).json()]
    return {"dispute": listed[0]["id"]}


def _hooked(town: PageTown) -> dict[str, str]:
    """The bakery's till system hears of its sales, and of one of them again."""
    operator, url = town.api.client(), "https://till.sommer.example/coalition"
    known = operator.get("/v1/webhook_endpoints", params={"limit": 100}).json()["data"]
    hook = next((each for each in known if each["url"] == url), None)
    if hook is None:
        body = {"url": url, "shop": "bakery", "types": ["purchase.created", "refund.created"]}
        hook = operator.post("/v1/webhook_endpoints", json={**body, "description": "Till system"}).json()
        sale = operator.get("/v1/events", params={"type": "purchase.created", "shop": "bakery"}).json()["data"][0]
        operator.post(f"/v1/webhook_endpoints/{hook['id']}/replay", json={"event": sale["id"]})
    return {"endpoint": hook["id"]}


def _code_made(page: Page) -> None:
    page.wait_for_selector(".digits:not(:empty)")


def _code_offline(page: Page) -> None:
    _code_made(page)
    page.context.set_offline(True)
    page.wait_for_selector("[data-no-reception]:not([hidden])")


def _phone_ended(page: Page) -> None:
    _code_made(page)
    page.evaluate("""async () => {
        const { content: member, dataset } = document.querySelector("meta[name=wallet]");
        const phones = `/v1/members/${member}/pay-devices`;
        const { data } = await (await fetch(phones)).json();
        const headers = { "X-CSRF-Token": dataset.csrf };
        for (const { id } of data) await fetch(`${phones}/${id}`, { method: "DELETE", headers });
    }""")
    page.wait_for_selector("[data-when=ended]:not([hidden])")


def _logged_out(page: Page) -> None:
    _code_made(page)
    page.evaluate("""async () => {
        const { dataset } = document.querySelector("meta[name=wallet]");
        await fetch("/v1/session", { method: "DELETE", headers: { "X-CSRF-Token": dataset.csrf } });
    }""")
    page.wait_for_selector("[data-when=logged-out]:not([hidden])")


def _unproven(page: Page) -> None:
    """As in a session of long ago."""
    _code_made(page)
    page.context.route("**/pay-devices", lambda route: route.fulfill(status=403, body="{}"))
    page.evaluate("indexedDB.deleteDatabase('pay-device')")
    page.reload()
    page.wait_for_selector("[data-when=unproven]:not([hidden])")


def _booked_at_the_code(page: Page) -> None:
    """As if the page had been open since before her first purchase."""
    _code_made(page)
    page.context.route("**/wallet/questions?*", lambda route: route.continue_(url=f"{route.request.url}&since=0"))
    page.reload()
    page.wait_for_selector("[data-questions] .note")


def _push_known(page: Page) -> None:
    page.wait_for_selector("[data-push]:not([hidden])")


def _push_denied(page: Page) -> None:
    """The browser's owner says no."""
    _push_known(page)
    page.evaluate("""() => {
        PushManager.prototype.subscribe = async () => { throw new DOMException("no", "NotAllowedError"); };
    }""")
    page.click("[data-turn=on]")
    page.wait_for_selector("[data-when=denied]:not([hidden])")


def _asked_at_the_code(page: Page) -> None:
    _code_made(page)
    page.wait_for_selector("[data-questions] form")


def _tills(town: PageTown) -> dict[str, str]:
    """The bakery has a till, and two cashiers, one of whom has forgotten her PIN."""
    if not cashiers(town.api, "bakery"):
        device = Device(town.api)
        device.connect(till_code(town.api, "bakery"))
        device.begin()
        cashier(town.api, "bakery", "Max")
        karla = cashier(town.api, "bakery", "Karla")
        for _ in range(TRIES):
            device.sign_in(karla, "0815")
    return {}


def _at_till(screen: TillScreen) -> State:
    """A screen of a till that was connected just now."""
    digits: list[str] = []

    def prepare(town: PageTown) -> dict[str, str]:
        digits[:] = [six_digits(town)]
        return prepared(town, lines=screen.lines)

    return State(screen.name, "/till#{code}", act=lambda page: screen.act(page, digits[0]), prepare=prepare)


FINA, OLGA, MONA = "fina@oldtown.example", "olga@oldtown.example", "mona@sommer.example"
STATES = (
    *[State(name, f"/wallet/log-in{query}") for name, query in (("log-in", ""), ("deleted", "?deleted=yes"))],
    State("log-in-missing", "/wallet/log-in", act=_send_nothing),
    State("log-in-code", "/wallet/log-in", act=press(SEND, contact=PHONE)),
    State("home", "/wallet", "ann"),
    State("home-empty", "/wallet", "cleo"),
    State("join", "/wallet/join?shop=cafe"),
    State("join-code", "/wallet/join?shop=cafe", act=press(SEND, contact="+49 151 66666666")),
    State("join-unticked", "/wallet/join?shop=cafe", act=_join_without_a_yes),
    State("terms", "/wallet/terms"),
    State("legal-member", "/wallet/legal/terms/1", "ann"),
    *[State(f"legal-{path.replace('/', '-')}", f"/wallet/legal/{path}") for path in ("terms", "terms/2", "imprint")],
    State("gift-link", "/wallet/gift/{code}", prepare=_gift_by_link),
    State("gift-link-own", "/wallet/gift/{code}", "ann", prepare=_gift_by_link),
    State("gift-link-taken", "/wallet/gift/{code}", "dan", press(SEND), _gift_by_link),
    State("gift-link-back", "/wallet/gift/{code}", "ann", press("main form .wide"), _gift_by_link),
    State("code", "/wallet/code", "cleo", _code_made),
    State("code-offline", "/wallet/code", "ann", _code_offline),
    State("code-question", "/wallet/code", "ann", _asked_at_the_code, _asked),
    State("code-booked", "/wallet/code", "bob", _booked_at_the_code),
    State("code-unproven", "/wallet/code", "ann", _unproven),
    State("code-ended", "/wallet/code", "ann", _phone_ended),
    State("code-logged-out", "/wallet/code", "ann", _logged_out),
    State("digits", "/wallet/code/digits", "cleo"),
    State("pay", "/wallet/pay/{code}", "ann", prepare=_asked),
    State("pay-code", "/wallet/pay", "ann"),
    State("pay-over", "/wallet/pay/ZZZZZZZZ", "ann"),
    State("prove", "/wallet/prove?next=/wallet/code", "ann"),
    State("prove-code", "/wallet/prove?next=/wallet/code", "ann", press(SEND)),
    State("history", "/wallet/history", "ann"),
    State("history-empty", "/wallet/history", "cleo"),
    State("history-gift", "/wallet/history", "bob"),
    State("receipt", "/wallet/history/4", "ann"),
    State("shops", "/wallet/shops", "ann"),
    State("shops-more", "/wallet/shops", act=lambda page: page.click("summary")),
    State("shops-near", "/wallet/shops", "ann", _find_near),
    State("shops-lost", "/wallet/shops", "ann", _lose),
    State("shops-none", "/wallet/shops?open=yes&category=cafe", "ann"),
    State("gift", "/wallet/gift", "ann"),
    State("gift-done", "/wallet/gift?done={gift}", "ann", prepare=_gift_that_waits),
    State("gift-sure", "/wallet/gift", "ann", press(SEND, to="bob@example.com", points="20")),
    State("gift-refused", "/wallet/gift", "ann", press(SEND, to="nobody", points="5,000")),
    State("household", "/wallet/household?done=invited", "ann"),
    State("household-invited", "/wallet/household", "bob"),
    State("household-none", "/wallet/household", "cleo"),
    State("notices", "/wallet/notices", "ann", _push_known),
    State("notices-denied", "/wallet/notices", "ann", _push_denied),
    State("notices-saved", "/wallet/notices?done=yes", "ann", _push_known),
    *ME_STATES,
    *WALLET_STATES,
    State("offline", "/wallet/offline"),
    State("not-found", "/nowhere"),
    State("staff-log-in", "/log-in"),
    State("invitation-token", "/invitation"),
    State("invitation-unknown", "/invitation#wrong", act=lambda page: page.wait_for_selector("[role=alert]")),
    State("invitation", "/invitation#{cashier}", act=_invited),
    State("invitation-second-factor", "/invitation#{owner}", act=_invited),
    State("invitation-refused", "/invitation#{cashier}", act=_accepted_weakly),
    State("account", "/account?welcome=yes", "karl@sommer.example"),
    State("password", "/account/password", "karl@sommer.example"),
    State("console", "/console", FINA),
    State("console-shop", "/console", MONA),
    State("console-windows", "/console/windows", FINA),
    State("console-windows-shop", "/console/windows", MONA),
    State("console-window", "/console/windows/{closed}", FINA, prepare=_windows),
    State("console-window-due", "/console/windows/{due}", FINA, prepare=_windows),
    State("console-statement", "/console/windows/{closed}/bakery", FINA, prepare=_windows),
    State("console-statement-open", "/console/windows/{open}/diner", FINA, prepare=_windows),
    State("console-line", "/console/windows/{closed}/bakery/own_elsewhere?with=diner", FINA, prepare=_windows),
    State("console-posting", "/console/postings/{purchase}", FINA, prepare=_purchase),
    State("console-payments", "/console/payments", FINA, prepare=_settling),
    State("console-payment", "/console/payments/{payment}", FINA, prepare=_settling),
    State("console-payments-shop", "/console/payments", MONA, prepare=_settling),
    State("console-lines", "/console/payments/lines", FINA),
    State("console-shops", "/console/shops", OLGA),
    State("console-shop-refused", "/console/shops", OLGA, _add_reserved),
    State("console-shop-page", "/console/shops/bakery", OLGA, open_all),
    State("console-shop-own", "/console/shops/bakery?done=saved", MONA, open_all),
    State("console-day", "/console/shops/bakery/days/{day}", MONA, prepare=_day_of_sales),
    State("console-members", "/console/members", "sue@oldtown.example"),
    State("console-members-none", "/console/members", "sue@oldtown.example", press(SEND, typed="nobody@example.org")),
    State("console-member", "/console/members/ann", "sue@oldtown.example", open_all),
    State("console-approvals", "/console/approvals?status=all", FINA, open_all, _asked_for),
    State("console-approvals-own", "/console/approvals", "sue@oldtown.example", prepare=_asked_for),
    State("console-start", "/console/start", OLGA),
    State("console-backing", "/console/backing", FINA),
    State("console-accounts", "/console/payments/accounts", FINA),
    *DEFAULT_STATES,
    *REPORT_STATES,
    *FINDING_STATES,
    *RULE_STATES,
    *TASK_STATES,
    State("console-disputes", "/console/disputes", FINA, prepare=_disputed),
    State("console-dispute", "/console/disputes/{dispute}", FINA, open_all, _disputed),
    State("console-dispute-own", "/console/disputes/{dispute}", MONA, prepare=_disputed),
    State("console-team", "/console/team", OLGA, open_all),
    State("console-team-refused", "/console/team", OLGA, _invite_nobody),
    State("console-teammate", "/console/team/{person}", OLGA, open_all, _somebody),
    State("console-keys", "/console/keys", OLGA, open_all),
    State("console-key-made", "/console/keys", OLGA, _make_key),
    State("console-webhooks", "/console/webhooks", OLGA, open_all, _hooked),
    State("console-webhook-made", "/console/webhooks", OLGA, _add_webhook),
    State("console-webhook", "/console/webhooks/{endpoint}", OLGA, open_all, _hooked),
    State("console-legal", "/console/legal", OLGA),
    State("console-legal-text", "/console/legal/terms?done=yes", OLGA, open_all),
    State("console-legal-refused", "/console/legal/privacy", OLGA, press(SEND, en="Yes", zh=" ")),
    State("console-log", "/console/log", FINA, _open_first),
    State("console-tills", "/console/settings/tills", OLGA),
    State("tills", "/account/tills", MONA, prepare=_tills),
    State("tills-code", "/account/tills", MONA, press("[action$='/code'] .button")),
    *[_at_till(screen) for screen in SCREENS],
    State("components", "/dev/components"),
)
