"""The money book: deposits, the guarantee fund, payments and defaults, as postings between money accounts.

Money comes in and goes out through CASH; what a participant owes or is owed stands in its SETTLEMENT account,
where the closes put it. Cash can't pay out more than came in: the account's sign forbids it.
"""

from collections.abc import Iterable

from settlement.clearing.default import Creditor, Plan, Repayment, Source, waterfall
from settlement.clearing.windows import closed_window, money_balances
from settlement.errors import ParticipantUnknown
from settlement.ledger.accounts import OPERATOR, POOL, AccountName, Kind
from settlement.ledger.book import Book
from settlement.ledger.config import Config
from settlement.ledger.moves import REDEEM, Posting, Transfer
from settlement.ledger.session import Session

CASH = AccountName(Kind.CASH, "cash")
LOSS = AccountName(Kind.LOSS, "loss")


def money_account(config: Config, kind: Kind, who: str) -> AccountName:
    """A participant's money account of a kind. Raises ParticipantUnknown."""
    if who not in config.by_ref:
        raise ParticipantUnknown(who)
    return AccountName(kind, who, config.by_ref[who].id)


def paid_in(config: Config, who: str, minor: int, to: Kind = Kind.SETTLEMENT, cash: AccountName = CASH) -> Transfer:
    """Money came from a participant: for its net, or to its DEPOSIT, its share of the FUND, the CAPITAL."""
    return Transfer(cash, money_account(config, to, who), minor)


def paid_out(
    config: Config, who: str, minor: int, out_of: Kind = Kind.SETTLEMENT, cash: AccountName = CASH
) -> Transfer:
    """Money went to a participant: for its net, or out of its deposit, its share of the fund, the capital."""
    return Transfer(money_account(config, out_of, who), cash, minor)


def drawn_from_deposit(config: Config, who: str, minor: int) -> Transfer:
    """A shop's net paid out of its own deposit."""
    return Transfer(money_account(config, Kind.DEPOSIT, who), money_account(config, Kind.SETTLEMENT, who), minor)


def plan_default(book: Book, session: Session, defaulter: str, opens_at: int, cut_cap_bps: int) -> Plan:
    """Who bears what a shop still owes after the window that opened at this instant.

    Looks at what is there now: deposits, fund, capital; creditors are the shops that the window owes, with what of
    its net they are still owed, so that nobody has to give back what they were paid. Raises
    WindowNotFound, ParticipantUnknown and WaterfallInvalid.
    """
    config = book.config(session)
    window = closed_window(book, session, opens_at)
    own = config.by_ref.get(defaulter)
    if own is None:
        raise ParticipantUnknown(defaulter)
    deposits, fund, capital, settled = (
        money_balances(book, session, config, kind) for kind in (Kind.DEPOSIT, Kind.FUND, Kind.CAPITAL, Kind.SETTLEMENT)
    )
    redeemed: dict[int, int] = dict(
        session.rows(
            "SELECT shop, CAST(SUM(CASE WHEN kind > 0 THEN amount ELSE -amount END) AS BIGINT) FROM moves "
            f"WHERE alliance_id = ? AND window_id = ? AND issuer = ? AND kind IN ({REDEEM:d}, {-REDEEM:d}) "
            "GROUP BY shop",
            book.alliance_id,
            opens_at,
            own.id,
        )
    )
    return waterfall(
        shortfall_minor=max(0, -settled.get(defaulter, 0)),
        deposit_minor=deposits.get(defaulter, 0),
        own_fund_minor=fund.get(defaulter, 0),
        operator_slice_minor=capital.get(OPERATOR, 0),
        fund_shares={who: share for who, share in fund.items() if who != defaulter},
        creditors={
            who: Creditor(max(0, min(net, settled.get(who, 0))), max(0, redeemed.get(config.by_ref[who].id, 0)))
            for who, net in window.nets.items()
            if net > 0 and who not in (defaulter, OPERATOR, POOL)
        },
        cut_cap_bps=cut_cap_bps,
        defaulter=defaulter,
        operator=OPERATOR,
    )


def default_posting(
    config: Config, plan: Plan, defaulter: str, opens_at: int, at: int, key: str | None = None
) -> Posting:
    """The posting of a default: each draw and each cut moves to what the defaulter owes, the rest is a loss.

    `key` is for a second default after the same window, when a payment came back later.
    """
    owed = money_account(config, Kind.SETTLEMENT, defaulter)
    legs = [Transfer(borne_by(config, draw.source, draw.who), owed, draw.minor) for draw in (*plan.draws, *plan.cuts)]
    if plan.uncovered_minor:
        legs.append(Transfer(LOSS, owed, plan.uncovered_minor))
    content: dict[str, str | int] = {"defaulter": defaulter, "window": opens_at, "minor": plan.shortfall_minor}
    return Posting(key or f"default:{opens_at}:{defaulter}", at, content, legs)


def recovery_posting(config: Config, repayments: Iterable[Repayment], defaulter: str, key: str, at: int) -> Posting:
    """The posting of a late payment: the money goes back to those who bore the default."""
    repayments = tuple(repayments)
    legs = [Transfer(CASH, borne_by(config, back.source, back.who), back.minor) for back in repayments]
    paid = sum(back.minor for back in repayments)
    return Posting(key, at, {"defaulter": defaulter, "minor": paid}, legs)


def borne_by(config: Config, source: Source, who: str) -> AccountName:
    """The account that a source of the waterfall stands for. Raises ParticipantUnknown."""
    if source is Source.UNCOVERED:
        return LOSS
    kinds = {
        Source.DEPOSIT: Kind.DEPOSIT,
        Source.OWN_FUND: Kind.FUND,
        Source.OPERATOR: Kind.CAPITAL,
        Source.MUTUAL_FUND: Kind.FUND,
        Source.CREDITOR_CUT: Kind.SETTLEMENT,
    }
    return money_account(config, kinds[source], who)
