"""Events: what happened, kept for thirty days, for webhooks and for those who ask."""

from coalition.fake_stripe import lists
from coalition.fake_stripe.world import Call, Object


def list_all(call: Call) -> Object:
    """GET /v1/events; `type` may end in `*`, `types` lists several."""
    wanted = call.args.pop("types", None) or [call.args.pop("type", "*")]
    return lists.page(call, "event", lambda each: any(fits(each["type"], w) for w in wanted))


def fits(kind: str, wanted: str) -> bool:
    """Whether an event type is meant by a name or a pattern such as `charge.*` or `*`."""
    return kind == wanted or (wanted.endswith("*") and kind.startswith(wanted[:-1]))
