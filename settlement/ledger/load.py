"""Fill a loaded book with what a batch touches: keys, earlier postings, accounts, shops.

Each step is one query for the whole batch. What is loaded already is not asked for again, so a book that is
kept from batch to batch only reads what is new to it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from settlement.ledger.accounts import METERED, NEVER, NOBODY, AccountKind, LoadedAccount
from settlement.ledger.config import Config
from settlement.ledger.loaded import (
    ALWAYS_STOPPED,
    NEVER_STOPPED,
    HoldState,
    LoadedBook,
    LoadedShop,
    OriginalPosting,
    StoredAnswer,
    reference_key,
)
from settlement.ledger.meters import Count, CountBack, PassCounts
from settlement.ledger.moves import (
    Answer,
    Capture,
    Commission,
    Earn,
    EarnIfAllowed,
    EarnOutOf,
    Expire,
    Give,
    Hold,
    Leg,
    Move,
    Posting,
    PutBack,
    RefundEarn,
    RefundSpend,
    Release,
    Reverse,
    SetAside,
    Spend,
    TakeToken,
    Transfer,
    is_key,
)
from settlement.ledger.refusals import Refusal, decode_refusal
from settlement.ledger.session import Row, Session

ACCOUNT_COLUMNS = "id, kind, owner, issuer, expires_on, terms_id, balance"
MOVE_COLUMNS = "alliance_id, window_id, posting_id, line, kind, terms_id, issuer, shop, debit, credit, amount"


class Needs(NamedTuple):
    """What postings name: keys, references, owners of accounts (members, shops), earlier postings, accounts by id.

    `earliest` is the first time that any of them brings along (microseconds since 1970 UTC), `expires_on` the earliest
    last day (yyyymmdd) of what they issue. `refunded` are those of the postings that are refunded or reversed,
    `holders` who else may hold the points.
    """

    keys: list[str]
    references: list[str]
    earliest: int | None
    expires_on: int
    owners: set[str]
    postings: set[int]
    accounts: set[int]
    refunded: set[int]
    holders: set[str]


def needs_of(requests: Sequence[Posting]) -> Needs:
    """What these postings name themselves."""
    earliest = min((request.recorded_at for request in requests if request.recorded_at is not None), default=None)
    references = [request.reference for request in requests if request.reference is not None]
    keys = [request.key for request in requests]
    needs = Needs(keys, references, earliest, NEVER, set(), set(), set(), set(), set())
    owners, expires_on = needs.owners, NEVER
    for request in requests:
        legs = request.legs
        if callable(legs):
            owners.update(legs.owners)
            if legs.expires_on < expires_on:
                expires_on = legs.expires_on
            continue
        for leg in legs:
            # Nearly all legs are of these, and to match a pattern takes three times as long as this.
            if type(leg) is Earn or type(leg) is Spend or type(leg) is EarnIfAllowed:
                owners.add(leg.shop)
                owners.add(leg.member)
                if (type(leg) is Earn or type(leg) is EarnIfAllowed) and leg.expires_on < expires_on:
                    expires_on = leg.expires_on
                continue
            if type(leg) is EarnOutOf:
                expires_on = min(expires_on, leg.expires_on)
            elif type(leg) is Count:
                expires_on = min(expires_on, leg.meter.until)
            _add_leg(needs, leg)
    needs.postings.update(needs.refunded)
    owners.update(needs.holders)
    return needs._replace(expires_on=expires_on)


def _add_leg(needs: Needs, leg: Leg) -> None:  # noqa: C901, PLR0912 - one case a leg
    """What a leg of any other kind names."""
    owners = needs.owners
    match leg:
        case EarnOutOf():
            owners.update((*leg.pot, leg.member))
        case Count():
            owners.update((leg.meter.owner, METERED, *(() if leg.meter.shop is None else (leg.meter.shop,))))
        case CountBack():
            needs.refunded.add(leg.of)
            needs.holders.update(leg.holders)
        case PassCounts():
            owners.update((leg.giver, leg.receiver))
        case SetAside() | PutBack():
            owners.update(leg.pot)
        case Hold():
            owners.update((leg.shop, leg.member, *leg.pool))
        case TakeToken():
            owners.add(leg.name)
        case Give():
            owners.update((leg.giver, leg.receiver))
        case Commission():
            owners.update((leg.payer, leg.payee))
        case Transfer():
            owners.update((leg.debit.owner, leg.credit.owner))
        case Capture() | Release():
            needs.postings.add(leg.hold)
        case RefundEarn():
            needs.refunded.add(leg.of)
            needs.holders.update((*leg.holders, *leg.pool))
        case RefundSpend() | Reverse():
            needs.refunded.add(leg.of)
        case Expire():
            needs.accounts.add(leg.lot)


def load_for(session: Session, loaded: LoadedBook, config: Config, needs: Needs, now: int) -> None:
    """Add to `loaded` whatever postings with these needs touch. `now` is the time of those that bring none."""
    # What is no key was never stored, and PostgreSQL would not even let one ask for it.
    keys = [key for key in needs.keys if key not in loaded.stored and is_key(key)]
    references = [
        reference
        for reference in needs.references
        if reference_key(reference) not in loaded.stored and is_key(reference)
    ]
    _load_stored(session, loaded, keys, references)
    today = loaded.calendar.day(now if needs.earliest is None else min(now, needs.earliest))[0]
    # A sale that comes late may earn into a lot that is over by now.
    _lots_from(loaded, min(today, needs.expires_on))
    _load_originals(session, loaded, sorted(needs.postings - loaded.originals.keys()))
    named = [move for posting_id in needs.postings for move in _moves_of(loaded, posting_id)]
    moved = {id_ for move in named for id_ in (move.debit, move.credit)}
    ids = moved | needs.accounts
    rows = _account_rows(session, loaded, "id = ANY(?)", sorted(id_ for id_ in ids if id_ not in loaded.accounts))
    touched = [*(loaded.accounts[id_] for id_ in ids if id_ in loaded.accounts), *(LoadedAccount(*row) for row in rows)]
    if needs.refunded or needs.accounts:
        rows += _over_rows(session, loaded, needs, touched)
    # The lot that held points go back to may be over by now.
    _lots_from(
        loaded, min((account.expires_on for account in touched if account.kind == AccountKind.HELD), default=NEVER)
    )
    # What an earlier posting or an account names brings the shops concerned along, with their own accounts; and
    # the members, whose other lots and debts a refund may reach.
    concerned = {id_ for move in named for id_ in (move.shop, move.issuer)} | {account.issuer for account in touched}
    owners = needs.owners | {config.by_id[id_].ref for id_ in concerned - {NOBODY}}
    owners |= {account.owner for account in touched if account.id in moved}
    _load_owners(session, loaded, config, owners, rows)


def load_shops(session: Session, loaded: LoadedBook, config: Config, refs: Iterable[str]) -> None:
    """Add these participants with their own accounts and the points that they have at risk."""
    _lots_from(loaded, NEVER)
    _load_owners(session, loaded, config, set(refs), [])


def _load_owners(session: Session, loaded: LoadedBook, config: Config, owners: set[str], rows: Sequence[Row]) -> None:
    """Add the accounts of these owners and the accounts in `rows`, with the shops that either names."""
    missing = sorted(owners - loaded.owners)
    theirs = _account_rows(session, loaded, f"owner = ANY(?) AND expires_on >= {loaded.lots_from:d}", missing)
    loaded.owners.update(missing)
    every = [*rows, *theirs]
    shops = {config.by_ref[ref].id for ref in missing if ref in config.by_ref} | {row[3] for row in every}
    _load_shops(session, loaded, config, sorted(shops - loaded.shop_ids.keys() - {NOBODY}))
    for row in every:
        if row[0] not in loaded.accounts:
            loaded.add(LoadedAccount(*row))
    if loaded.debts:
        # Points that come to somebody who owes go to the shops that are owed.
        debts = [debt for owner in missing for debt in loaded.debts.get(owner, ()) if debt.balance]
        creditors = {config.by_id[debt.issuer].ref for debt in debts} - loaded.owners
        if creditors:
            _load_owners(session, loaded, config, creditors, [])


def _lots_from(loaded: LoadedBook, day: int) -> None:
    """Let lots count from this day (yyyymmdd) on: those that were over by the last load are not here yet."""
    if day < loaded.lots_from:
        loaded.lots_from = day
        loaded.owners.clear()


def _over_rows(session: Session, loaded: LoadedBook, needs: Needs, touched: Sequence[LoadedAccount]) -> list[Row]:
    """Lots and meters with the last days of those touched, and what expired: owners bring none that are over."""
    kinds = AccountKind.LOT, AccountKind.HELD, AccountKind.METER
    lots = [account for account in touched if account.kind in kinds]
    return session.rows(
        f"SELECT {ACCOUNT_COLUMNS} FROM accounts WHERE alliance_id = ? AND owner = ANY(?) AND expires_on = ANY(?) "
        f"AND kind IN ({AccountKind.LOT:d}, {AccountKind.EXPIRED:d}, {AccountKind.METER:d})",
        loaded.alliance_id,
        sorted({lot.owner for lot in lots} | needs.holders),
        sorted({lot.expires_on for lot in lots}),
    )


def _moves_of(loaded: LoadedBook, posting_id: int) -> Sequence[Move]:
    """An earlier posting's moves, and those that have taken some of it back since."""
    original = loaded.originals.get(posting_id)
    return () if original is None else [*original.moves, *original.taken_back]


