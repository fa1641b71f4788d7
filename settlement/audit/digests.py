"""Rows that change as the book goes on, compared with what they were at the checkpoint.

What happened since is taken back from each row, and digests of the rows as they come out are compared with those that
were kept: of each run of ids one, so that a difference has a place. Which row of a run it is, the whole audit says.
"""

from hashlib import sha256
from itertools import groupby
from typing import TYPE_CHECKING

import orjson

from settlement.audit.auditor import Auditor
from settlement.audit.checkpoint import Checkpoint

if TYPE_CHECKING:
    from hashlib import _Hash

ROWS_A_DIGEST = 10_000


class Digests:
    """Digests of rows that come in the order of their ids, each of up to ROWS_A_DIGEST of them."""

    def __init__(self) -> None:
        self._hashes: dict[int, _Hash] = {}

    def add(self, id_: int, *values: object) -> None:
        """Add a row."""
        number = id_ // ROWS_A_DIGEST
        if number not in self._hashes:
            self._hashes[number] = sha256()
        self._hashes[number].update(orjson.dumps((id_, *values)))

    def facts(self) -> dict[str, str]:
        """The digests in hex, by the number of their run of ids."""
        return {str(number): made.hexdigest() for number, made in self._hashes.items()}

    def differing(self, kept: dict[str, str]) -> list[str]:
        """The runs of ids of which other digests were kept, in words."""
        made = self.facts()
        numbers = sorted(int(number) for number in {*made, *kept} if made.get(number) != kept.get(number))
        # Next to each other they are one run.
        runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
        return [f"{run[0] * ROWS_A_DIGEST} to {(run[-1] + 1) * ROWS_A_DIGEST - 1}" for run in runs]


def digest_of(*values: object) -> str:
    """The digest of a row in hex."""
    return sha256(orjson.dumps(values)).hexdigest()


def keep_accounts(auditor: Auditor) -> None:
    """Keep digests of all accounts as they are."""
    digests = Digests()
    for id_, *values in auditor.stream(_ACCOUNTS):
        digests.add(id_, *values)
    auditor.facts["accounts"] = digests.facts()


def compare_accounts(auditor: Auditor, since: Checkpoint) -> tuple[int, list[str]]:
    """Compare all accounts with what they were at the checkpoint and what moved since; keep digests of them as they
    are. Returns how many there are, and what differs.
    """
    sides = auditor.rows(
        f"SELECT id, CAST(SUM(amount) AS BIGINT) FROM (SELECT credit AS id, amount FROM {auditor.new_moves} AS c "
        f"UNION ALL SELECT debit, -amount FROM {auditor.new_moves} AS d) AS sides GROUP BY id"
    )
    moved: dict[int, int] = dict(sides)  # type: ignore[arg-type]
    before, now, differences, count = Digests(), Digests(), [], 0
    for count, (id_, *name, balance) in enumerate(auditor.stream(_ACCOUNTS), start=1):  # noqa: B007
        change = moved.pop(id_, 0)
        now.add(id_, *name, balance)
        if id_ < since.next_account:
            before.add(id_, *name, balance - change)
        elif balance != change:
            differences.append(f"account {id_} stands at {balance}, its moves add up to {change}")
    differences += [f"account {id_} is not there, its moves add up to {change}" for id_, change in moved.items()]
    differences += [
        f"accounts {run}: they are not what they were when they were audited, with the moves since"
        for run in before.differing(since.facts["accounts"])
    ]
    auditor.facts["accounts"] = now.facts()
    return count, differences


def compare_holds(auditor: Auditor) -> list[str]:
    """Compare the holds that were audited before with what they were then; keep digests of all as they are."""
    since, before, now = auditor.since, Digests(), Digests()
    for id_, lapses_at, resolved_by in auditor.stream(_HOLDS):
        now.add(id_, lapses_at, resolved_by)
        if id_ <= auditor.after:
            # Whatever ended it since then had not.
            ended = resolved_by is not None and resolved_by <= auditor.after
            before.add(id_, lapses_at, resolved_by if ended else None)
    auditor.facts["holds"] = now.facts()
    if since is None:
        return []
    return [
        f"holds {run}: they are not what they were when they were audited, with the postings since"
        for run in before.differing(since.facts["holds"])
    ]


_ACCOUNTS = (
    "SELECT id, kind, owner, issuer, expires_on, terms_id, balance FROM accounts "
    "WHERE alliance_id = :alliance_id ORDER BY id"
)
_HOLDS = "SELECT posting_id, lapses_at, resolved_by FROM holds WHERE alliance_id = :alliance_id ORDER BY posting_id"
