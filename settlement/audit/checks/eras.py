"""Windows follow the cut-offs that were in effect."""

from settlement.audit.auditor import Auditor, CheckResult

POSITION = 25


def check_eras(auditor: Auditor) -> CheckResult:
    """Each window opens and closes where its era has cut-offs."""
    calendar = auditor.config.calendar
    differences = [
        f"window {window_id}: it opens at no cut-off"
        for window_id in auditor.tallies()
        if calendar.window(window_id)[0] != window_id
    ]
    closed = auditor.rows("SELECT id, closes_at FROM windows WHERE alliance_id = :alliance_id ORDER BY id")
    differences += [
        f"window {window_id}: it was closed at {closes_at}, which is not its cut-off"
        for window_id, closes_at in closed
        if calendar.window(window_id) != (window_id, closes_at)
    ]
    return len(auditor.tallies()) + len(closed), differences


CHECKS = {"windows_at_cutoffs": check_eras}
