"""The tallies and documents of windows follow from their moves."""

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import text

from settlement.amounts import Minor
from settlement.audit.auditor import Auditor, CheckResult, Reader
from settlement.audit.digests import digest_of
from settlement.clearing.windows import nets_of, window_document
from settlement.ledger.accounts import AccountKind
from settlement.ledger.moves import TRANSFER

POSITION = 20


def check_tallies(auditor: Auditor) -> CheckResult:
    """Each window's tallies are what its moves count up to; of one that was audited before, what they were then."""
    kept = auditor.kept_tallies()
    counted = {window_id: tallies for window_id, tallies in auditor.tallies().items() if tallies}
    differences = [
        f"window {window_id}: tallies differ from its moves"
        for window_id in sorted({*kept, *counted})
        if kept.get(window_id) != counted.get(window_id)
    ]
    closed_until = auditor.closed_until()
    auditor.facts["tallies"] = {
        str(window_id): digest_of(*([*key, *tally] for key, tally in tallies))
        for window_id, tallies in auditor.tallies().items()
        if window_id < closed_until
    }
    if auditor.since is not None:
        audited = auditor.since.facts["tallies"]
        differences += [
            f"window {window_id}: its tallies are not those that were audited"
            for window_id, digest in audited.items()
            if auditor.facts["tallies"].get(window_id) != digest
        ]
        differences += [
            f"window {window_id}: tallies differ from its moves, which were audited before"
            for window_id in map(int, audited)
            if auditor.recheck is not None
            and auditor.recheck.first_window <= window_id <= auditor.recheck.last_window
            and auditor.count_tallies(window_id) != kept.get(window_id, [])
        ]
    return len(counted), differences


def check_windows(auditor: Auditor) -> CheckResult:
    """Each closed window, closed anew from its moves, gives the stored document byte for byte.

    Of one that was audited before, the row is what it was then.
    """
    moves = _settlement_moves(auditor)
    settled, balance = Reader(moves), _settled_before(auditor, moves)
    kept = _kept_in_deposits(auditor)
    audited = {} if auditor.since is None else dict(auditor.since.facts["windows"])
    differences: list[str] = []
    established: dict[str, str] = {}
    closes = auditor.connection.execute(
        text(
            "SELECT w.id, w.closes_at, w.posting_id, w.document, w.closed_at, w.closed_at = p.recorded_at "
            "FROM windows AS w LEFT JOIN postings AS p ON p.alliance_id = w.alliance_id AND p.id = w.posting_id "
            "AND p.key = 'close:' || w.id WHERE w.alliance_id = :alliance_id ORDER BY w.id"
        ),
        {"alliance_id": auditor.book.alliance_id},
    ).all()
    for window_id, closes_at, posting_id, document, closed_at, posted in closes:
        digest = digest_of(closes_at, posting_id, document, closed_at)
        established[str(window_id)] = digest
        if not posted:
            differences.append(f"window {window_id}: posting {posting_id} is not the one that closed it")
        if str(window_id) in audited:
            if audited.pop(str(window_id)) != digest:
                differences.append(f"window {window_id}: it is not as it was when it was audited")
            continue
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
    differences += [f"window {window_id}: it was audited, and is not there" for window_id in audited]
    auditor.facts["windows"] = established
    return len(closes), differences


CHECKS = {"tallies_from_moves": check_tallies, "windows_closed_again": check_windows}


def _settlement_moves(auditor: Auditor) -> list[tuple[int, ...]]:
    """(posting, participant, minor units) of each change to what participants are owed since the checkpoint, in order;
    of every one where there is none.
    """
    sides = " UNION ALL ".join(
        f"SELECT m.posting_id, a.issuer, {sign}m.amount FROM {auditor.new_moves} AS m "
        f"JOIN accounts AS a ON a.alliance_id = m.alliance_id AND a.id = m.{side} "
        f"AND a.kind = {AccountKind.SETTLEMENT:d} "
        f"WHERE m.alliance_id = :alliance_id AND m.kind IN ({TRANSFER:d}, {-TRANSFER:d})"
        for side, sign in (("credit", ""), ("debit", "-"))
    )
    return sorted(auditor.rows(sides))


def _settled_before(auditor: Auditor, since: Iterable[tuple[int, ...]]) -> dict[str, int]:
    """What each participant was owed at the checkpoint, in minor units: what it is owed now, less the moves `since`."""
    balance: dict[str, int] = defaultdict(int)
    if auditor.since is not None:
        for id_, minor in auditor.rows(
            "SELECT issuer, balance FROM accounts "
            f"WHERE alliance_id = :alliance_id AND kind = {AccountKind.SETTLEMENT:d}"
        ):
            balance[auditor.config.by_id[id_].ref] += minor
        for _, id_, minor in since:
            balance[auditor.config.by_id[id_].ref] -= minor
    return balance


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
