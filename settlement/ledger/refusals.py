"""Why the book refuses a posting: an ordered list of reasons, each a kind of mistake with its sentence."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import NamedTuple

from settlement.errors import MoneyShort
from settlement.sentences import N_, Phrase


class RefusalKind(NamedTuple):
    """A reason to refuse: what an error class says of its kind, and the sentence with places for the values."""

    code: str
    status: HTTPStatus
    title: str
    remedy: str
    detail: str


# In the order in which they are looked at: the first that holds is the answer, so that the same request on
# the same book is always refused for the same reason.
_IN_ORDER = (
    RefusalKind(
        "occurs_in_future",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        N_("Time lies in the future"),
        N_("Set the till's clock."),
        N_("{occurred_at:moment} is later than the book's clock, {now:moment}. Check the till's clock."),
    ),
    RefusalKind(
        "shop_unknown",
        HTTPStatus.NOT_FOUND,
        N_("Shop not found"),
        N_("Check the shop's name."),
        N_("No shop {shop:name} in this alliance."),
    ),
    RefusalKind(
        "shop_not_earning",
        HTTPStatus.CONFLICT,
        N_("Shop issues no points now"),
        N_("Sell without points. The alliance can tell the shop why."),
        N_("Shop {shop:name} does not issue points now."),
    ),
    RefusalKind(
        "shop_not_redeeming",
        HTTPStatus.CONFLICT,
        N_("Shop takes no points now"),
        N_("Take the payment in money. The alliance can tell the shop why."),
        N_("Shop {shop:name} does not take points now."),
    ),
    RefusalKind(
        "amount_not_positive",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        N_("Amount not positive"),
        N_("Send more than zero."),
        N_("An amount must be more than zero, not {amount:number}."),
    ),
    RefusalKind(
        "amount_too_large",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        N_("Amount too large"),
        N_("Send less: `detail` says how much is allowed."),
        N_("{amount:number} is too much; at most {most:number} is allowed here."),
    ),
    RefusalKind(
        "same_account",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        N_("Both sides are the same"),
        N_("Name two that differ."),
        N_("Both sides are {account:name}. A move needs two accounts."),
    ),
    RefusalKind(
        "units_differ",
        HTTPStatus.CONFLICT,
        N_("Accounts have different units"),
        N_("Name two accounts of money."),
        N_("{debit:name} and {credit:name} do not both count money."),
    ),
    RefusalKind(
        "account_unknown",
        HTTPStatus.NOT_FOUND,
        N_("Account not found"),
        N_("Name an account of this alliance."),
        N_("{account:name} under participant id {issuer} is no money account of this alliance."),
    ),
    RefusalKind(
        "claim_taken",
        HTTPStatus.CONFLICT,
        N_("Already used"),
        N_("It can be used once. Use a new one."),
        N_("{claim:name} was used before. It can be used once."),
    ),
    RefusalKind(
        "lot_unknown",
        HTTPStatus.NOT_FOUND,
        N_("Points not found"),
        N_("Check which points are meant."),
        N_("No lot {lot} in this book."),
    ),
    RefusalKind(
        "lot_not_over",
        HTTPStatus.CONFLICT,
        N_("Points have not expired"),
        N_("Wait until the day after the last day."),
        N_("Lot {lot} is valid until the end of {expires_on:date}. Today is {today:date}."),
    ),
    RefusalKind(
        "lot_over",
        HTTPStatus.UNPROCESSABLE_ENTITY,
        N_("Points have expired"),
        N_("Send a last day that is today or later."),
        N_("Points that expire on {expires_on:date} cannot be issued on {today:date}."),
    ),
    RefusalKind(
        "originals_differ",
        HTTPStatus.CONFLICT,
        N_("Two earlier postings named"),
        N_("Send two requests."),
        N_("A posting refers to one earlier posting, not to {first:post} and {second:post}. Send two."),
    ),
    RefusalKind(
        "hold_unknown",
        HTTPStatus.NOT_FOUND,
        N_("Hold not found"),
        N_("Check the hold's id."),
        N_("Posting {hold:post} is not a hold of this book."),
    ),
    RefusalKind(
        "hold_resolved",
        HTTPStatus.CONFLICT,
        N_("Hold already resolved"),
        N_("It was captured, released or has lapsed. Read it to see which."),
        N_("Hold {hold:post} was captured, released or has lapsed already (posting {by:post})."),
    ),
    RefusalKind(
        "hold_lapsed",
        HTTPStatus.CONFLICT,
        N_("Hold lapsed"),
        N_("Place a new hold."),
        N_("Hold {hold:post} lapsed at {lapses_at:moment}. Place a new one."),
    ),
    RefusalKind(
        "capture_exceeds_hold",
        HTTPStatus.CONFLICT,
        N_("Capture exceeds the hold"),
        N_("Capture at most what the hold has."),
        N_("Hold {hold:post} has {held:number} points, not {asked:number}."),
    ),
    RefusalKind(
        "posting_unknown",
        HTTPStatus.NOT_FOUND,
        N_("Nothing to take back"),
        N_("Check the id of what is to be taken back."),
        N_("No posting {posting:post} in this book, or nothing in it that can be taken back."),
    ),
    RefusalKind(
        "posting_reversed",
        HTTPStatus.CONFLICT,
        N_("Already taken back"),
        N_("Nothing: it was taken back before."),
        N_("Posting {posting:post} was reversed or refunded already (posting {by:post})."),
    ),
    RefusalKind(
        "refund_exceeds_original",
        HTTPStatus.CONFLICT,
        N_("Refund exceeds what is left"),
        N_("Refund at most what is left of the purchase."),
        N_("Posting {posting:post} has {left:number} points left to refund, not {asked:number}."),
    ),
    RefusalKind(
        "points_short",
        HTTPStatus.CONFLICT,
        N_("Not enough points"),
        N_("Spend fewer points: quote first, or accept a part."),
        N_("The member has {points:number} points to spend, not {asked:number}."),
    ),
    RefusalKind(
        "pot_short",
        HTTPStatus.CONFLICT,
        N_("Not enough points set aside"),
        N_("Set more points aside, or issue fewer."),
        N_("{pot:name} has {points:number} points left, not {asked:number}."),
    ),
    RefusalKind(
        "limit_reached",
        HTTPStatus.CONFLICT,
        N_("Shop's limit reached"),
        N_("The shop pays in a deposit, or the alliance raises its limit."),
        N_(
            "Shop {shop:name} may have {limit_minor:money} at risk and would have {exposure_minor:money}. "
            "Raise its deposit or its credit limit."
        ),
    ),
    RefusalKind(
        MoneyShort.code,
        MoneyShort.status,
        MoneyShort.title,
        MoneyShort.remedy,
        N_("{account:name} holds {minor:money}, not {asked:money}."),
    ),
    RefusalKind(
        "balance_sign",
        HTTPStatus.CONFLICT,
        N_("Balance not allowed"),
        N_("Read the balance first. It has changed meanwhile."),
        N_("{account:name} would stand at {balance:balance}, which an account of its kind may not."),
    ),
)
REFUSALS: Mapping[str, RefusalKind] = {kind.code: kind for kind in _IN_ORDER}


class Refusal(NamedTuple):
    """Why a posting was refused: a code of REFUSALS, and the values that its sentence speaks of."""

    code: str
    values: Mapping[str, str | int]

    @property
    def sentence(self) -> Phrase:
        """Why, as it can be said in any language."""
        return Phrase(REFUSALS[self.code].detail, **self.values)

    def __str__(self) -> str:
        return str(self.sentence)


def encode_refusal(refusal: Refusal) -> str:
    """A refusal as it is stored. What it was asked for may be too large for other encoders of JSON."""
    return json.dumps({"code": refusal.code, **refusal.values}, ensure_ascii=False, separators=(",", ":"))


def decode_refusal(text: str) -> Refusal:
    """The refusal that `encode_refusal` wrote."""
    values = json.loads(text)
    return Refusal(values.pop("code"), values)
