"""What a form says about what is missing or wrong, and which step of it a change of language keeps."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from coalition.members.store import find_member
from tests.pages.page_town import PageTown
from tests.pages.test_joining import code_sent_to

WRONG = {
    "filled": ("", "请填写此项。"),
    "mail": ("nobody", "请填写电子邮件地址，例如 name@example.com。"),
    "site": ("nowhere", "请填写完整的网址，例如 https://example.com。"),
    "six": ("12", "请填写六位数字。"),
    "short": ("NO", "请按此处要求的格式填写。"),
    "count": ("12", "不得大于 9。"),
    "picked": (None, "请选择。"),
    "upload": (None, "请选择文件。"),
    "agreed": (None, "请勾选后继续。"),
}
"""What is typed into each field of the page of components, and what stands beside it then."""


def test_what_is_wrong_is_said_beside_each_field_in_the_language_of_the_page(town: PageTown, page: Page) -> None:
    page.goto(f"{town.url}/dev/components")
    page.get_by_role("button", name="中文").click()
    form = page.locator("#checked")
    for name, (typed, _) in WRONG.items():
        if typed is not None:
            form.locator(f"[name={name}]").fill(typed)
    form.get_by_role("button", name="Check them").click()
    expect(form.locator(".wrong")).to_have_text([words for _, words in WRONG.values()])
    filled = form.locator("[name=filled]")
    expect(filled).to_be_focused()
    expect(filled).to_have_accessible_description("请填写此项。")
    page.keyboard.type("x")
    expect(form.locator(".wrong")).to_have_count(len(WRONG) - 1)
    expect(filled).to_have_accessible_description("")
    form.locator("[name=agreed]").check()
    expect(form.locator(".wrong")).to_have_count(len(WRONG) - 2)
    form.locator("[name=count]").fill("0")
    form.get_by_role("button", name="Check them").click()
    expect(form.get_by_text("不得小于 1。")).to_be_visible()


def test_who_changes_the_language_while_joining_goes_on_with_the_same_shop_and_code(town: PageTown, page: Page) -> None:
    contact = "mei@example.com"
    page.goto(f"{town.url}/wallet/join?shop=cafe&next=/wallet/shops")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_text("中央咖啡馆邀请您")).to_be_visible()
    page.get_by_label("手机号或电子邮箱").fill(contact)
    page.get_by_role("button", name="发送验证码").click()
    expect(page.get_by_text(contact)).to_be_visible()
    assert contact not in page.url, "an address may be read by others"
    page.get_by_label("验证码").fill("000000")
    page.get_by_label("我同意").check()
    page.get_by_role("button", name="加入").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_text(f"A code is on its way to {contact}")).to_be_visible()
    page.reload()
    page.get_by_label("Code").fill(code_sent_to(town, page, contact))
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Join").click()
    expect(page).to_have_url(f"{town.url}/wallet/shops")
    (known,) = town.api.client().post("/v1/members/search", json={"email": contact}).json()
    with town.api.database.engine.connect() as connection:
        member = find_member(connection, town.api.alliance.id, known["id"])
    assert member is not None
    assert member.enrolled_by == "cafe"


@pytest.mark.parametrize(
    ("path", "typed", "words"),
    [
        ("/wallet/log-in", {"contact": "somebody@example.com"}, "somebody@example.com"),
        ("/wallet/gift", {"to": "bob@example.com", "points": "3"}, "bob@example.com"),
        ("/wallet/me/contact", {"contact": "new-ann@example.com"}, "new-ann@example.com"),
        ("/wallet/prove", {}, "+49 1511 2345678"),
    ],
)
def test_a_change_of_language_keeps_the_step(
    town: PageTown, context: BrowserContext, page: Page, path: str, typed: dict[str, str], words: str
) -> None:
    if path != "/wallet/log-in":
        town.log_in(context, town.member("ann"))
    page.goto(f"{town.url}{path}")
    for name, text in typed.items():
        page.fill(f"main [name={name}]", text)
    page.locator("main form .next").click()
    for language in ("中文", "English"):
        expect(page.locator("main")).to_contain_text(words)
        page.get_by_role("button", name=language).click()
    expect(page.locator("main")).to_contain_text(words)


def test_a_change_of_language_keeps_what_a_list_was_narrowed_down_to(town: PageTown, page: Page) -> None:
    page.goto(f"{town.url}/wallet/shops?category=butcher")
    page.get_by_role("button", name="中文").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")
    expect(page.locator(".line-title")).to_have_text(["Metzgerei Huber"])
