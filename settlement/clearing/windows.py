"""Closing a window: tallies → exact positions → nets that sum to zero → what each participant owes.

A close is a posting like any other: it moves each net between the participant's settlement account and the
clearing house, under the key `close:<window>`, in the transaction that stores the window's document. The
document is canonical JSON made from totals alone, so the same window always gives the same bytes.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, text

from settlement.amounts import BPS, Minor, largest_remainder
from settlement.clearing.positions import exact_positions
from settlement.errors import BookCorrupt, EarlierWindowOpen, WindowNotFound, WindowNotOver
from settlement.ledger import tables
from settlement.ledger.accounts import NEVER, AccountKind, AccountName
from settlement.ledger.book import Book
from settlement.ledger.config import Config
from settlement.ledger.decide import decide
from settlement.ledger.header import Header
from settlement.ledger.load import load_for, needs_of
from settlement.ledger.loaded import LoadedBook
from settlement.ledger.moves import Answer, Posting, Transfer
from settlement.ledger.session import Session
from settlement.ledger.tallies import TALLY_COLUMNS, Tally, TallyKey, count_moves, new_tallies
from settlement.sentences import Phrase

CLEARING = AccountName(AccountKind.CLEARING, "clearing")
Tallies = Sequence[tuple[TallyKey, Tally]]


@dataclass(frozen=True, slots=True)
class ClosedWindow:
    """A window as it was closed. Instants are microseconds since 1970 UTC, amounts minor units (positive receives).

    `nets` are this window's own, `carried_over` is what was open before it, `kept` is what the close itself added
    to deposits out of a net; zeros are left out of each.
    """

    opens_at: int
    closes_at: int
    nets: dict[str, Minor]
    carried_over: dict[str, Minor]
    kept: dict[str, Minor]
    document: str


def close_due(book: Book, session: Session, until: int) -> list[ClosedWindow]:
    """Close, oldest first, each window with something in it that is over by `until` and by the book's clock."""
    due = min(until, book.clock())
    return [close_window(book, session, window_id) for window_id in windows_due(book, session, due)]


def windows_due(book: Book, session: Session, due: int) -> list[int]:
    """Windows with something in them that were over at `due` and are not closed, oldest first."""
    header = book.header(session)
    rows = session.rows(
        "SELECT DISTINCT window_id FROM tallies WHERE alliance_id = ? AND window_id >= ? AND window_id < ?",
        book.alliance_id,
        header.closed_until,
        due,
    )
    calendar = book.config_at(session, header.config_version).calendar
    return [window_id for (window_id,) in sorted(rows) if calendar.window(window_id)[1] <= due]


def close_window(book: Book, session: Session, opens_at: int) -> ClosedWindow:
    """Close the window that opens at this instant, and with it every empty one before it.

    Closing it again returns it as it was closed. Raises WindowNotFound, WindowNotOver, and EarlierWindowOpen,
    since windows close in order.
    """
    with session.transaction():
        header = book.lock(session)
        config = book.config_at(session, header.config_version)
        window_opens_at, closes_at = config.calendar.window(opens_at)
        if opens_at < header.closed_until:
            return closed_window(book, session, opens_at)
        if window_opens_at != opens_at:
            raise WindowNotFound(opens_at)
        now = book.clock()
        if now < closes_at:
            raise WindowNotOver(closes_at, now)
        earlier = windows_due(book, session, opens_at)
        if earlier:
            raise EarlierWindowOpen(opens_at, earlier[0])
        tallies = maintained_tallies(book, session, opens_at)
        nets = nets_of(config, tallies)
        carried_over = money_balances(book, session, config, AccountKind.SETTLEMENT)
        answer, kept = _post_nets(book, session, header, config, (opens_at, closes_at), nets, now)
        document = window_document(config, (opens_at, closes_at), tallies, nets, carried_over, kept)
        session.insert(tables.windows, [(book.alliance_id, opens_at, closes_at, now, answer.posting_id, document)])
        session.execute(
            "UPDATE books SET closed_until = ? WHERE alliance_id = ?",
            closes_at,
            book.alliance_id,
        )
    return ClosedWindow(opens_at, closes_at, nets, carried_over, kept, document)


def closed_window(book: Book, session: Session, opens_at: int) -> ClosedWindow:
    """A closed window as it was stored. Raises WindowNotFound."""
    rows = session.rows(
        "SELECT closes_at, document FROM windows WHERE alliance_id = ? AND id = ?", book.alliance_id, opens_at
    )
    if not rows:
        raise WindowNotFound(opens_at)
    closes_at, document = rows[0]
    return _from_document(opens_at, closes_at, document)


def between(column: str, first: int | None, last: int | None) -> str:
    """The condition, begun with AND, that a column lies between two windows; empty where neither is named."""
    bounds = ((">=", first), ("<=", last))
    return " ".join(f"AND {column} {sign} {window:d}" for sign, window in bounds if window is not None)


def closed_windows(
    book: Book, session: Session, first: int | None = None, last: int | None = None
) -> list[ClosedWindow]:
    """The closed windows from `first` to `last`, by the instants at which they open, oldest first; all by default."""
    rows = session.rows(
        f"SELECT id, closes_at, document FROM windows WHERE alliance_id = ? {between('id', first, last)} ORDER BY id",
        book.alliance_id,
    )
    return [_from_document(*row) for row in rows]


def nets_so_far(book: Book, session: Session, opens_at: int) -> dict[str, Minor]:
    """What the nets of a window that is not closed yet would be if it closed now; zeros left out."""
    config = book.config(session)
    return nets_of(config, maintained_tallies(book, session, opens_at))


