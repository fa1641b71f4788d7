"""What the server does about payments by itself: goes on with what people began, and hears what Stripe has to say."""

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

WHO = "server"


def drive(alliance: Alliance) -> None:
    """Run the last closed window on, once somebody has begun to settle it; else look what became of payments.

    A window is begun by people (or by `coalition settle run`): nobody's account is debited because a clock struck.
    """
    with desk_of(alliance, WHO) as desk:
        if _is_begun(desk):
            settle_window(desk)
        else:
            look(desk, to_look_at(desk))
            tell_notices(desk.book, desk.session, desk.notices)


def is_under_way(alliance: Alliance) -> bool:
    """Whether there is anything to go on with."""
    with desk_of(alliance, WHO) as desk:
        if _is_begun(desk) or kept_notices(desk.book, desk.session, untold=True):
            return True
        return bool(to_look_at(desk))


def act_on_news(alliance: Alliance) -> None:
    """Act on what webhooks told."""
    if (stripe := stripe_at(alliance)) is not None:
        with desk_of(alliance, WHO) as desk:
            stripe.news.process_due(stripe.office(desk))


def fetch_news(alliance: Alliance) -> None:
    """Fetch what no webhook told, and act on it."""
    if (stripe := stripe_at(alliance)) is not None:
        stripe.news.poll()
        act_on_news(alliance)


def refresh_shops(alliance: Alliance) -> None:
    """See every shop's account as Stripe sees it now."""
    if (stripe := stripe_at(alliance)) is not None:
        with desk_of(alliance, WHO) as desk:
            stripe.office(desk).refresh_all()


def _is_begun(desk: Desk) -> bool:
    """Whether the last closed window has payments."""
    try:
        window_id = last_window(desk)
    except WindowNotFound:
        return False
    return bool(newest_payments(desk.book, desk.session, 1, window_id=window_id))