def _account_rows(session: Session, loaded: LoadedBook, condition: str, values: Sequence[object]) -> list[Row]:
    if not values:
        return []
    sql = f"SELECT {ACCOUNT_COLUMNS} FROM accounts WHERE alliance_id = ? AND {condition}"
    return session.rows(sql, loaded.alliance_id, list(values))


def _load_stored(session: Session, loaded: LoadedBook, keys: list[str], references: list[str]) -> None:
    """Earlier answers under these keys and references."""
    query = "SELECT id, key, reference, content, window_id, late_for, refusal FROM postings WHERE alliance_id = ? AND"
    rows = session.rows(f"{query} key = ANY(?)", loaded.alliance_id, keys) if keys else []
    if references:
        rows += session.rows(f"{query} reference = ANY(?)", loaded.alliance_id, references)
    moved = stored_moves(session, loaded.alliance_id, {row[0]: row[4] for row in rows})
    omitted = stored_omissions(session, loaded.alliance_id, list(moved))
    for id_, key, reference, content, window_id, late_for, refusal in rows:
        refused = None if refusal is None else decode_refusal(refusal)
        answer = Answer(id_, window_id, moved[id_], refused, late_for, omitted=omitted.get(id_))
        loaded.stored[key] = stored = StoredAnswer(content, answer)
        if reference is not None:
            loaded.stored[reference_key(reference)] = stored


