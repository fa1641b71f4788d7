"""What is wrong with a field: by pydantic's names of errors, and by our own."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pydantic_core import PydanticCustomError

from coalition.locale.messages import N_
from coalition.locale.pydantic_texts import PYDANTIC, readable
from settlement import Phrase

TEXTS: Mapping[str, str] = {
    **PYDANTIC,
    # What our own schemas check beyond that.
    "all_is_partial": N_("`all` spends as many points as there are; give a number to spend exactly that many"),
    "app_member_missing": N_("an app has to name the member that it asks for"),
    "after_today": N_("must not lie after {today}"),
    "batch_empty": N_("give purchases, refunds or both"),
    "contact_earns": N_("a phone number or an address only earns; points take a pay code or a confirmation"),
    "cursor_unknown": N_("is not a cursor of this list; take `next_cursor` of a page"),
    "after_day": N_("must not lie after day"),
    "days_reversed": N_("must not lie before first_day"),
    "email_missing": N_("the shop's profile has none; give one"),
    "event_or_range": N_("name either an event, or a range with `since`"),
    "given_or_taken": N_("points are taken back with `of`, and given without it"),
    "lines_differ": N_("the lines add up to {whole}, the amount is {amount}"),
    "line_twice": N_("a line is named twice"),
    "no_parameters": N_("this operation takes no query parameters"),
    "not_base64": N_("must be bytes in base64"),
    "one_asked": N_("name the member by one of member, phone and email"),
    "one_buyer": N_("name the buyer by one of member, pay_code, confirmation, phone and email"),
    "one_holder": N_("name the member by one of member, pay_code and confirmation"),
    "one_receiver": N_("give one of to, phone, email and by_link"),
    "overlap_too_long": N_("must lie between now and {days} days ahead"),
    "parameter_twice": N_("comes more than once"),
    "payment_or_name": N_("name a payment, shares, deposit_of, or book_as and why"),
    "purchase_or_receipt": N_("give either purchase or external_ref, and not both"),
    "receipt_shop": N_("name the shop whose receipt it is"),
    "refund_two_ways": N_("refund by amount or by lines, not both"),
    "shop_of_role": N_("a manager or a cashier has a shop, and nobody else"),
    "till_has_shop": N_("a till's key has a shop, and no other"),
    "unknown_parameter": N_("is no query parameter of this operation, which takes {known}"),
    "unusable": "{why}",
    "windows_reversed": N_("must not lie before first_window"),
    "zero_points": N_("points must be above or below zero"),
}
"""A sentence without its subject, which is the field. Its places are the error's own values."""
_UNUSABLE = N_("can't be used")


def field_error(error: str, /, **values: object) -> PydanticCustomError:
    """The error of ours that a validator raises: one of those in TEXTS, with its values."""
    return PydanticCustomError(error, TEXTS[error], values)


def field_phrase(error: str, values: Mapping[str, Any]) -> Phrase:
    """What is wrong with a field, by the name of the error and its values; an unknown name is no reason to fail."""
    return Phrase(TEXTS.get(error, _UNUSABLE), **readable(values))


def place(where: Sequence[str | int], body: object, *, missing: bool) -> str:
    """A field's path, such as lines.0.ref: what is there in the body, not which branch of a choice was tried.

    The last part of the path of a field that is `missing` is not there, and belongs to it all the same.
    """
    path = []
    value = body
    for part in where:
        if not isinstance(value, dict | list):
            break
        try:
            value = cast("dict[object, object]", value)[part]
        except (KeyError, IndexError, TypeError):
            if not missing or part is not where[-1]:
                continue
        path.append(str(part))
    return ".".join(path) or "body"
