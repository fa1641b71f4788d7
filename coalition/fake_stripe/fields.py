"""Parts that many objects share: metadata, addresses, contact details, updates."""

from typing import Any

from coalition.fake_stripe.errors import InvalidRequest, ParameterInvalid
from coalition.fake_stripe.world import Args, Object

KEYS_MAX, KEY_LENGTH_MAX, VALUE_LENGTH_MAX = 50, 40, 500


def metadata_of(args: Args, old: dict[str, str] | None = None) -> dict[str, str]:
    """Metadata after a request: given keys are set, an empty value unsets its key, an empty hash unsets all.

    Raises InvalidRequest beyond Stripe's limits (50 keys of 40 characters, values of 500).
    """
    given = args.get("metadata")
    if given is None:
        return dict(old or {})
    if given == "":
        return {}
    for key, value in given.items():
        if len(key) > KEY_LENGTH_MAX:
            raise ParameterInvalid("metadata", f"Metadata keys may have up to {KEY_LENGTH_MAX} characters: {key}")
        if len(value) > VALUE_LENGTH_MAX:
            raise ParameterInvalid(
                f"metadata[{key}]", f"Metadata values may have up to {VALUE_LENGTH_MAX} characters; {key} has more."
            )
    merged = {key: value for key, value in ((old or {}) | given).items() if value != ""}
    if len(merged) > KEYS_MAX:
        raise InvalidRequest(f"Metadata may have up to {KEYS_MAX} keys.", param="metadata")
    return merged


def change(thing: Object, args: Args, *names: str) -> Object:
    """Set the named fields that the request gives (an empty value unsets) and its metadata.

    Returns the old values of what changed, as an event's `previous_attributes` has them.
    """
    new: dict[str, Any] = {name: args[name] if args[name] != "" else None for name in names if name in args}
    if "metadata" in args:
        new["metadata"] = metadata_of(args, thing["metadata"])
    previous = {name: thing[name] for name, value in new.items() if thing[name] != value}
    thing.update(new)
    return previous


def address(given: Args | None = None) -> Object:
    """A postal address; whatever is not given is null."""
    empty: Object = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return empty | (given or {})


def billing_details(given: Args | None = None) -> Object:
    """Who pays, as on payment methods and charges."""
    given = given or {}
    return {
        "address": address(given.get("address")),
        "email": given.get("email"),
        "name": given.get("name"),
        "phone": given.get("phone"),
        "tax_id": given.get("tax_id"),
    }