def stored_omissions(session: Session, alliance_id: int, ids: Sequence[int]) -> dict[int, Refusal]:
    """Why earlier postings went without a leg; of those of these ids that did."""
    if not ids:
        return {}
    sql = "SELECT posting_id, refusal FROM omissions WHERE alliance_id = ? AND posting_id = ANY(?)"
    return {id_: decode_refusal(refusal) for id_, refusal in session.rows(sql, alliance_id, list(ids))}


def stored_moves(session: Session, alliance_id: int, windows: Mapping[int, int]) -> dict[int, list[Move]]:
    """Moves of earlier postings, given the window of each."""
    moved: dict[int, list[Move]] = {id_: [] for id_ in windows}
    if windows:
        for row in session.rows(
            f"SELECT {MOVE_COLUMNS} FROM moves WHERE alliance_id = ? AND window_id = ANY(?) AND posting_id = ANY(?) "
            "ORDER BY posting_id, line",
            alliance_id,
            sorted(set(windows.values())),
            sorted(windows),
        ):
            moved[row[2]].append(Move(*row))
    return moved


def _load_originals(session: Session, loaded: LoadedBook, ids: list[int]) -> None:
    """Earlier postings with their moves, those of the postings that refer to them, and their holds."""
    if not ids:
        return
    alliance_id = loaded.alliance_id
    taken = "FROM postings WHERE alliance_id = ? AND refusal IS NULL AND"
    own: dict[int, int] = dict(session.rows(f"SELECT id, window_id {taken} id = ANY(?)", alliance_id, ids))
    later = session.rows(
        f"SELECT id, window_id, refers_to {taken} refers_to = ANY(?) ORDER BY id", alliance_id, sorted(own)
    )
    moved = stored_moves(session, alliance_id, {**own, **{id_: window_id for id_, window_id, _ in later}})
    taken_back: dict[int, list[Move]] = defaultdict(list)
    for id_, _, refers_to in later:
        taken_back[refers_to] += moved[id_]
    for id_ in own:
        loaded.originals[id_] = OriginalPosting(moved[id_], taken_back[id_])
    for id_, lapses_at, resolved_by in session.rows(
        "SELECT posting_id, lapses_at, resolved_by FROM holds WHERE alliance_id = ? AND posting_id = ANY(?)",
        alliance_id,
        sorted(own),
    ):
        loaded.holds[id_] = HoldState(lapses_at, resolved_by)


def _until(until: int | None, *, still: bool) -> int:
    """Until when something could be done that still can be or not."""
    if still:
        return NEVER_STOPPED
    return ALWAYS_STOPPED if until is None else until


def _load_shops(session: Session, loaded: LoadedBook, config: Config, ids: list[int]) -> None:
    """Shops with the points that they have outstanding, set aside and at risk."""
    if not ids:
        return
    for id_ in ids:
        participant = config.by_id[id_]
        shop = LoadedShop(
            id_,
            participant.ref,
            issued_until=_until(participant.issued_until, still=participant.may_issue),
            redeemed_until=_until(participant.redeemed_until, still=participant.may_redeem),
            limit=participant.limit,
        )
        loaded.shops[participant.ref] = loaded.shop_ids[id_] = shop
    for id_, terms_id, points, set_aside in session.rows(
        "SELECT shop, terms_id, points, set_aside FROM outstanding WHERE alliance_id = ? AND shop = ANY(?)",
        loaded.alliance_id,
        ids,
    ):
        loaded.shop_ids[id_].outstanding[terms_id] = points
        if set_aside:
            loaded.shop_ids[id_].set_aside[terms_id] = set_aside
    if loaded.on_issue:
        # A shop that pays when it issues is at risk with what it has not been billed for.
        for id_, terms_id, points in session.rows(
            "SELECT shop, terms_id, CAST(SUM(issued) AS BIGINT) FROM tallies "
            "WHERE alliance_id = ? AND window_id >= ? AND shop = ANY(?) GROUP BY shop, terms_id",
            loaded.alliance_id,
            loaded.closed_until,
            ids,
        ):
            loaded.shop_ids[id_].unbilled[terms_id] = points
