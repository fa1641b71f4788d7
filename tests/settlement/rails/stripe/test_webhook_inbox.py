"""News from Stripe: however often, in whatever order and however late it comes, it has one effect."""

import json
import random
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest

from coalition.fake_stripe.webhooks import signature
from coalition.fake_stripe.world import PLATFORM
from settlement.ledger import Database
from settlement.rails.port import RailStatus
from settlement.rails.stripe import (
    WEBHOOK_EVENT_TYPES,
    ProcessedEvents,
    SignatureWrong,
    StripeEventMalformed,
    StripeUnreachable,
    WebhookInbox,
)
from settlement.rails.stripe.onboarding import on_a_page
from settlement.rails.stripe.resource_refs import CONNECTED_EVENT_TYPES, LISTED_EVENT_TYPES
from tests.support.stripe import Receiver, flush, subscribe

from .conftest import BACK, HURRIED, Scene
from .recording import RecordingHandler

SignedWebhook = tuple[bytes, str]
DAY = 86_400


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def webhook_handler(scene: Scene) -> RecordingHandler:
    return RecordingHandler(scene)


@pytest.fixture
def secrets(scene: Scene, receiver: Receiver) -> list[str]:
    """Both endpoints' secrets: what happens to us, and what happens to the shops' accounts."""
    ours = subscribe(scene.client, receiver.url, *LISTED_EVENT_TYPES)
    return [ours, subscribe(scene.client, receiver.url, *CONNECTED_EVENT_TYPES, connect=True)]


@pytest.fixture
def inbox(scene: Scene, sqlite_database: Database, secrets: list[str]) -> WebhookInbox:
    return WebhookInbox(sqlite_database, 1, scene.connection, secrets, scene.now)


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    database = Database(sqlite_url)
    yield database
    database.close()


def deliver(inbox: WebhookInbox, webhooks: Iterable[SignedWebhook]) -> list[bool]:
    return [inbox.receive(*webhook) for webhook in webhooks]


def of_type(webhooks: Iterable[SignedWebhook], kind: str) -> list[SignedWebhook]:
    return [webhook for webhook in webhooks if json.loads(webhook[0])["type"] == kind]


def tell_everything(scene: Scene, webhook_handler: RecordingHandler) -> None:
    """A story in which everything happens of which Stripe can tell."""
    pays_by = {"bakery": "pm_success_de", "cafe": "pm_card_visa", "books": "pm_insufficientFunds_de"}
    shops = {name: scene.shop(name, kind) for name, kind in pays_by.items()}
    webhook_handler.accounts = dict(shops)
    scene.onboarding.mandate_page(shops["books"], BACK)
    for token in ("pm_usBankAccount_smallDeposits", "pm_card_chargeDeclined"):
        scene.saves(shops["books"], token)
    debit, refunded, bounced = (scene.attempt(shops["bakery"], 5_000) for _ in range(3))
    disputed, charge, failing = (scene.attempt(shops[name], 5_000) for name in ("cafe", "cafe", "books"))
    sent = scene.rail.instruct(webhook_handler.keeps(debit, refunded, bounced, disputed, charge, failing))
    for name in ("bakery", "books"):
        (top_up,) = webhook_handler.keeps(scene.attempt(on_a_page(shops[name], scene.now()), 7_000))
        scene.complete(scene.onboarding.top_up_page(top_up, "Deposit", BACK), pays_by[name])
    scene.control.days(10)
    scene.client.v1.payment_intents.cancel(sent[5].reference)
    paid = scene.pay(shops["cafe"], 3_000)
    scene.rail.instruct(webhook_handler.keeps(paid))
    scene.reverse(paid, 3_000)
    scene.refund(charge, 5_000)
    scene.refund(refunded, 5_000)
    scene.control(f"refunds/{scene.refund(bounced, 5_000)}/fail")
    dispute = scene.control(f"payments/{sent[3].reference}/dispute", reason="fraudulent")
    scene.control(f"disputes/{dispute['id']}/decide", won=True)
    scene.control(f"payments/{sent[0].reference}/dispute", reason="debit_not_authorized")
    cafe, books = shops["cafe"].details["account"], shops["books"].details["account"]
    scene.fund(100, cafe)
    scene.control.days(1)
    scene.control(f"accounts/{cafe}/fail_payouts")
    scene.control(f"accounts/{cafe}/onboard")
    scene.control(f"accounts/{books}/close")
    scene.fund(100)
    scene.client.v1.payouts.create({"amount": 100, "currency": "eur"})
    scene.control(f"accounts/{PLATFORM}/fail_payouts")
    scene.control.days(10)


