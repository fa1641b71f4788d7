"""What was said of a bank's movements: one that was split is what its parts come to, never more and never less."""

from collections import defaultdict

from settlement.audit.auditor import Auditor, CheckResult
from settlement.rails.bank.facts import MatchMethod
from settlement.rails.bank.tables import bank_lines, bank_matches

POSITION = 45


def check_splits(auditor: Auditor) -> CheckResult:
    """The lines that took the place of one come to what the account changed by with it."""
    lines = auditor.rows(
        f"SELECT l.id, l.minor - l.fee_minor, COALESCE(m.how, '') FROM {bank_lines.name} AS l "
        f"LEFT JOIN {bank_matches.name} AS m ON m.alliance_id = l.alliance_id AND m.line_id = l.id "
        "WHERE l.alliance_id = :alliance_id ORDER BY l.id"
    )
    # A part is called by its line's id and a number of its own.
    parts: dict[str, int] = defaultdict(int)
    for id_, minor, _ in lines:
        parts[str(id_).rpartition("-")[0]] += minor
    split = {str(id_): minor for id_, minor, how in lines if str(how) == MatchMethod.SPLIT}
    return len(lines), [
        f"bank line {id_} changed the account by {minor}, its parts by {parts[id_]}"
        for id_, minor in split.items()
        if parts[id_] != minor
    ]


CHECKS = {"bank_line_splits": check_splits}
