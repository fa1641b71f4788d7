"""The console's page of bank files: a file for the bank is fetched, and what the bank says comes in by a form."""

from collections.abc import Callable
from datetime import date

from coalition.access.caller import Role
from coalition.access.invite import add_invited_user, server_caller
from coalition.pages.console.lines import LINES_MAX as A_PAGE
from tests.pages.page_town import PageTown
from tests.pages.visitor import Visitor
from tests.support.bank import SHOP_IBAN
from tests.support.camt import Entry, Paid, camt
from tests.support.settling import BAKERY_AT_BANK, put_at_bank
from tests.support.town_api import ApiTown


def treasurer(town: ApiTown) -> Visitor:
    """Somebody who moves the alliance's money, before the console."""
    with town.database.engine.begin() as connection:
        server, email = server_caller(town.alliance.id), "fina@oldtown.example"
        add_invited_user(connection, server, email, "Fina", Role.FINANCE, None, "en", town.clock())
    pages = PageTown(town, "http://localhost", {})
    return Visitor(pages, pages.staff(email))


def manager(town: ApiTown, shop: str) -> Visitor:
    """Somebody who runs a shop, before the console."""
    with town.database.engine.begin() as connection:
        server, email = server_caller(town.alliance.id), f"{shop}@oldtown.example"
        add_invited_user(connection, server, email, "Mona", Role.MANAGER, shop, "en", town.clock())
    pages = PageTown(town, "http://localhost", {})
    return Visitor(pages, pages.staff(email))


def typed(visit: Visitor, **details: str) -> dict[str, str | list[str]]:
    """What the form of a shop's account sends with these details typed into it."""
    (form,) = [each for each in visit.page.all("form") if each.attributes["action"].endswith("/account")]
    hidden = {each.attributes["name"]: each.attributes["value"] for each in form.all("input", type="hidden")}
    names = [each.attributes["value"] for each in form.all("input", type="hidden", name="name")]
    kept = [each.attributes["value"] for each in form.all("input", name="value")]
    assert details.keys() <= {*names}
    values = [details.get(name, value) for name, value in zip(names, kept, strict=True)]
    return {**{name: hidden[name] for name in ("key", "version", "rail")}, "name": names, "value": values}


def bring(fina: Visitor, content: bytes) -> int:
    """Choose a file of the bank, and import it."""
    files = {"file": ("may.xml", content)}
    answer = fina.http.post("/console/payments/bank/import", data={"csrf": fina.csrf}, files=files)
    fina.path, fina.status, fina.html = str(answer.url), answer.status_code, answer.text
    return fina.status


def test_a_file_goes_to_the_bank_and_another_one_comes_back(closed: ApiTown, at_bank: Callable[..., str]) -> None:
    at_bank(500, "x-1")
    fina, api = treasurer(closed), closed.client()
    assert put_at_bank(api, "bakery", "a1", **BAKERY_AT_BANK).status_code == 200
    api.post("/v1/settlements/run")
    fina.open("/console/payments")
    fina.click("Bank files")
    (file,) = api.get("/v1/bank/files").json()
    (row,) = [each for each in fina.page.all("li") if "data-file" in each.attributes]
    assert row.figure() == file["amount_minor"]
    assert "Not fetched yet" in fina.words
    at = f"/console/payments/bank/{file['id']}"
    fina.open(f"{at}/content")
    assert "Not fetched yet" in fina.words, "nobody fetches what is not frozen"
    frozen = fina.http.post(f"{at}/export", data={"csrf": fina.csrf})
    fina.path, fina.status, fina.html = str(frozen.url), frozen.status_code, frozen.text
    assert "Not fetched yet" not in fina.words, "the page that is left says what was done"
    assert "Fetch it again" in fina.words
    assert frozen.headers["Refresh"] == f"0; url={at}/content", "and the file is downloaded beside it"
    fetched = fina.http.get(f"{at}/content")
    assert fetched.headers["Content-Disposition"].startswith("attachment")
    exported = api.post(f"/v1/bank/files/{file['id']}/export").json()
    assert fetched.text == exported["content"]
    assert fina.send("/console/payments/bank/99/export") == 404


def test_what_the_bank_says_comes_in_once(closed: ApiTown, at_bank: Callable[..., str]) -> None:
    at_bank(500, "x-1")
    fina = treasurer(closed)
    statement = camt([Entry(700, date(2024, 5, 22), "x-2", (Paid(700, text="thanks"),))])
    assert bring(fina, statement) == 200
    assert "1 new movement. " in fina.words
    assert "wait for somebody" in fina.words
    assert len(closed.client().get("/v1/bank/lines").json()) == 2
    bring(fina, statement)
    assert "Nothing has changed" in fina.words
    assert bring(fina, b"<nonsense/>") == 422
    assert "alert" in [each.attributes.get("role") for each in fina.page.all("p")]
    assert bring(fina, b"") == 422


