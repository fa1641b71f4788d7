"""Settle the last closed window, as far as it goes now."""

from coalition.access.caller import Caller
from coalition.access.log import record_separately
from coalition.alliance import Alliance
from coalition.ids import window_id
from coalition.payments.context import payment_context
from settlement.payments import SettlementRun, settle_window


def run_settlement(alliance: Alliance, caller: Caller) -> SettlementRun:
    """Look up what became of payments, collect, and pay out; log who asked. Raises WindowNotFound."""
    with payment_context(alliance, caller.id) as context:
        done = settle_window(context)
    counts = {"collecting": done.collecting, "paying": done.paying}
    record_separately(alliance.database, caller, "settlement.run", window_id(done.window_id), counts)
    return done
