"""Browsers that members' notices are sent to."""

from typing import Annotated

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import WALLET, Caller
from coalition.api.access import allow, own_member
from coalition.api.alliance import alliance_now
from coalition.api.fields import MemberId, PlainText, Text
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.locale.formats import moment
from coalition.members.member_cache import member_cache
from coalition.messaging.web_push import PushAddress, public_push_key
from coalition.outgoing.address import URL_CHARS_MAX
from coalition.push import subscribe as subscribing
from coalition.push.store import PushSubscription as SubscriptionRecord
from coalition.push.store import subscriptions_of
from coalition.web.request import allows_private, language_of

router = Router(prefix="/v1/members/{member}/push-subscriptions", tags=["notices"])
POSITION = 139

Wallets = Annotated[Caller, Depends(allow(WALLET))]
PROBLEMS = responses(
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "No such member or subscription, or none of yours."),
    (422, "A field can't be used."),
)


class PushSubscriptionCreate(BaseModel):
    """What a browser's `PushSubscription.toJSON()` says."""

    model_config = ConfigDict(extra="forbid")

    endpoint: Annotated[str, Field(min_length=1, max_length=URL_CHARS_MAX), PlainText()] = Field(
        description="Where its messages are posted: https, with a public address.",
        examples=["https://push.example/send/dQw4w9WgXcQ"],
    )
    p256dh: Text = Field(description="Its public key, in base64url.")
    auth: Text = Field(description="The secret that it shares with the sender, in base64url.")


class PushSubscription(BaseModel):
    """A browser that hears of what concerns a member. Where it is posted to is not shown again."""

    id: str = Field(description="Its id.", examples=["psh_0m3nf9w1t7kzq5x8c2v4b6h1ja"])
    created_at: Moment = Field(description="When it was added.")


class PushSubscriptionList(BaseModel):
    """A member's browsers."""

    data: list[PushSubscription] = Field(description="The oldest first.")
    application_server_key: str = Field(
        description="The alliance's public key, which a browser takes as `applicationServerKey` when it subscribes."
    )


@router.post(
    "",
    operation_id="createPushSubscription",
    summary="Send a member's notices to a browser",
    status_code=201,
    responses={**PROBLEMS, **responses((409, "The member is frozen."))},
)
def create_push_subscription(
    request: Request, member: MemberId, body: PushSubscriptionCreate, caller: Wallets
) -> PushSubscription:
    """From then on it hears when points are earned, spent or given, when they are about to expire, what a till asks,
    and what the alliance lets its members know.

    Each message is JSON, encrypted by RFC 8291: `title`, `body`, `lang`, `tag`, and `path`, the page of the wallet that
    it is about. They are in the member's language, or in that of this request. A session has one browser, a member at
    most 20; one more ends the oldest. It ends with its session, and when the push service says that it is gone.
    """
    own_member(caller, member)
    added = subscribing.subscribe(
        alliance_now(request, caller),
        caller,
        member,
        PushAddress(body.endpoint, body.p256dh, body.auth),
        language_of(request),
        allow_private=allows_private(request),
    )
    return render_subscription(added)


@router.get(
    "", operation_id="listPushSubscriptions", summary="Browsers that hear of a member's notices", responses=PROBLEMS
)
def list_push_subscriptions(request: Request, member: MemberId, caller: Wallets) -> PushSubscriptionList:
    """Those that messages are sent to, and the key that a browser needs to become one."""
    own_member(caller, member)
    alliance = alliance_now(request, caller)
    owner = member_cache(alliance).look_up(member).id
    with alliance.database.engine.connect() as connection:
        listed = subscriptions_of(connection, alliance.id, owner)
    key = public_push_key(alliance.programme.secret)
    return PushSubscriptionList(data=[render_subscription(each) for each in listed], application_server_key=key)


@router.delete(
    "/{subscription}",
    operation_id="endPushSubscription",
    summary="Send nothing more to a browser",
    status_code=204,
    responses=PROBLEMS,
)
def end_push_subscription(
    request: Request,
    member: MemberId,
    subscription: Annotated[Text, Path(description="The subscription's id.")],
    caller: Wallets,
) -> None:
    """What waits for it is forgotten too."""
    own_member(caller, member)
    subscribing.unsubscribe(alliance_now(request, caller), caller, member, subscription)


def render_subscription(subscription: SubscriptionRecord) -> PushSubscription:
    """A browser as the API shows it."""
    return PushSubscription(id=subscription.id, created_at=moment(subscription.created_at))
