"""What a member's phone says of an event, in the member's language, and what an e-mail or an SMS does. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum, auto
from fractions import Fraction

from coalition.events.event import Event
from coalition.gifts.event_types import GIFT_ARRIVED, GIFT_CREATED, GIFT_RETURNED
from coalition.households.event_types import (
    HOUSEHOLD_INVITED,
    HOUSEHOLD_JOINED,
    HOUSEHOLD_LEFT,
    HOUSEHOLD_POINTS_CHANGED,
)
from coalition.locale.formats import Lang, date_text, points_text, price_text
from coalition.locale.messages import N_, translate, translate_count
from coalition.notices.event_types import NOTICE_POSTED
from coalition.paycodes.confirm import ANSWER_SECONDS
from coalition.paycodes.event_types import CONFIRMATION_REQUESTED
from coalition.purchases.event_types import PURCHASE_CREATED, REFUND_CREATED
from coalition.wallets.event_types import POINTS_EXPIRING
from settlement.ledger import BookSettings

CHOSEN_AT = "/wallet/notices"
"""Where a member chooses how to hear of what."""
HOUSEHOLD = "/wallet/household"
BODY_CHARS_MAX = 300
"""A push service takes 4,096 bytes; a phone shows two lines or three."""
DAY = 24 * 3600


class Audience(Enum):
    """Whom an event is news for."""

    MEMBER = auto()
    SECOND_MEMBER = auto()
    MATES = auto()
    """The others of the household that its payload names."""
    ALL = auto()


@dataclass(frozen=True, slots=True)
class Words:
    """What a message is written in: a language, the alliance's money, what a point is worth, what shops are called.

    `person` is the name of the other member whom an event concerns; empty where the reader does not know it.
    """

    lang: Lang
    settings: BookSettings
    rate: Fraction
    names: Mapping[str, str]
    person: str = ""

    def say(self, sentence: str, **values: object) -> str:
        """A marked sentence."""
        return translate(sentence, self.lang, **values)

    def money(self, minor: int) -> str:
        """An amount."""
        return price_text(minor, self.settings.minor_digits, self.settings.currency, self.lang)

    def points(self, count: int) -> dict[str, str]:
        """Points, and what they are worth, for a sentence that depends on their number."""
        return {"count": points_text(count, self.lang), "amount": self.money(int(count * self.rate))}


@dataclass(frozen=True, slots=True)
class Written:
    """A message: its title, its text, and the page that it opens."""

    title: str
    body: str
    path: str


Write = Callable[[Event, Words], Written | None]


@dataclass(frozen=True, slots=True)
class MessageKind:
    """How an event becomes a message: for whom, and for how long anybody wants to hear of it.

    `by_mail` says of which events whoever has no browser for it hears all the same, and `person` which other member
    it names to those who know them.
    """

    write: Write
    audience: Audience = Audience.MEMBER
    kept_seconds: int = DAY
    urgent: bool = False
    by_mail: Callable[[Event], bool] = lambda _: False
    person: Callable[[Event], str | None] = lambda _: None

    def readers(self, event: Event, mates: Callable[[str], Mapping[str, int]]) -> set[str] | None:
        """The members whom it concerns; None for all. `mates` says who is in a household, and since when.

        Whoever joined since hears nothing of what was before.
        """
        if self.audience is Audience.ALL:
            return None
        if self.audience is Audience.MATES:
            sharing = mates(event.data["household"])
            return {id_ for id_, joined_at in sharing.items() if joined_at <= event.at and id_ != event.member}
        member = event.member if self.audience is Audience.MEMBER else event.second_member
        return set() if member is None else {member}


def _purchase(event: Event, words: Words) -> Written | None:
    spent, earned = (int(event.data.get(name, 0)) for name in ("points_spent", "points_earned"))
    lines = []
    if spent:
        lines.append(
            translate_count(
                "You paid {amount} with {count} point.",
                "You paid {amount} with {count} points.",
                spent,
                words.lang,
                **words.points(spent),
            )
        )
    if earned:
        lines.append(
            translate_count(
                "You earned {count} point, worth {amount}.",
                "You earned {count} points, worth {amount}.",
                earned,
                words.lang,
                **words.points(earned),
            )
        )
    return _at_shop(event, words, lines)


def _refund(event: Event, words: Words) -> Written | None:
    returned, taken = (int(event.data.get(name, 0)) for name in ("points_returned", "points_taken_back"))
    lines = []
    if returned:
        lines.append(
            translate_count(
                "{count} point came back to you, worth {amount}.",
                "{count} points came back to you, worth {amount}.",
                returned,
                words.lang,
                **words.points(returned),
            )
        )
    if taken:
        lines.append(
            translate_count(
                "{count} point that you had earned was taken back.",
                "{count} points that you had earned were taken back.",
                taken,
                words.lang,
                **words.points(taken),
            )
        )
    return _at_shop(event, words, lines)


def _at_shop(event: Event, words: Words, lines: list[str]) -> Written | None:
    """A message under the shop's name; none where no points moved."""
    if not lines:
        return None
    title = words.settings.name if event.shop is None else words.names.get(event.shop, event.shop)
    return Written(title, "\n".join(lines), f"/wallet/history/{event.seq}")


