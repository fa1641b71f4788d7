"""Messages over a real mail server: encrypted, as written, and with a true word on what became of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from coalition.messaging.messenger import LogMessenger, MessageDelayed, MessageNotSent, Messenger, send_or_log
from coalition.messaging.set_up import MessengerByContact, messenger_of
from coalition.settings import SettingsInvalid, read_settings
from tests.support.mail import HOST, PASSWORD, USER, Postbox, postbox
from tests.support.receiver import closed_port

SENDER = "Altstädter Punkte <points@town.example>"


@pytest.fixture(params=["starttls", "ssl"])
def box(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Postbox]:
    """A mail server, and a machine that trusts it and is set up for it."""
    with postbox(tmp_path, request.param) as box:
        monkeypatch.setenv("SSL_CERT_FILE", box.certificate)
        settings = {"HOST": HOST, "PORT": box.port, "USER": USER, "PASSWORD": PASSWORD, "FROM": SENDER}
        for name, value in {**settings, "SECURITY": request.param}.items():
            monkeypatch.setenv(f"COALITION_SMTP_{name}", str(value))
        yield box


def messenger() -> Messenger:
    return messenger_of(read_settings())


def failure(sender: Messenger) -> MessageNotSent:
    with pytest.raises(MessageNotSent) as raised:
        sender.send("ann@example.org", "Hello", "Text.")
    return raised.value


def test_a_message_arrives_encrypted_and_as_it_was_written(box: Postbox) -> None:
    messenger().send("ann@example.org", "旧城：付款失败\r\nBcc: eve@example.org", "未付：12.00 EUR。\nÄ")
    assert box.read() == [("ann@example.org", "旧城：付款失败 Bcc: eve@example.org", "未付：12.00 EUR。\nÄ\n")]
    (message,) = box.arrived
    assert (message["From"], message["Bcc"], message["Auto-Submitted"]) == (SENDER, None, "auto-generated")
    assert message["Message-ID"].endswith("@town.example>")
    assert box.encrypted == [True]


@pytest.mark.parametrize(("answer", "again"), [("451 later", True), ("550 no such mailbox", False), ("hang up", False)])
def test_what_did_not_go_out_says_whether_it_may_be_sent_again(box: Postbox, answer: str, *, again: bool) -> None:
    box.answers = [answer]
    error = failure(messenger())
    assert isinstance(error, MessageDelayed) is again
    assert box.arrived == []
    messenger().send("ann@example.org", "Hello", "Text.")
    assert len(box.arrived) == 1


def test_a_server_that_is_not_the_one_or_not_there_gets_nothing(box: Postbox, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setenv("COALITION_SMTP_PASSWORD", "wrong")
        assert isinstance(failure(messenger()), MessageDelayed)
    with monkeypatch.context() as patch:
        patch.delenv("SSL_CERT_FILE")
        assert "CERTIFICATE_VERIFY_FAILED" in failure(messenger()).why
    monkeypatch.setenv("COALITION_SMTP_PORT", str(closed_port()))
    assert isinstance(failure(messenger()), MessageDelayed)
    assert box.arrived == []


def test_a_phone_number_is_no_address(
    box: Postbox, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    send_or_log(messenger(), "+4915112345678", "Code", "123456")
    assert "123456" not in caplog.text
    assert "4915112345678" not in caplog.text
    monkeypatch.setenv("COALITION_MESSAGES_TO_LOG", "true")
    messenger().send("+4915112345678", "Code", "123456")
    assert "123456" in caplog.text
    assert box.arrived == []


def test_nobody_is_named_where_a_message_is_refused(box: Postbox, caplog: pytest.LogCaptureFixture) -> None:
    box.answers = ["550 5.1.1 <ann@example.org>: no such mailbox"]
    send_or_log(messenger(), "ann@example.org", "Code", "123456")
    assert "no such mailbox" in caplog.text
    assert "ann@" not in caplog.text


def test_without_a_host_nothing_is_sent_and_with_one_it_needs_a_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MessageDelayed):
        messenger().send("ann@example.org", "Hello", "Text.")
    with monkeypatch.context() as patch:
        patch.setenv("COALITION_MESSAGES_TO_LOG", "true")
        assert messenger() == MessengerByContact(LogMessenger(), LogMessenger())
    monkeypatch.setenv("COALITION_SMTP_HOST", HOST)
    for sender in (None, "nobody"):
        if sender is not None:
            monkeypatch.setenv("COALITION_SMTP_FROM", sender)
        with pytest.raises(SettingsInvalid, match="COALITION_SMTP_FROM"):
            read_settings()