@pytest.fixture
def webhooks(
    scene: Scene, webhook_handler: RecordingHandler, receiver: Receiver, secrets: list[str]
) -> list[SignedWebhook]:
    """All that Stripe sent of that story."""
    tell_everything(scene, webhook_handler)
    flush(scene.control)
    return receiver.got


def test_the_story_has_every_type_that_is_used(webhooks: list[SignedWebhook]) -> None:
    assert {json.loads(body)["type"] for body, _ in webhooks} == set(WEBHOOK_EVENT_TYPES)


@pytest.mark.parametrize("kind", WEBHOOK_EVENT_TYPES)
def test_each_type_duplicated_reordered_and_late_has_one_effect(
    scene: Scene, webhook_handler: RecordingHandler, inbox: WebhookInbox, webhooks: list[SignedWebhook], kind: str
) -> None:
    mine = of_type(webhooks, kind)
    scene.control.days(5)
    assert deliver(inbox, mine[::-1]) == [True] * len(mine)
    assert deliver(inbox, mine * 2) == [False] * len(mine) * 2
    assert inbox.process_due(webhook_handler) == ProcessedEvents(len(mine), 0, 0)
    effects = list(webhook_handler.effects)
    assert len(effects) == len({hint for hint, _ in effects}) >= 1
    deliver(inbox, mine)
    scene.control.days(1)
    assert inbox.process_due(webhook_handler) == ProcessedEvents(0, 0, 0)
    assert webhook_handler.effects == effects


@pytest.mark.parametrize("seed", range(3))
def test_all_of_it_in_any_order_ends_in_the_truth(
    scene: Scene, webhook_handler: RecordingHandler, inbox: WebhookInbox, webhooks: list[SignedWebhook], seed: int
) -> None:
    shuffled = webhooks * 2
    random.Random(seed).shuffle(shuffled)
    for start in range(0, len(shuffled), 7):
        deliver(inbox, shuffled[start : start + 7])
        inbox.process_due(webhook_handler)
    by_payment = [webhook_handler.became(attempt) for attempt in webhook_handler.attempts.values()]
    truth = [each.status for each in scene.rail.observe(list(webhook_handler.attempts.values()))]
    assert by_payment == [[status] for status in truth]
    assert truth == [
        RailStatus.RETURNED, RailStatus.RETURNED, RailStatus.PAID, RailStatus.PAID, RailStatus.RETURNED,
        RailStatus.FAILED, RailStatus.PAID, RailStatus.FAILED, RailStatus.RETURNED,
    ]  # fmt: skip


@pytest.mark.parametrize("mischief", ["duplicate", "reorder", "delay", "drop"])
def test_as_it_happens_each_step_is_seen_once_whatever_becomes_of_its_webhooks(
    scene: Scene, webhook_handler: RecordingHandler, inbox: WebhookInbox, receiver: Receiver, mischief: str
) -> None:
    times = {"reorder": 2}.get(mischief, 50)
    scene.control("webhooks/mischief", kind=mischief, times=times, seconds=3_600)
    (attempt,) = webhook_handler.keeps(scene.attempt(scene.shop(), 5_000))

    def catch_up() -> None:
        flush(scene.control)
        deliver(inbox, receiver.got)
        if mischief == "drop":
            assert receiver.got == []
            inbox.poll()
        inbox.process_due(webhook_handler)

    sent = scene.rail.instruct([attempt])[0]
    scene.control.days(8)
    catch_up()
    scene.control.days(20)
    scene.control(f"payments/{sent.reference}/dispute")
    scene.control.days(1)
    catch_up()
    catch_up()
    assert webhook_handler.became(attempt) == [RailStatus.PAID, RailStatus.RETURNED]