def _household(event: Event, words: Words) -> Written:
    shop, change = event.data["shop"], int(event.data["points_change"])
    name = words.person or words.say(N_("somebody of your household"))
    if change > 0:
        text = translate_count(
            "{count} point of yours, worth {amount}, came back: {name} had used it.",
            "{count} points of yours, worth {amount}, came back: {name} had used them.",
            change,
            words.lang,
            **words.points(change),
            name=name,
        )
    else:
        text = translate_count(
            "{count} point of yours, worth {amount}, was used by {name}.",
            "{count} points of yours, worth {amount}, were used by {name}.",
            -change,
            words.lang,
            **words.points(-change),
            name=name,
        )
    title = words.settings.name if shop is None else words.names.get(shop, shop)
    return Written(title, text, f"/wallet/history/{event.seq}")


def _invited(_: Event, words: Words) -> Written:
    text = words.say(N_("You are invited to share points with a household. See who asks, and say yes or no."))
    return Written(words.say(N_("An invitation for you")), text, HOUSEHOLD)


def _joined(_: Event, words: Words) -> Written:
    sentence = N_("{name} has joined: from now on you may spend each other's points.")
    return _of_mate(sentence, N_("Somebody has joined: from now on you may spend each other's points."), words)


def _left(_: Event, words: Words) -> Written:
    return _of_mate(N_("You no longer share points with {name}."), N_("Somebody has left your household."), words)


def _of_mate(with_name: str, without: str, words: Words) -> Written:
    text = words.say(with_name, name=words.person) if words.person else words.say(without)
    return Written(words.say(N_("Your household")), text, HOUSEHOLD)


def _worth(points: int, words: Words) -> str:
    return translate_count(
        "{count} point, worth {amount}.",
        "{count} points, worth {amount}.",
        points,
        words.lang,
        **words.points(points),
    )


def _gift(event: Event, words: Words) -> Written:
    text = _worth(int(event.data["points_moved"]), words)
    return Written(words.say(N_("A gift for you")), text, f"/wallet/history/{event.seq}")


def _gift_arrived(event: Event, words: Words) -> Written:
    text = _worth(int(event.data["points_moved"]), words)
    return Written(words.say(N_("Your gift was taken")), text, "/wallet/gift")


def _gift_returned(event: Event, words: Words) -> Written:
    text = _worth(int(event.data["points_moved"]), words)
    return Written(words.say(N_("Your gift came back")), text, f"/wallet/history/{event.seq}")


def _expiring(event: Event, words: Words) -> Written:
    day = date_text(date.fromisoformat(event.data["expires_on"]), words.lang)
    text = translate_count(
        "{count} point, worth {amount}, can be spent until {day}.",
        "{count} points, worth {amount}, can be spent until {day}.",
        event.data["points"],
        words.lang,
        count=points_text(event.data["points"], words.lang),
        amount=words.money(event.data["worth_minor"]),
        day=day,
    )
    return Written(words.say(N_("Points are about to expire")), text, "/wallet")


