"""A shop's statement of a window: from the net down to each move, every level adding up exactly.

Lines carry two figures: the exact value, a fraction of minor units, and the whole minor units that are shown.
The shown figures of a level are apportioned from the figure above it, so they add up without a rounding line:
net = sum of lines, line = sum of its counterparts, counterpart = sum of its moves.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from sqlalchemy import Connection, text

from settlement.amounts import BPS, Minor, apportion
from settlement.clearing.windows import ClosedWindow, closed_window, money_balances, nets_so_far
from settlement.errors import ParticipantUnknown
from settlement.ledger.accounts import OPERATOR, POOL, AccountKind
from settlement.ledger.book import Book
from settlement.ledger.config import Config
from settlement.ledger.moves import COMPENSATE, EXPIRE, ISSUE, REDEEM, REPAY
from settlement.ledger.session import Session
from settlement.terms import Breakage, Funding, Terms


class LineKind(StrEnum):
    """What a line of a statement is about, in the order in which the lines stand."""

    REDEEMED_HERE = "redeemed_here"
    """Points of others that members spent here (under on_issue also the shop's own): received."""
    OWN_ELSEWHERE = "own_elsewhere"
    """The shop's points that members spent at others: paid by it, or under on_issue by the pool."""
    OWN_HERE = "own_here"
    """The shop's points spent here under on_redemption: nothing is owed."""
    ISSUED = "issued"
    """Points issued, paid to the pool under on_issue."""
    EXPIRED = "expired"
    """The shop's points that expired; under on_issue their value comes back to whom the terms name."""
    ADJUSTMENTS = "adjustments"
    """Compensation between shops: commissions, and earns that paid a member's debt to another shop."""
    REDEEM_FEE = "redeem_fee"
    ISSUE_FEE = "issue_fee"


LINE_ORDER = {kind: at for at, kind in enumerate(LineKind)}


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One kind of business with one counterpart ("" where there is none).

    `points` are counted in the line's own direction, `moves` is how many moves stand behind it; `exact` and
    `minor` are what the shop receives (negative: pays).
    """

    kind: LineKind
    counterpart: str
    points: int
    moves: int
    exact: Fraction
    minor: Minor


@dataclass(frozen=True, slots=True)
class StatementSection:
    """All lines of one kind; `minor` is their sum."""

    kind: LineKind
    points: int
    exact: Fraction
    minor: Minor
    lines: tuple[StatementLine, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A participant's statement of one closed window, in minor units of `currency` (`minor_digits` decimals).

    `alliance` and `timezone` are the name and the zone that were in effect in that window.
    `net` is this window's, the sum of the sections. `carried_over` is what was open from windows before it;
    `balance` = carried_over + net − `kept_in_deposit`, all as of the close.
    """

    alliance: str
    participant: str
    currency: str
    minor_digits: int
    timezone: str
    opens_at: int
    closes_at: int
    sections: tuple[StatementSection, ...]
    net: Minor
    carried_over: Minor
    kept_in_deposit: Minor

    @property
    def balance(self) -> Minor:
        """What is open after this window: positive is owed to the participant."""
        return Minor(self.carried_over + self.net - self.kept_in_deposit)

    @property
    def lines(self) -> Sequence[StatementLine]:
        """The lines of all sections, in order."""
        return [line for section in self.sections for line in section.lines]


@dataclass(frozen=True, slots=True)
class StatementMove:
    """One move behind a line: what it added to the line, shown and exact. `reference` is its posting's second name."""

    posting_id: int
    line: int
    occurred_at: int
    key: str
    reference: str | None
    points: int
    exact: Fraction
    minor: Minor


@dataclass(frozen=True, slots=True)
class Flow:
    """A sum of moves that concern the shop, or a single one of them."""

    kind: int
    terms_id: int
    issuer: int
    shop: int
    points: int
    moves: int = 1


def statement_of(book: Book, connection: Connection, session: Session, participant: str, opens_at: int) -> Statement:
    """The statement of a closed window. Raises WindowNotFound and ParticipantUnknown."""
    return _stated(book, connection, session, participant, closed_window(book, session, opens_at))


def statement_so_far(
    book: Book, connection: Connection, session: Session, participant: str, opens_at: int
) -> Statement:
    """What the statement of a window that is not closed yet would be if it closed now, less what a close keeps in
    deposits. Raises ParticipantUnknown.
    """
    config = book.config(session)
    closes_at = config.calendar.window(opens_at)[1]
    nets = nets_so_far(book, session, opens_at)
    carried_over = money_balances(book, session, config, AccountKind.SETTLEMENT)
    window = ClosedWindow(opens_at, closes_at, nets, carried_over, kept={}, document="")
    return _stated(book, connection, session, participant, window)


def _stated(book: Book, connection: Connection, session: Session, participant: str, window: ClosedWindow) -> Statement:
    config, opens_at = book.config(session), window.opens_at
    if participant not in config.by_ref:
        raise ParticipantUnknown(participant)
    parts: dict[tuple[LineKind, str], list[tuple[Fraction, int, int]]] = defaultdict(list)
    for flow in _flows(book, connection, config, participant, opens_at):
        for kind, counterpart, points, exact in parts_of(config, participant, flow):
            parts[kind, counterpart].append((exact, points, flow.moves))
    net = window.nets.get(participant, Minor(0))
    settings = config.settings_at(opens_at)
    return Statement(
        alliance=settings.name,
        participant=participant,
        currency=settings.currency,
        minor_digits=settings.minor_digits,
        timezone=settings.timezone,
        opens_at=opens_at,
        closes_at=window.closes_at,
        sections=_sections(net, parts),
        net=net,
        carried_over=window.carried_over.get(participant, Minor(0)),
        kept_in_deposit=window.kept.get(participant, Minor(0)),
    )


def moves_behind(
    book: Book, connection: Connection, session: Session, statement: Statement, only: StatementLine | None = None
) -> dict[StatementLine, list[StatementMove]]:
    """The moves of each line of a statement, oldest first; their minor units add up to the line's.

    With `only`, a line of the statement, those of this line alone.
    """
    config = book.config(session)
    rows = connection.execute(
        text(
            "SELECT m.posting_id, m.line, m.kind, m.terms_id, m.issuer, m.shop, m.amount, "
            "p.occurred_at, p.key, p.reference "
            "FROM moves AS m JOIN postings AS p ON p.alliance_id = m.alliance_id AND p.id = m.posting_id "
            "WHERE m.alliance_id = :alliance_id AND m.window_id = :window_id "
            f"{_concerning(config, statement.participant)} {_with_counterpart(config, only)} "
            "ORDER BY m.posting_id, m.line"
        ),
        {"alliance_id": book.alliance_id, "window_id": statement.opens_at},
    )
    wanted = statement.lines if only is None else [only]
    lines = {(line.kind, line.counterpart): line for line in wanted}
    parts: dict[StatementLine, list[tuple[int, int, int, str, str | None, int, Fraction]]] = {
        line: [] for line in wanted
    }
    for posting_id, at, kind, terms_id, issuer, shop, amount, occurred_at, key, reference in rows:
        for part_kind, counterpart, points, exact in parts_of(
            config, statement.participant, Flow(kind, terms_id, issuer, shop, amount)
        ):
            if (line := lines.get((part_kind, counterpart))) is not None:
                parts[line].append((posting_id, at, occurred_at, key, reference, points, exact))
    return {line: _apportioned(line, behind) for line, behind in parts.items()}


def _apportioned(
    line: StatementLine, parts: Sequence[tuple[int, int, int, str, str | None, int, Fraction]]
) -> list[StatementMove]:
    """The moves of a line with the minor units that each shows of the line's."""
    names = [f"{part[0]:020d}.{part[1]:06d}.{number}" for number, part in enumerate(parts)]
    minors = apportion(line.minor, {name: part[-1] for name, part in zip(names, parts, strict=True)})
    return [StatementMove(*part, minor=minors[name]) for name, part in zip(names, parts, strict=True)]


def parts_of(config: Config, participant: str, flow: Flow) -> Iterable[tuple[LineKind, str, int, Fraction]]:
    """What a flow means to one participant: (line, counterpart, points, exact minor units received)."""
    if flow.terms_id == 0 or (abs(flow.kind) == COMPENSATE and flow.issuer == flow.shop):
        return
    if abs(flow.kind) == REPAY:
        # A point that pays a debt is no longer issued, and its value goes to the shop that was owed.
        sign = 1 if flow.kind > 0 else -1
        yield from parts_of(config, participant, replace(flow, kind=-sign * ISSUE, shop=flow.issuer))
        yield from parts_of(config, participant, replace(flow, kind=sign * COMPENSATE))
        return
    terms = next(terms for terms in config.terms if terms.id == flow.terms_id)
    kind, points = (flow.kind, flow.points) if flow.kind > 0 else (-flow.kind, -flow.points)
    issuer, shop = config.by_id[flow.issuer].ref, config.by_id[flow.shop].ref
    value = points * terms.minor_per_point
    if participant == OPERATOR:
        yield from _operators_parts(terms, kind, issuer, shop, points, value)
    elif participant == POOL:
        yield from _pools_parts(terms, kind, issuer, shop, points, value)
    # The operator may hand out points of its own, or pay a commission: then it is a shop like any other.
    if participant in (issuer, shop):
        yield from _shops_parts(terms, kind, issuer, shop, points, value, participant)


def _shops_parts(
    terms: Terms, kind: int, issuer: str, shop: str, points: int, value: Fraction, me: str
) -> Iterable[tuple[LineKind, str, int, Fraction]]:
    on_issue = terms.funding is Funding.ON_ISSUE
    nothing = Fraction(0)
    if kind == REDEEM and shop == me:
        if issuer == me and not on_issue:
            yield LineKind.OWN_HERE, "", points, nothing
            return
        yield LineKind.REDEEMED_HERE, issuer, points, value
        if terms.redeem_fee_bps:
            yield LineKind.REDEEM_FEE, OPERATOR, points, -value * terms.redeem_fee_bps / BPS
    elif kind == REDEEM:
        yield LineKind.OWN_ELSEWHERE, shop, points, nothing if on_issue else -value
    elif kind == ISSUE and issuer == me:
        yield LineKind.ISSUED, "", points, -value if on_issue else nothing
        if terms.issue_fee_bps:
            yield LineKind.ISSUE_FEE, OPERATOR, points, -value * terms.issue_fee_bps / BPS
    elif kind == EXPIRE and issuer == me:
        mine = on_issue and terms.breakage_to is Breakage.ISSUER
        yield LineKind.EXPIRED, "", points, value if mine else nothing
    elif kind == COMPENSATE and shop == me:
        yield LineKind.ADJUSTMENTS, issuer, points, value
    elif kind == COMPENSATE:
        yield LineKind.ADJUSTMENTS, shop, -points, -value


def _operators_parts(
    terms: Terms, kind: int, issuer: str, shop: str, points: int, value: Fraction
) -> Iterable[tuple[LineKind, str, int, Fraction]]:
    on_issue = terms.funding is Funding.ON_ISSUE
    if kind == REDEEM and terms.redeem_fee_bps and (on_issue or issuer != shop):
        yield LineKind.REDEEM_FEE, shop, points, value * terms.redeem_fee_bps / BPS
    elif kind == ISSUE and terms.issue_fee_bps:
        yield LineKind.ISSUE_FEE, issuer, points, value * terms.issue_fee_bps / BPS
    elif kind == EXPIRE and on_issue and terms.breakage_to is Breakage.OPERATOR:
        yield LineKind.EXPIRED, issuer, points, value


def _pools_parts(
    terms: Terms, kind: int, issuer: str, shop: str, points: int, value: Fraction
) -> Iterable[tuple[LineKind, str, int, Fraction]]:
    if terms.funding is not Funding.ON_ISSUE:
        return
    if kind == ISSUE:
        yield LineKind.ISSUED, issuer, points, value
    elif kind == REDEEM:
        yield LineKind.REDEEMED_HERE, shop, points, -value
    elif kind == EXPIRE:
        to = issuer if terms.breakage_to is Breakage.ISSUER else OPERATOR
        yield LineKind.EXPIRED, to, points, -value


def _flows(book: Book, connection: Connection, config: Config, participant: str, window_id: int) -> list[Flow]:
    rows = connection.execute(
        text(
            "SELECT kind, terms_id, issuer, shop, CAST(SUM(amount) AS BIGINT), COUNT(*) FROM moves AS m "
            f"WHERE alliance_id = :alliance_id AND window_id = :window_id {_concerning(config, participant)} "
            "GROUP BY kind, terms_id, issuer, shop"
        ),
        {"alliance_id": book.alliance_id, "window_id": window_id},
    )
    return [Flow(*row) for row in rows]


def _concerning(config: Config, participant: str) -> str:
    """Every move concerns the operator or the pool; a shop those that name it."""
    if participant in (OPERATOR, POOL):
        return ""
    id_ = config.by_ref[participant].id
    return f"AND (m.issuer = {id_:d} OR m.shop = {id_:d})"


def _with_counterpart(config: Config, line: StatementLine | None) -> str:
    """The moves that may be behind a line: those of a line with another shop name that shop."""
    if line is None or line.counterpart in ("", OPERATOR, POOL):
        return ""
    id_ = config.by_ref[line.counterpart].id
    return f"AND (m.issuer = {id_:d} OR m.shop = {id_:d})"


def _sections(
    net: Minor, parts: dict[tuple[LineKind, str], list[tuple[Fraction, int, int]]]
) -> tuple[StatementSection, ...]:
    exact_by_kind: dict[LineKind, Fraction] = defaultdict(Fraction)
    for (kind, _), flows in parts.items():
        exact_by_kind[kind] += sum((exact for exact, _, _ in flows), Fraction(0))
    minors = apportion(net, exact_by_kind)
    sections = []
    for kind in sorted(exact_by_kind, key=LINE_ORDER.__getitem__):
        lines = {counterpart: flows for (of, counterpart), flows in parts.items() if of == kind}
        exacts = {
            participant: sum((exact for exact, _, _ in flows), Fraction(0)) for participant, flows in lines.items()
        }
        rounded = apportion(minors[kind], exacts)
        made = tuple(
            StatementLine(
                kind=kind,
                counterpart=participant,
                points=sum(points for _, points, _ in flows),
                moves=sum(moves for _, _, moves in flows),
                exact=exacts[participant],
                minor=rounded[participant],
            )
            for participant, flows in sorted(lines.items())
        )
        points = sum(line.points for line in made)
        sections.append(StatementSection(kind, points, exact_by_kind[kind], minors[kind], made))
    return tuple(sections)
