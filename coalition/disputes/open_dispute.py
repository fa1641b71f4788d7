"""Open a dispute: a shop objects to its statement of a closed window, which never changes."""

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.disputes.dispute_status import DisputeStatus
from coalition.disputes.store import Dispute, add_dispute
from coalition.errors import CoalitionError, Invalid
from coalition.ids import random_id
from coalition.locale.messages import N_
from settlement.clearing import ClosedWindow, LineKind


class NoStatement(CoalitionError, like=Invalid):
    """A shop without a net in the window, and so without a statement."""

    detail = N_("{shop:name} has no net in this window, and so no statement to dispute.")
    concerns = "shop"
    shop: str


def open_dispute(
    alliance: Alliance, caller: Caller, shop: str, window: ClosedWindow, line: LineKind | None, statement: str
) -> Dispute:
    """Open a dispute about a shop's statement, or one line of it, in the shop's own words. Raises NoStatement."""
    if shop not in window.nets:
        raise NoStatement(shop)
    opened = Dispute(
        random_id("dis"),
        shop,
        window.opens_at,
        None if line is None else line.value,
        statement,
        DisputeStatus.OPEN,
        alliance.clock(),
        caller.id,
    )
    with alliance.database.engine.begin() as connection:
        add_dispute(connection, alliance.id, opened)
        record(connection, caller, "dispute.open", opened.id)
    return opened
