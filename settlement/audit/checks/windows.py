"""The tallies and documents of windows follow from their moves."""

from collections import defaultdict

from sqlalchemy import text

from settlement.amounts import Minor
from settlement.audit.auditor import Auditor, CheckResult, Reader
from settlement.clearing.windows import nets_of, window_document
from settlement.ledger.accounts import AccountKind
from settlement.ledger.moves import TRANSFER
from settlement.ledger.tallies import TALLY_COLUMNS, Tally, TallyKey

POSITION = 20


def check_tallies(auditor: Auditor) -> CheckResult:
    """Each window's tallies are what its moves count up to."""
    kept: dict[int, list[tuple[TallyKey, Tally]]] = defaultdict(list)
    for window_id, shop, terms_id, *tally in auditor.rows(
        f"SELECT window_id, shop, terms_id, {', '.join(TALLY_COLUMNS)} FROM tallies WHERE alliance_id = :alliance_id"
    ):
        if any(tally):
            kept[window_id].append((TallyKey(shop, terms_id), list(tally)))
    counted = {window_id: tallies for window_id, tallies in auditor.tallies().items() if tallies}
    return len(counted), [
        f"window {window_id}: tallies differ from its moves"
        for window_id in sorted({*kept, *counted})
        if sorted(kept[window_id]) != counted.get(window_id)
    ]


def check_windows(auditor: Auditor) -> CheckResult:
    """Each closed window, closed anew from its moves, gives the stored document byte for byte."""
    settled = Reader(_settlement_moves(auditor))
    balance: dict[str, int] = defaultdict(int)
    kept = _kept_in_deposits(auditor)
    differences: list[str] = []
    closes = auditor.connection.execute(
        text(
            "SELECT w.id, w.closes_at, w.posting_id, w.document, w.closed_at = p.recorded_at "
            "FROM windows AS w LEFT JOIN postings AS p ON p.alliance_id = w.alliance_id AND p.id = w.posting_id "
            "AND p.key = 'close:' || w.id WHERE w.alliance_id = :alliance_id ORDER BY w.id"
        ),
        {"alliance_id": auditor.book.alliance_id},
    ).all()
    for window_id, closes_at, posting_id, document, posted in closes:
        if not posted:
            differences.append(f"window {window_id}: posting {posting_id} is not the one that closed it")
        for _, id_, minor in settled.until(lambda move, own=posting_id: move[0] < own):  # type: ignore[misc]
            balance[auditor.config.by_id[id_].ref] += minor
        tallies = auditor.tallies().get(window_id, [])
        again = window_document(
            auditor.config,
            (window_id, closes_at),
            tallies,
            nets_of(auditor.config, tallies),
            {participant: Minor(minor) for participant, minor in balance.items() if minor},
            {auditor.config.by_id[id_].ref: Minor(minor) for id_, minor in kept[posting_id]},
        )
        if again != document:
            differences.append(f"window {window_id}: closing it again gives another document")
    return len(closes), differences


CHECKS = {"tallies_from_moves": check_tallies, "windows_closed_again": check_windows}


def _settlement_moves(auditor: Auditor) -> list[tuple[int, ...]]:
    """(posting, participant, minor units) of every change to what participants are owed, in order."""
    sides = " UNION ALL ".join(
        f"SELECT m.posting_id, a.issuer, {sign}m.amount FROM moves AS m "
        f"JOIN accounts AS a ON a.alliance_id = m.alliance_id AND a.id = m.{side} "
        f"AND a.kind = {AccountKind.SETTLEMENT:d} "
        f"WHERE m.alliance_id = :alliance_id AND m.kind IN ({TRANSFER:d}, {-TRANSFER:d})"
        for side, sign in (("credit", ""), ("debit", "-"))
    )
    return sorted(auditor.rows(sides))


def _kept_in_deposits(auditor: Auditor) -> dict[int, list[tuple[int, int]]]:
    """(participant, minor units) that each close put into deposits, by its posting."""
    kept: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for posting_id, participant, minor in auditor.rows(
        "SELECT m.posting_id, d.issuer, m.amount FROM windows AS w "
        "JOIN postings AS p ON p.alliance_id = w.alliance_id AND p.id = w.posting_id "
        "JOIN moves AS m ON m.alliance_id = w.alliance_id AND m.window_id = p.window_id AND m.posting_id = p.id "
        f"JOIN accounts AS d ON d.alliance_id = m.alliance_id AND d.id = m.debit "
        f"AND d.kind = {AccountKind.SETTLEMENT:d} "
        f"JOIN accounts AS c ON c.alliance_id = m.alliance_id AND c.id = m.credit AND c.kind = {AccountKind.DEPOSIT:d} "
        "WHERE w.alliance_id = :alliance_id"
    ):
        kept[posting_id].append((participant, minor))
    return kept
