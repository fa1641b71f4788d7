"""The proof of a day's backing: what members hold, what stands behind it, and every sealed row that it follows from.

A file of JSON lines. The first states the figures at the end of the day, and between which seals of the book the rest
lies; each of the others is a batch: its seal, and the very text that the seal was made of. Whoever has all files from
the first on can recompute each seal and each figure without this software, and who has kept yesterday's seal sees that
nothing of yesterday was changed since. A batch of rows alone carries no time: it lies before the next posting.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple

import orjson

from settlement.audit.auditor import Auditor
from settlement.audit.checks.seals import Chained, part_behind
from settlement.ledger.accounts import POOL, AccountKind
from settlement.ledger.book import Book
from settlement.ledger.chain import GENESIS
from settlement.terms import Funding

FORMAT = "coalition-backing-1"
HOLDINGS = (AccountKind.LOT, AccountKind.HELD)
"""Accounts of points that members hold."""


POSTINGS_A_PART, BATCHES_A_PART = 20_000, 2_000
"""A part of a proof has batches until one of these is reached, at least one."""


class ProofSpan(NamedTuple):
    """The batches of a proof, with the last posting among them, and the seals before the first and of the last."""

    first: int
    last: int
    last_posting: int
    seal_before: str
    seal: str


def proof_span(book: Book, since: int | None, until: int) -> ProofSpan:
    """The batches up to the instant `until`, the end of a day; from `since` on, or all."""
    with _auditor(book) as auditor:
        last = _last_batch(auditor, until)
        before = 0 if since is None else _last_batch(auditor, since)
        rows = auditor.rows(_SEALS, before=before, last=last)
        seals = {id_: (posting, bytes(chain).hex()) for id_, posting, chain in rows}
    posting, sealed = seals.get(last, (0, GENESIS.hex()))
    return ProofSpan(before + 1, last, posting, seals.get(before, (0, GENESIS.hex()))[1], sealed)


def proof_head(book: Book, day: str, span: ProofSpan) -> bytes:
    """The first line of a proof: what holds at the end of the day."""
    with _auditor(book) as auditor:
        settings = book.settings
        return _line(
            {
                "format": FORMAT,
                "alliance": settings.name,
                "currency": settings.currency,
                "minor_digits": settings.minor_digits,
                "day": day,
                "first_batch": span.first,
                "last_batch": span.last,
                "seal_before": span.seal_before,
                "seal": span.seal,
                "figures": _figures(auditor, span.last_posting),
            }
        )


def proof_part(book: Book, span: ProofSpan, after: int) -> tuple[bytes, int]:
    """The lines of the next batches behind the batch `after`, and the last of these. The same ones come each time."""
    with _auditor(book) as auditor:
        behind, _ = part_behind(auditor, after)
        begin = behind.posting
        batches = auditor.rows(_BATCHES, after=after, last=span.last, most=BATCHES_A_PART)
        enough = next(
            (number for number, batch in enumerate(batches, 1) if batch[1] - begin >= POSTINGS_A_PART), len(batches)
        )
        batches = batches[:enough]
        chained = Chained(auditor, behind, batches[-1][1] if batches else begin)
        written = bytearray()
        for id_, last, next_account, sealed in batches:
            _, lines = chained.lines(id_, last, next_account)
            texts = {name: part.decode() for name, part in lines._asdict().items()}
            written += _line({"batch": id_, "seal": bytes(sealed).hex(), **texts})
    return bytes(written), batches[-1][0] if batches else span.last


@contextmanager
def _auditor(book: Book) -> Iterator[Auditor]:
    """Reads one state of the book. What is sealed stays as it is, so several of these read the same."""
    with closing(book.database.session()) as session:
        config = book.config(session)
    with book.database.snapshot() as connection:
        yield Auditor(book, connection, config)


def _last_batch(auditor: Auditor, until: int) -> int:
    """The last batch with a posting that was recorded before an instant; 0 where there is none."""
    ((last,),) = auditor.rows(_LAST_BATCH, until=until)
    return last or 0


def _figures(auditor: Auditor, last_posting: int) -> dict[str, Any]:
    """What members hold and what stands behind it, from the moves up to a posting."""
    terms = {each.id: each for each in auditor.config.terms}
    refs = {each.id: each.ref for each in auditor.config.by_ref.values()}
    points: dict[str, int] = defaultdict(int)
    worth: dict[str, Fraction] = defaultdict(Fraction)
    deposits: dict[str, int] = defaultdict(int)
    pooled, pool_minor = Fraction(0), 0
    for kind, owner, issuer, terms_id, balance in auditor.rows(_BALANCES, last=last_posting):
        if kind in HOLDINGS:
            of_terms = terms[terms_id]
            points[refs[issuer]] += balance
            worth[refs[issuer]] += balance * of_terms.minor_per_point
            pooled += balance * of_terms.minor_per_point if of_terms.funding is Funding.ON_ISSUE else 0
        elif kind == AccountKind.DEPOSIT:
            deposits[str(owner)] += balance
        elif str(owner) == POOL:
            pool_minor += balance
    shops = [
        {
            "shop": ref,
            "points": points[ref],
            "worth_minor": ceil(worth[ref]),
            "deposit_minor": deposits[ref],
        }
        for ref in sorted({ref for ref, count in points.items() if count} | {ref for ref in deposits if deposits[ref]})
    ]
    return {
        "points": sum(points.values()),
        "worth_minor": ceil(sum(worth.values())),
        "pooled_minor": ceil(pooled),
        "pool_minor": pool_minor,
        "deposits_minor": sum(deposits.values()),
        "shops": shops,
    }


def _line(values: dict[str, Any]) -> bytes:
    return orjson.dumps(values) + b"\n"


_BATCHES = (
    "SELECT id, last_posting, next_account, chain FROM batches WHERE alliance_id = :alliance_id AND id > :after "
    "AND id <= :last ORDER BY id LIMIT :most"
)
_SEALS = "SELECT id, last_posting, chain FROM batches WHERE alliance_id = :alliance_id AND id IN (:before, :last)"
_LAST_BATCH = (
    "SELECT MAX(b.id) FROM batches AS b JOIN postings AS p ON p.alliance_id = b.alliance_id AND p.id = b.first_posting "
    "WHERE b.alliance_id = :alliance_id AND b.first_posting <= b.last_posting AND p.recorded_at < :until"
)
_BALANCES = (
    "SELECT a.kind, CASE WHEN a.kind >= 20 THEN a.owner ELSE '' END, a.issuer, a.terms_id, "
    "CAST(SUM(m.amount) AS BIGINT) FROM (SELECT credit AS account, amount FROM moves "
    "WHERE alliance_id = :alliance_id AND posting_id <= :last UNION ALL SELECT debit, -amount FROM moves "
    "WHERE alliance_id = :alliance_id AND posting_id <= :last) AS m "
    "JOIN accounts AS a ON a.alliance_id = :alliance_id AND a.id = m.account "
    f"WHERE a.kind IN ({', '.join(str(int(kind)) for kind in HOLDINGS)}, {AccountKind.DEPOSIT:d}, "
    f"{AccountKind.SETTLEMENT:d}) GROUP BY 1, 2, 3, 4"
)