def test_an_alliance_without_an_account_is_told(closed: ApiTown) -> None:
    fina = treasurer(closed)
    fina.open("/console/payments/bank")
    assert "This alliance has no account at a bank." in fina.words
    assert fina.send("/console/payments/bank/1/export") == 404


def test_a_line_of_the_bank_is_matched_set_aside_or_refused(closed: ApiTown, at_bank: Callable[..., str]) -> None:
    first = at_bank(500, "x-1")
    fina, api = treasurer(closed), closed.client()
    assert put_at_bank(api, "bakery", "a1", **BAKERY_AT_BANK).status_code == 200
    api.post("/v1/settlements/run")
    api.post("/v1/bank/files/1/export")
    reference = next(each["reference"] for each in api.get("/v1/payments").json()["data"])
    assert bring(fina, camt([Entry(-700, date(2024, 5, 22), "x-2", (Paid(-700, text="Fee"),))])) == 200
    fina.click("Lines of the bank that wait")
    sections = fina.page.all("section", class_="paper stack")
    assert [section.figure() for section in sections] == [500, -700]
    aside = next(each["id"] for each in api.get("/v1/bank/lines").json() if each["id"] != first)
    path = "/console/payments/bank/lines/match"
    assert fina.send(path, line=first, others="nobody-1", note="by phone") == 404
    assert "nobody-1" in fina.words
    assert fina.send(path, line=first, others=reference, note="  ") == 422
    assert len(api.get("/v1/bank/lines").json()) == 2
    assert fina.send(path, line=first, others=reference, note="by phone") == 200
    assert fina.send(path, line=aside, note="fee of the bank") == 200
    assert "Nothing waits." in fina.words
    assert fina.send(path, line=first, others=reference, note="again") == 409
    entries = api.get("/v1/audit-log", params={"action": "bank_line.match"}).json()["data"]
    assert [entry["details"]["note"] for entry in entries] == ["fee of the bank", "by phone"]


def test_what_was_set_aside_waits_a_page_at_a_time_to_be_booked(closed: ApiTown, at_bank: Callable[..., str]) -> None:
    at_bank(500, "x-0")
    fina, api = treasurer(closed), closed.client()
    many = range(601, 601 + A_PAGE)
    bring(fina, camt([Entry(minor, date(2024, 5, 22), f"x-{minor}", (Paid(minor, text="thanks"),)) for minor in many]))
    fina.open("/console")
    assert f"{A_PAGE + 1} lines of the bank wait" in fina.words
    for line in api.get("/v1/bank/lines").json():
        assert fina.send("/console/payments/bank/lines/match", line=line["id"], note="a gift") == 200
    fina.open("/console/payments/lines")
    assert "Nothing waits." in fina.words
    assert fina.send("/console/payments/lines/look") == 200
    seen = []
    for path in ("/console/payments/lines", "/console/payments/lines?rail=bank&page=2"):
        seen += [section.figure() for section in fina.open(path).all("section", class_="paper stack")]
    assert sorted(seen) == [500, *many]
    fina.open("/console/payments/lines?rail=bank")
    fina.click("Next page")
    assert "Page 2 of 2" in fina.words
    fina.open("/console/payments/lines?rail=by_hand")
    assert "Nothing waits." in fina.words


def test_a_line_that_waits_shows_what_it_may_be_and_is_paired_by_one_click(
    closed: ApiTown, at_bank: Callable[..., str]
) -> None:
    other = at_bank(77, "x-1")
    fina, api = treasurer(closed), closed.client()
    assert put_at_bank(api, "bakery", "a1", **BAKERY_AT_BANK).status_code == 200
    api.post("/v1/settlements/run")
    api.post("/v1/bank/files/1/export")
    due = next(each for each in api.get("/v1/payments").json()["data"])
    minor = due["amount_minor"]
    assert bring(fina, camt([Entry(minor, date(2024, 5, 22), "x-2", (Paid(minor, text="thanks"),))])) == 200
    fina.open("/console/payments/bank/lines")
    rows = [each for each in fina.page.all("li") if "data-candidate" in each.attributes]
    assert [row.figure() for row in rows if row.figure() == minor]
    row = next(row for row in rows if due["reference"] in row.text)
    fields = {each.attributes["name"]: each.attributes["value"] for each in row.all("input", type="hidden")}
    assert fina.send("/console/payments/bank/lines/match", line=fields["line"], payment=fields["payment"]) == 200
    assert [each["id"] for each in api.get("/v1/bank/lines").json()] == [other]
    (entry,) = api.get("/v1/audit-log", params={"action": "bank_line.match"}).json()["data"]
    assert entry["details"]["note"] == "Chosen from the payments that it may be"