def maintained_tallies(book: Book, session: Session, window_id: int) -> Tallies:
    """A window's tallies as the poster kept them, ordered; what cancelled out is left out."""
    rows = session.rows(
        f"SELECT shop, terms_id, {', '.join(TALLY_COLUMNS)} FROM tallies WHERE alliance_id = ? AND window_id = ?",
        book.alliance_id,
        window_id,
    )
    return _ordered((TallyKey(shop, terms_id), list(tally)) for shop, terms_id, *tally in rows)


def counted_tallies(book: Book, connection: Connection, window_id: int) -> Tallies:
    """The same, counted anew from the window's moves."""
    tallies = new_tallies()
    sums = connection.execute(
        text(
            "SELECT kind, terms_id, issuer, shop, CAST(SUM(amount) AS BIGINT) FROM moves "
            "WHERE alliance_id = :alliance_id AND window_id = :window_id GROUP BY shop, issuer, kind, terms_id"
        ),
        {"alliance_id": book.alliance_id, "window_id": window_id},
    )
    count_moves(tallies, sums)
    return _ordered((TallyKey(*key), tally) for key, tally in tallies.items())


def nets_of(config: Config, tallies: Tallies) -> dict[str, Minor]:
    """Rounded nets by participant, zeros left out; they sum to zero."""
    refs = {id_: participant.ref for id_, participant in config.by_id.items()}
    exact = exact_positions(tallies, {terms.id: terms for terms in config.terms}, refs)
    return {participant: minor for participant, minor in sorted(largest_remainder(exact).items()) if minor}


def window_document(
    config: Config,
    window: tuple[int, int],
    tallies: Tallies,
    nets: Mapping[str, Minor],
    carried_over: Mapping[str, Minor],
    kept: Mapping[str, Minor],
) -> str:
    """The window's canonical document: one JSON object, keys sorted, no spaces. It has the name of its time."""
    settings = config.settings_at(window[0])
    points = [
        {"shop": config.by_id[key.shop].ref, "terms": key.terms_id, **dict(zip(TALLY_COLUMNS, tally, strict=True))}
        for key, tally in tallies
    ]
    return json.dumps(
        {
            "alliance": settings.name,
            "currency": settings.currency,
            "opens_at": window[0],
            "closes_at": window[1],
            "nets": nets,
            "carried_over": carried_over,
            "kept_in_deposit": kept,
            "points": points,
        },
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )


def settlement_account(config: Config, ref: str) -> AccountName:
    """The account of what a participant owes or is owed from closed windows."""
    return AccountName(AccountKind.SETTLEMENT, ref, config.by_ref[ref].id)


def money_balances(book: Book, session: Session, config: Config, kind: AccountKind) -> dict[str, Minor]:
    """Balances of one kind of money account by participant, in minor units; zeros left out."""
    rows = session.rows(
        f"SELECT owner, balance FROM accounts WHERE alliance_id = ? AND owner = ANY(?) AND expires_on = {NEVER:d} "
        f"AND kind = {kind:d} AND balance <> 0 ORDER BY owner",
        book.alliance_id,
        sorted(config.by_ref),
    )
    return dict(rows)


def _post_nets(
    book: Book,
    session: Session,
    header: Header,
    config: Config,
    window: tuple[int, int],
    nets: Mapping[str, Minor],
    now: int,
) -> tuple[Answer, dict[str, Minor]]:
    """Post each net against the clearing house, and what creditors near their limit leave in their deposit."""
    loaded = book.load(session, header._replace(closed_until=window[1]))
    legs = []
    for participant, minor in nets.items():
        account = settlement_account(config, participant)
        legs.append(Transfer(account, CLEARING, -minor) if minor < 0 else Transfer(CLEARING, account, minor))
    posting = Posting(f"close:{window[0]}", window[1], {"type": "close", "window": window[0]}, legs, now)
    load_for(session, loaded, config, needs_of([posting]), now)
    kept = {
        participant: Minor(part)
        for participant, minor in nets.items()
        if (part := _reserve(loaded, config, participant, minor)) > 0
    }
    legs += [
        Transfer(
            settlement_account(config, participant),
            AccountName(AccountKind.DEPOSIT, participant, config.by_ref[participant].id),
            part,
        )
        for participant, part in kept.items()
    ]
    decision = decide(loaded, [posting], now)
    outcome = decision.outcomes[0]
    if not isinstance(outcome, Answer) or outcome.refusal is not None:
        raise BookCorrupt(
            Phrase("the close of window {window} was refused: {outcome}", window=window[0], outcome=outcome)
        )
    book.write(session, header, decision)
    return outcome, kept


def _reserve(loaded: LoadedBook, config: Config, participant: str, minor: int) -> int:
    """How much of a creditor's net stays in its deposit: what brings it back under its reserve level.

    What the shop owes from earlier windows comes off the net first, and off its exposure.
    """
    limit = config.by_ref[participant].limit
    if limit is None or minor <= 0:
        return 0
    shop = loaded.shops[participant]
    owed = max(0, -shop.balance(AccountKind.SETTLEMENT))
    exposure = loaded.exposure_minor(shop) - min(owed, minor)
    whole = loaded.limit_minor(shop) or 0
    # A deposit raised by x raises the limit by x: x = exposure ÷ reserve level − limit, rounded up.
    needed = -(-exposure * BPS // max(limit.reserve_bps, 1)) - whole
    return max(0, min(minor - owed, needed))


def _ordered(tallies: Iterable[tuple[TallyKey, Tally]]) -> Tallies:
    return sorted((key, tally) for key, tally in tallies if any(tally))


def _from_document(opens_at: int, closes_at: int, document: str) -> ClosedWindow:
    stored = orjson.loads(document)
    return ClosedWindow(
        opens_at, closes_at, stored["nets"], stored["carried_over"], stored["kept_in_deposit"], document
    )
