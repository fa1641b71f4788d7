"""Every page in every state can be used by everybody: by axe's rules, in both themes, zoomed, and under its own CSP.

In Chinese axe looks only with a TEST_EFFORT: by all rules but that of the language it is the same page.
"""

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from tests.pages.browser import LANGUAGES, SIZES, axe_source, context_of
from tests.pages.page_town import PageTown
from tests.pages.states import STATES, State
from tests.support.effort import EFFORT

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ZOOMED = {"width": 320, "height": 256}
"""A window of 1280 × 1024 at 400 %."""
MAIN_ACTION_PX = 48
BELOW_THE_TABS = """document.body.classList.contains('app')
    ? document.documentElement.scrollHeight - innerHeight : 0"""

GAPS = r"""[...document.body.innerText.matchAll(/.{0,5}[\u3001\u3002\uff01\uff0c\uff1a\uff1b\uff1f] [\u4e00-\u9fff]./g)]
    .map(it => it[0])"""
"""Sentences in Chinese with a space between them, which have room enough in their full stops."""
LONELY = r"""[...document.querySelectorAll("p, li, dd, dt, h1, h2, label, summary, .hint, .button")].filter(it => {
    const text = [...it.childNodes].filter(node => node.nodeType === Node.TEXT_NODE && node.data.trim()).at(-1);
    if (!text || !it.checkVisibility()) return false;
    const all = document.createRange(), last = document.createRange(), end = text.data.trimEnd().length;
    all.selectNodeContents(it);
    last.setStart(text, end - 1);
    last.setEnd(text, end);
    const {left, top} = last.getBoundingClientRect(), line = it.getBoundingClientRect().left;
    const lines = new Set([...all.getClientRects()].map(rect => Math.round(rect.bottom)));
    const first = [...all.getClientRects()].filter(rect => rect.bottom > top + 1).map(rect => rect.left);
    return lines.size > 1 && text.data.length > 8 && left - Math.min(...first) < 1;
}).map(it => it.innerText)"""
"""Texts whose last line is one character."""


def violations(page: Page, rules: list[str]) -> list[str]:
    """What axe finds wrong, a line each."""
    run = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"
    reported = page.evaluate(run, rules)["violations"]
    return [f"{each['id']}: {node['target']} {node['failureSummary']}" for each in reported for node in each["nodes"]]


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_a_page_can_be_used_by_everybody(state: State, lang: str, town: PageTown, browser: Browser) -> None:
    context = context_of(browser, "phone", lang, "light")
    page = context.new_page()
    complaints: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    state.open(town, page)
    assert page.evaluate(BELOW_THE_TABS) <= 0, "scrolls on below its tabs, into nothing"
    assert page.locator("html").get_attribute("lang") == {"en": "en", "zh": "zh-Hans"}[lang]
    if lang == "en" or EFFORT > 1:
        page.evaluate(axe_source())
        assert violations(page, RULES) == []
        page.emulate_media(color_scheme="dark")
        assert violations(page, ["color-contrast"]) == []
    assert short_actions(page) == []
    if lang == "zh" and state.path.startswith("/wallet"):
        assert page.evaluate(GAPS) == []
        assert page.evaluate(LONELY) == []
    page.set_viewport_size(ZOOMED)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, "scrolls sideways at 400 %"
    width, height = SIZES["desk"]
    page.set_viewport_size({"width": width, "height": height})
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert complaints == []
    context.close()


def short_actions(page: Page) -> list[str]:
    """Main actions that a thumb would miss."""
    script = """least => [...document.querySelectorAll('.button')]
        .filter(it => it.checkVisibility() && it.getBoundingClientRect().height < least).map(it => it.textContent)"""
    short: list[str] = page.evaluate(script, MAIN_ACTION_PX)
    return short
