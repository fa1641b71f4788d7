"""Somebody who reads pages without a browser: opens them, clicks on links by what they say, counts the clicks."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from fastapi import FastAPI
from fastapi.testclient import TestClient

from coalition.access.caller import Caller
from coalition.access.session_store import add_session, csrf_token
from coalition.access.user import lifetime_of
from tests.pages.page_town import PageTown

BROWSER = {"accept": "text/html"}
LOOKS = ("/console/members/search", "/console/members/import/preview", "/console/start/shops/preview", "/invitation")
"""Forms that look and do nothing: the page that answers them may be loaded again."""
VOID = {"area", "br", "hr", "img", "input", "link", "meta"}


@dataclass
class Element:
    """An element of a page, with those in it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    inner: list["Element"] = field(default_factory=list)

    def all(self, tag: str, **attributes: str) -> list["Element"]:
        """Elements within, by tag and by some attributes; `_` stands for `-` in a name."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            each
            for each in self.inner
            if each.tag == tag and all(each.attributes.get(name) == value for name, value in wanted.items())
        ]

    def figure(self) -> int:
        """The exact number of the one figure within."""
        (figure,) = self.all("data")
        return int(figure.attributes["value"])


class _Reader(HTMLParser):
    """Makes elements of HTML: each knows all that is in it, however deep."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("page", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        for outer in self._open:
            outer.inner.append(element)
            outer.text += " "
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in {element.tag for element in self._open}:
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        for outer in self._open:
            outer.text += data


def read_page(html: str) -> Element:
    """A page's elements."""
    reader = _Reader()
    reader.feed(html)
    return reader.root


class Visitor:
    """Somebody with a session of their own, and the page that they look at."""

    def __init__(self, town: PageTown, caller: Caller) -> None:
        with town.api.database.engine.begin() as connection:
            lifetime, now = lifetime_of(caller.role), town.api.clock()
            token = add_session(connection, caller.alliance_id, caller.id, lifetime, "", now).token.text
        self._begin(town.api.app, town.url, token)

    @classmethod
    def with_session(cls, app: FastAPI, url: str, token: str) -> "Visitor":
        """Somebody who has logged in already."""
        visitor = cls.__new__(cls)
        visitor._begin(app, url, token)
        return visitor

    def _begin(self, app: FastAPI, url: str, token: str) -> None:
        headers = {**BROWSER, "origin": url}
        self.http = TestClient(app, base_url=url, headers=headers, raise_server_exceptions=False)
        self.http.cookies.set("session", token)
        self.csrf = csrf_token(token)
        self.clicks = 0
        self.path = "/"
        self.status = 0
        self.html = ""

    def open(self, path: str) -> Element:
        """A page by its address."""
        answer = self.http.get(path)
        self.path, self.status, self.html = str(answer.url), answer.status_code, answer.text
        return self.page

    def click(self, words: str) -> Element:
        """Follow the first link of the main part, or of the navigation, that says this."""
        main = self.page.all("main")[0]
        links = [*main.all("a"), *self.page.all("a")]
        link = next(each for each in links if words in re.sub(r"\s+", " ", each.text))
        self.clicks += 1
        page = self.open(urljoin(self.path, link.attributes["href"]))
        assert self.status == 200, (words, self.path, self.html[-500:])
        return page

    def send(self, path: str, **fields: str | list[str]) -> int:
        """Send a form: the status of the answer, and where it led is the page now."""
        answer = self.http.post(path, data={"csrf": self.csrf, **fields})
        is_page = answer.headers.get("content-type", "").startswith("text/html")
        assert answer.history or not is_page or answer.status_code != 200 or path in LOOKS, "a reload does it again"
        self.path, self.status, self.html = str(answer.url), answer.status_code, answer.text
        return self.status

    @property
    def page(self) -> Element:
        """The page."""
        return read_page(self.html)

    @property
    def words(self) -> str:
        """What its main part says, on one line."""
        return re.sub(r"\s+", " ", self.page.all("main")[0].text)