def test_news_of_a_payment_that_is_not_committed_yet_is_kept_and_tried_again(
    scene: Scene, webhook_handler: RecordingHandler, inbox: WebhookInbox, receiver: Receiver
) -> None:
    attempt = scene.attempt(scene.shop(pays_by="pm_card_visa"), 5_000)
    scene.rail.instruct([attempt])
    flush(scene.control)
    deliver(inbox, of_type(receiver.got, "payment_intent.succeeded"))
    assert inbox.process_due(webhook_handler) == ProcessedEvents(0, 0, 1)
    webhook_handler.keeps(attempt)
    assert inbox.process_due(webhook_handler) == ProcessedEvents(0, 0, 0)
    scene.control("clock", advance_seconds=60)
    assert inbox.process_due(webhook_handler) == ProcessedEvents(1, 0, 0)
    assert webhook_handler.became(attempt) == [RailStatus.PAID]


def test_news_that_nobody_ever_knows_is_given_up_after_three_days(
    scene: Scene, webhook_handler: RecordingHandler, inbox: WebhookInbox, receiver: Receiver
) -> None:
    scene.rail.instruct([scene.attempt(scene.shop(pays_by="pm_card_visa"), 5_000)])
    flush(scene.control)
    deliver(inbox, of_type(receiver.got, "payment_intent.succeeded"))
    tries = 0
    for _ in range(4 * 24):
        processed = inbox.process_due(webhook_handler)
        tries += processed.kept
        if processed.dropped:
            break
        scene.control("clock", advance_seconds=3_600)
    assert processed == ProcessedEvents(0, 1, 0)
    assert 10 < tries < 25
    scene.control.days(1)
    assert inbox.process_due(webhook_handler) == ProcessedEvents(0, 0, 0)


def test_what_is_not_ours_is_over_at_once(
    scene: Scene, webhook_handler: RecordingHandler, inbox: WebhookInbox, receiver: Receiver
) -> None:
    customer = scene.client.v1.customers.create({"name": "somebody's own"}).id
    wish: Any = {
        "amount": 500,
        "currency": "eur",
        "payment_method": "pm_card_visa",
        "confirm": True,
        "customer": customer,
    }
    intent = scene.client.v1.payment_intents.create(wish)
    scene.client.v1.refunds.create({"payment_intent": intent.id, "amount": 1})
    scene.control(f"payments/{intent.id}/dispute")
    flush(scene.control)
    deliver(inbox, receiver.got)
    assert inbox.process_due(webhook_handler).kept == 0
    assert webhook_handler.effects == []


def test_an_object_that_is_gone_is_nothing_to_look_at(
    scene: Scene, webhook_handler: RecordingHandler, inbox: WebhookInbox, receiver: Receiver
) -> None:
    scene.shop()
    mandate = next(iter(scene.client.v1.setup_intents.list())).mandate
    scene.control(f"mandates/{mandate}/revoke")
    flush(scene.control)
    deliver(inbox, of_type(receiver.got, "mandate.updated"))
    scene.control("start_over")
    assert inbox.process_due(webhook_handler) == ProcessedEvents(1, 0, 0)


def test_stripe_out_of_reach_leaves_everything_for_the_next_time(
    scene: Scene, webhook_handler: RecordingHandler, inbox: WebhookInbox, webhooks: list[SignedWebhook]
) -> None:
    deliver(inbox, of_type(webhooks, "charge.dispute.created"))
    scene.control("faults", kind="unavailable", times=HURRIED.tries)
    with pytest.raises(StripeUnreachable, match="read pi_"):
        inbox.process_due(webhook_handler)
    assert inbox.process_due(webhook_handler).done == 2


def test_what_no_webhook_brought_is_fetched_once(
    scene: Scene, webhook_handler: RecordingHandler, inbox: WebhookInbox, webhooks: list[SignedWebhook]
) -> None:
    deliver(inbox, webhooks[::3])
    missed = (
        len(webhooks)
        - len(webhooks[::3])
        - sum(1 for webhook in webhooks if "account" in json.loads(webhook[0]) and webhook not in webhooks[::3])
    )
    assert inbox.poll() == missed
    assert inbox.poll() == 0
    inbox.process_due(webhook_handler)
    truth = [each.status for each in scene.rail.observe(list(webhook_handler.attempts.values()))]
    assert [webhook_handler.became(attempt) for attempt in webhook_handler.attempts.values()] == [
        [status] for status in truth
    ]


def test_where_nothing_happened_there_is_nothing_to_fetch(inbox: WebhookInbox) -> None:
    assert inbox.poll() == 0


