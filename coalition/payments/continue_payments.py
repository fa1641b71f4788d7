"""What the server does about payments by itself: it continues what people began, and handles Stripe's events."""

from coalition.alliance import Alliance
from coalition.payments.context import payment_context
from coalition.payments.rails.stripe import stripe_at
from settlement import WindowNotFound
from settlement.payments import (
    PaymentContext,
    find_payments,
    last_window,
    look_up_payments,
    payments_to_look_up,
    publish_notices,
    settle_window,
    stored_notices,
)

ACTOR = "server"


def continue_payments(alliance: Alliance) -> None:
    """Continue to settle the last closed window if somebody has begun; otherwise only observe open payments.

    People begin to settle a window (or `coalition settle run` does): no account is debited just because of the time.
    """
    with payment_context(alliance, ACTOR) as context:
        if _is_begun(context):
            settle_window(context)
        else:
            look_up_payments(context, payments_to_look_up(context))
            publish_notices(context.book, context.session, context.notifier)


def is_under_way(alliance: Alliance) -> bool:
    """Whether there is anything to continue."""
    with payment_context(alliance, ACTOR) as context:
        if _is_begun(context) or stored_notices(context.book, context.session, unpublished=True):
            return True
        return bool(payments_to_look_up(context))


def handle_stripe_events(alliance: Alliance) -> None:
    """Handle the events that Stripe's webhooks delivered."""
    if (stripe := stripe_at(alliance)) is not None:
        with payment_context(alliance, ACTOR) as context:
            stripe.inbox.process_due(stripe.webhook_handler(context))


def fetch_stripe_events(alliance: Alliance) -> None:
    """Fetch the events that no webhook delivered, and handle them."""
    if (stripe := stripe_at(alliance)) is not None:
        stripe.inbox.poll()
        handle_stripe_events(alliance)


def refresh_stripe_accounts(alliance: Alliance) -> None:
    """Refresh what is stored of every shop's account at Stripe."""
    if (stripe := stripe_at(alliance)) is not None:
        with payment_context(alliance, ACTOR) as context:
            stripe.webhook_handler(context).refresh_all()


def _is_begun(context: PaymentContext) -> bool:
    """Whether the last closed window has payments."""
    try:
        window_id = last_window(context)
    except WindowNotFound:
        return False
    return bool(find_payments(context.book, context.session, 1, window_id=window_id))