def _question(event: Event, words: Words) -> Written:
    shop = words.names.get(event.data["shop"], event.data["shop"])
    sentence = N_("{shop} asks: pay {amount} with your points?")
    text = words.say(sentence, shop=shop, amount=words.money(event.data["amount_minor"]))
    return Written(words.say(N_("A shop asks you")), text, "/wallet")


def _notice(event: Event, words: Words) -> Written:
    title, text = (event.data[name][words.lang] for name in ("title", "text"))
    short = text if len(text) <= BODY_CHARS_MAX else f"{text[:BODY_CHARS_MAX]}…"
    return Written(title, short, CHOSEN_AT)


def _always(_: Event) -> bool:
    return True


MESSAGE_KINDS: Mapping[str, MessageKind] = {
    PURCHASE_CREATED: MessageKind(_purchase, by_mail=lambda event: int(event.data.get("points_spent", 0)) > 0),
    REFUND_CREATED: MessageKind(_refund),
    HOUSEHOLD_POINTS_CHANGED: MessageKind(
        _household,
        by_mail=lambda event: int(event.data["points_change"]) < 0,
        person=lambda event: event.second_member,
    ),
    HOUSEHOLD_INVITED: MessageKind(_invited, Audience.SECOND_MEMBER, by_mail=_always),
    HOUSEHOLD_JOINED: MessageKind(_joined, Audience.MATES, by_mail=_always, person=lambda event: event.member),
    HOUSEHOLD_LEFT: MessageKind(_left, Audience.MATES, by_mail=_always, person=lambda event: event.member),
    GIFT_CREATED: MessageKind(_gift, Audience.SECOND_MEMBER, by_mail=_always),
    GIFT_ARRIVED: MessageKind(_gift_arrived),
    GIFT_RETURNED: MessageKind(_gift_returned, by_mail=_always),
    POINTS_EXPIRING: MessageKind(_expiring, by_mail=_always),
    CONFIRMATION_REQUESTED: MessageKind(_question, kept_seconds=ANSWER_SECONDS, urgent=True),
    NOTICE_POSTED: MessageKind(_notice, Audience.ALL, by_mail=_always),
}
"""The events that phones tell of, and how."""
WHY_MAILED = N_("You get this because no phone of yours shows messages of the wallet.")
CHOOSE = N_("You can choose otherwise in the wallet: {link}")


def compose(event: Event, words: Words) -> dict[str, str] | None:
    """What the wallet's worker shows of an event, by its names for it; None for what is no news after all.

    What is shown under one `tag` takes the place of what was: a message that arrives twice is seen once.
    """
    written = MESSAGE_KINDS[event.type].write(event, words)
    if written is None:
        return None
    return {
        "title": written.title,
        "body": written.body,
        "path": written.path,
        "lang": "zh-Hans" if words.lang == "zh" else "en",
        "tag": f"event-{event.seq}",
    }


def compose_mail(event: Event, words: Words, wallet_url: str | None) -> tuple[str, str] | None:
    """Subject and text of an e-mail about an event; None for what is no news after all.

    `wallet_url` is where members reach the server, without a slash at the end; None where nothing says so.
    """
    written = MESSAGE_KINDS[event.type].write(event, words)
    if written is None:
        return None
    lines = [written.body, ""]
    if wallet_url is None:
        lines.append(words.say(WHY_MAILED))
    else:
        choose = words.say(CHOOSE, link=f"{wallet_url}{CHOSEN_AT}")
        lines += [f"{wallet_url}{written.path}", "", words.say(WHY_MAILED), choose]
    return _subject(written, words), "\n".join(lines) + "\n"


def compose_sms(event: Event, words: Words) -> str | None:
    """The text of an SMS about an event; None for what is no news after all."""
    written = MESSAGE_KINDS[event.type].write(event, words)
    return None if written is None else f"{_subject(written, words)}\n{written.body}"


def _subject(written: Written, words: Words) -> str:
    return words.say(N_("{alliance}: {title}"), alliance=words.settings.name, title=written.title)