def test_fetching_goes_on_from_where_it_was_whatever_webhooks_came_since(
    scene: Scene, webhook_handler: RecordingHandler, inbox: WebhookInbox, receiver: Receiver
) -> None:
    shop = scene.shop(pays_by="pm_card_visa")
    inbox.poll()
    scene.control.days(3)
    lost, came = webhook_handler.keeps(scene.attempt(shop, 100), scene.attempt(shop, 200))
    scene.rail.instruct([lost])
    flush(scene.control)
    receiver.got.clear()
    scene.control.days(3)
    scene.rail.instruct([came])
    flush(scene.control)
    deliver(inbox, receiver.got)
    inbox.process_due(webhook_handler)
    assert (webhook_handler.became(lost), webhook_handler.became(came)) == ([], [RailStatus.PAID])
    before = scene.control.get("requests")["count"]
    inbox.poll()
    assert scene.control.get("requests")["count"] == before + 1
    inbox.process_due(webhook_handler)
    assert (webhook_handler.became(lost), webhook_handler.became(came)) == ([RailStatus.PAID], [RailStatus.PAID])


def test_fetching_that_fails_says_so_and_loses_nothing(
    scene: Scene, webhook_handler: RecordingHandler, inbox: WebhookInbox, webhooks: list[SignedWebhook]
) -> None:
    scene.control("faults", kind="unavailable", times=HURRIED.tries)
    with pytest.raises(StripeUnreachable, match="list events"):
        inbox.poll()
    assert inbox.poll() == sum(1 for body, _ in webhooks if "account" not in json.loads(body))


def test_only_what_stripe_signed_is_taken(
    inbox: WebhookInbox, webhooks: list[SignedWebhook], secrets: list[str]
) -> None:
    body, signed = webhooks[0]
    for forged in ((body + b" ", signed), (body, ""), (body, "t=1,v1=00"), (b"\xff", signed), (body, webhooks[1][1])):
        with pytest.raises(SignatureWrong, match="webhook is not accepted"):
            inbox.receive(*forged)
    assert inbox.receive(body, signed)


def test_a_signature_is_good_for_five_minutes(
    inbox: WebhookInbox, webhooks: list[SignedWebhook], monkeypatch: pytest.MonkeyPatch
) -> None:
    later = time.time() + 301
    monkeypatch.setattr("time.time", lambda: later)
    with pytest.raises(SignatureWrong, match="tolerance"):
        inbox.receive(*webhooks[0])


def test_each_alliance_has_its_own_news(
    scene: Scene, sqlite_database: Database, inbox: WebhookInbox, webhooks: list[SignedWebhook], secrets: list[str]
) -> None:
    other = WebhookInbox(sqlite_database, 2, scene.connection, secrets, scene.now)
    assert deliver(inbox, webhooks[:1]) == deliver(other, webhooks[:1]) == [True]
    without = WebhookInbox(sqlite_database, 3, scene.connection, [], scene.now)
    with pytest.raises(SignatureWrong, match="no signing secret is set"):
        without.receive(*webhooks[0])


@pytest.mark.parametrize("body", [b"[]", b"{}", b"nonsense", b'{"id": 1, "type": "x", "data": {"object": 7}}'])
def test_what_is_signed_and_no_event_is_refused(
    inbox: WebhookInbox, secrets: list[str], body: bytes, signed: Callable[..., str]
) -> None:
    with pytest.raises(StripeEventMalformed, match="not a Stripe event"):
        inbox.receive(body, signed(body, secrets[0]))


@pytest.fixture
def signed() -> Callable[[bytes, str], str]:
    """Signs as Stripe does."""
    return lambda body, secret: signature(body.decode(), secret, int(time.time()))


def test_news_are_kept_on_both_databases(
    scene: Scene,
    webhook_handler: RecordingHandler,
    database: Database,
    webhooks: list[SignedWebhook],
    secrets: list[str],
) -> None:
    inbox = WebhookInbox(database, 1, scene.connection, secrets, scene.now)
    assert deliver(inbox, webhooks * 2) == [True] * len(webhooks) + [False] * len(webhooks)
    assert inbox.poll() == 0
    assert inbox.process_due(webhook_handler) == ProcessedEvents(len(webhooks), 0, 0)
    assert inbox.process_due(webhook_handler) == ProcessedEvents(0, 0, 0)
