"""Messages to phones, over a provider that takes them by HTTP: what it gets, and what becomes of its answers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest

from coalition.messaging.messenger import MessageDelayed, MessageNotSent, Messenger
from coalition.messaging.set_up import messenger_of
from coalition.settings import SettingsInvalid, read_settings
from tests.support.receiver import closed_port

TWILIO = '{"To": "{to}", "From": "+4915100000000", "Body": "{text}"}'
BIRD = '{"originator": "Old Town", "recipients": ["{to}"], "body": "{text}"}'
TEXT = '123456 is "your" code & {to}'


class Provider:
    """A provider of SMS: what it got, and the status that it answers with."""

    def __init__(self) -> None:
        self.status = 201
        self.got: list[tuple[dict[str, str], str]] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                provider.got.append((dict(self.headers), body))
                self.send_response(provider.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/messages"


@contextmanager
def running() -> Iterator[Provider]:
    provider = Provider()
    thread = Thread(target=provider.server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        provider.server.shutdown()
        provider.server.server_close()
        thread.join()


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A provider that the environment names."""
    with running() as provider:
        monkeypatch.setenv("COALITION_SMS_URL", provider.url)
        monkeypatch.setenv("COALITION_SMS_TEMPLATE", BIRD)
        monkeypatch.setenv("COALITION_SMS_AUTHORIZATION", "AccessKey secret")
        yield provider


def messenger() -> Messenger:
    return messenger_of(read_settings())


def test_a_provider_of_json_gets_number_and_text(provider: Provider) -> None:
    messenger().send("+4915123456789", "no subject", TEXT)
    ((headers, body),) = provider.got
    assert json.loads(body) == {"originator": "Old Town", "recipients": ["+4915123456789"], "body": TEXT}
    assert (headers["Authorization"], headers["Content-Type"]) == ("AccessKey secret", "application/json")


def test_a_provider_of_forms_gets_number_and_text(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COALITION_SMS_TEMPLATE", TWILIO)
    monkeypatch.setenv("COALITION_SMS_FORMAT", "form")
    messenger().send("+4915123456789", "no subject", TEXT)
    ((_, body),) = provider.got
    assert parse_qs(body) == {"To": ["+4915123456789"], "From": ["+4915100000000"], "Body": [TEXT]}


REFUSALS = [(400, MessageNotSent), (302, MessageNotSent), (429, MessageDelayed), (503, MessageDelayed)]


@pytest.mark.parametrize(("status", "kind"), REFUSALS)
def test_a_refusal_says_whether_it_lasts_and_names_nobody(provider: Provider, status: int, kind: Any) -> None:
    provider.status = status
    with pytest.raises(MessageNotSent) as raised:
        messenger().send("+4915123456789", "", TEXT)
    assert type(raised.value) is kind
    assert "4915123456789" not in str(raised.value)


def test_a_provider_that_is_not_there_gets_it_later(provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COALITION_SMS_URL", f"http://127.0.0.1:{closed_port()}/")
    with pytest.raises(MessageDelayed):
        messenger().send("+4915123456789", "", TEXT)
    monkeypatch.delenv("COALITION_SMS_URL")
    with pytest.raises(MessageDelayed, match="COALITION_SMS_URL is not set"):
        messenger().send("+4915123456789", "", TEXT)


@pytest.mark.parametrize("template", ["", "[]", '{"To": "{to}"}', "not JSON {to} {text}"])
def test_a_template_without_number_and_text_is_none(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, template: str
) -> None:
    monkeypatch.setenv("COALITION_SMS_TEMPLATE", template)
    with pytest.raises(SettingsInvalid, match="COALITION_SMS_TEMPLATE"):
        read_settings()
