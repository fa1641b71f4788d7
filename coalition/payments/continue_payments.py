"""What the server does about payments by itself: it continues what people began, and handles Stripe's events."""

from coalition.alliance import Alliance
from coalition.payments.desk import desk_of
from coalition.payments.rails import stripe_at
from settlement import WindowNotFound
from settlement.payments import (
    Desk,
    kept_notices,
    last_window,
    look,
    newest_payments,
    settle_window,
    tell_notices,
    to_look_at,
)

ACTOR = "server"


def continue_payments(alliance: Alliance) -> None:
    """Continue to settle the last closed window if somebody has begun; otherwise only observe open payments.

    People begin to settle a window (or `coalition settle run` does): no account is debited just because of the time.
    """
    with desk_of(alliance, ACTOR) as desk:
        if _is_begun(desk):
            settle_window(desk)
        else:
            look(desk, to_look_at(desk))
            tell_notices(desk.book, desk.session, desk.notices)


def is_under_way(alliance: Alliance) -> bool:
    """Whether there is anything to continue."""
    with desk_of(alliance, ACTOR) as desk:
        if _is_begun(desk) or kept_notices(desk.book, desk.session, untold=True):
            return True
        return bool(to_look_at(desk))


def handle_stripe_events(alliance: Alliance) -> None:
    """Handle the events that Stripe's webhooks delivered."""
    if (stripe := stripe_at(alliance)) is not None:
        with desk_of(alliance, ACTOR) as desk:
            stripe.news.process_due(stripe.office(desk))


def fetch_stripe_events(alliance: Alliance) -> None:
    """Fetch the events that no webhook delivered, and handle them."""
    if (stripe := stripe_at(alliance)) is not None:
        stripe.news.poll()
        handle_stripe_events(alliance)


def refresh_stripe_accounts(alliance: Alliance) -> None:
    """Refresh what is stored of every shop's account at Stripe."""
    if (stripe := stripe_at(alliance)) is not None:
        with desk_of(alliance, ACTOR) as desk:
            stripe.office(desk).refresh_all()


def _is_begun(desk: Desk) -> bool:
    """Whether the last closed window has payments."""
    try:
        window_id = last_window(desk)
    except WindowNotFound:
        return False
    return bool(newest_payments(desk.book, desk.session, 1, window_id=window_id))
