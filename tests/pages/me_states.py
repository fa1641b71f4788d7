"""States of the pages that a member's own row of tabs calls Me."""

from tests.pages.state import SEND, State, press

ME_STATES = (
    State("me", "/wallet/me", "ann"),
    State("me-profile", "/wallet/me/profile?done=yes", "ann"),
    State("lock", "/wallet/me/lock?done=yes", "cleo"),
    State("locked", "/wallet/me/lock?done=yes", "lou"),
    State("home-locked", "/wallet", "lou"),
    State("passkeys", "/wallet/me/passkeys", "ann"),
    State("devices", "/wallet/me/devices?done=out", "ann"),
    State("contact", "/wallet/me/contact", "ann"),
    State("contact-refused", "/wallet/me/contact", "ann", press(SEND, contact="nobody")),
    State("contact-code", "/wallet/me/contact", "ann", press(SEND, contact="ann@example.com")),
    State("erase", "/wallet/me/erase", "ann"),
    State("erase-unsure", "/wallet/me/erase", "ann", press("main form .danger")),
)
