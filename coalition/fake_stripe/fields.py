"""Parts that many objects share: metadata, addresses, contact details."""

from coalition.fake_stripe.errors import InvalidRequest, ParameterInvalid
from coalition.fake_stripe.world import Args, Object

KEYS_MAX, KEY_LENGTH_MAX, VALUE_LENGTH_MAX = 50, 40, 500


def metadata_of(args: Args) -> dict[str, str]:
    """The metadata of a request; an empty value is as good as none.

    Raises InvalidRequest beyond Stripe's limits (50 keys of 40 characters, values of 500).
    """
    metadata = args.get("metadata") or {}
    for key, value in metadata.items():
        if len(key) > KEY_LENGTH_MAX:
            raise ParameterInvalid("metadata", f"Metadata keys may have up to {KEY_LENGTH_MAX} characters: {key}")
        if len(value) > VALUE_LENGTH_MAX:
            raise ParameterInvalid(
                f"metadata[{key}]", f"Metadata values may have up to {VALUE_LENGTH_MAX} characters; {key} has more."
            )
    if len(metadata) > KEYS_MAX:
        raise InvalidRequest(f"Metadata may have up to {KEYS_MAX} keys.", param="metadata")
    return {key: value for key, value in metadata.items() if value != ""}


def address() -> Object:
    """A postal address that is not known."""
    return dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))


def billing_details(name: str | None = None) -> Object:
    """Who pays, as on payment methods and charges."""
    return {"address": address(), "email": None, "name": name, "phone": None, "tax_id": None}