def test_a_shops_account_is_typed_masked_and_changed_by_two(closed: ApiTown, at_bank: Callable[..., str]) -> None:
    at_bank(500, "x-1")
    fina, mona, api = treasurer(closed), manager(closed, "cafe"), closed.client()
    at = "/console/shops/cafe/account"
    mona.open("/console/shops/cafe")
    mona.click("Your account")
    mona.open(f"{at}?way=bank")
    wrong = typed(mona, name="Cafe", iban=f"{SHOP_IBAN[:-1]}9")
    assert mona.send(at, **wrong) == 422
    (note,) = mona.page.all("p", role="alert")
    assert "typing error" in note.text
    (field,) = [each for each in mona.page.all("input") if each.attributes.get("aria-invalid") == "true"]
    assert field.attributes["id"] == "d-iban"
    first = typed(mona, name="Cafe", iban=SHOP_IBAN)
    for _ in range(2):
        assert mona.send(at, **first) == 200, "sent twice it is saved once"
        assert "Saved." in mona.words
    stated = api.get("/v1/shops/cafe/payment-account").json()
    assert (stated["rail"], stated["details"]) == ("bank", {"name": "Cafe", "iban": SHOP_IBAN})
    assert SHOP_IBAN not in mona.html
    assert f"{SHOP_IBAN[:2]}•••• {SHOP_IBAN[-4:]}" in mona.words
    assert mona.send(at, **{**typed(mona, name="Another"), "version": "7"}) == 412
    fina.open(at)
    assert fina.send(at, **typed(fina, name="Cafe Central")) == 200
    assert "waits for another person's approval" in fina.words
    kept = api.get("/v1/shops/cafe/payment-account").json()["details"]
    assert kept == {"name": "Cafe", "iban": SHOP_IBAN}
    (asked,) = api.get("/v1/approvals", params={"status": "pending"}).json()["data"]
    assert (asked["action"], asked["payload"]["new.iban"]) == ("set_payment_account", SHOP_IBAN), "the number is kept"
    entries = api.get("/v1/audit-log", params={"action": "payment_account.set"}).json()["data"]
    assert len(entries) == 1
    assert mona.send("/console/shops/bakery/account", **first) == 404


def test_an_account_by_hand_is_typed_too_and_one_at_stripe_is_not(closed: ApiTown) -> None:
    fina = treasurer(closed)
    at = "/console/shops/cafe/account"
    fina.open(f"{at}?way=by_hand")
    assert fina.send(at, **typed(fina, name="Cafe", collection_code="nonsense")) == 422
    assert "a link with https://" in fina.words
    assert fina.send(at, **typed(fina, name="Cafe", collection_code="https://pay.example/cafe")) == 200
    details = closed.client().get("/v1/shops/cafe/payment-account").json()["details"]
    assert details == {"name": "Cafe", "collection_code": "https://pay.example/cafe"}
    assert fina.send(at, **{**typed(fina), "rail": "nowhere"}) == 422


def test_what_has_no_account_waits_and_is_not_on_its_way(closed: ApiTown, at_bank: Callable[..., str]) -> None:
    at_bank(500, "x-1")
    fina, api = treasurer(closed), closed.client()
    at = "/v1/shops/bakery/payment-account"
    headers = {"If-Match": api.get(at).headers["ETag"], "Idempotency-Key": "a1"}
    assert api.put(at, json={"rail": "bank"}, headers=headers).status_code == 200
    assert api.post("/v1/settlements/run").status_code == 200
    (row,) = [each for each in api.get("/v1/settlements").json()["outlook"] if each["shop"] == "bakery"]
    assert (row["next"], row["on_its_way_minor"]) == ("wait", 0)
    fina.open("/console/payments")
    assert "waits for an account: there is no IBAN" in fina.words
    assert "on its way" not in fina.words
    assert put_at_bank(api, "bakery", "a2", **BAKERY_AT_BANK).status_code == 200
    assert api.post("/v1/settlements/run").status_code == 200
    (row,) = [each for each in api.get("/v1/settlements").json()["outlook"] if each["shop"] == "bakery"]
    assert (row["next"], row["on_its_way_minor"]) == ("on_its_way", row["net_minor"])
