"""The money book: deposits, the guarantee fund, payments and defaults, as postings between money accounts.

Money comes in and goes out through CASH; what a participant owes or is owed stands in its SETTLEMENT account,
where the closes put it. Cash can't pay out more than came in: the account's sign forbids it.
"""

from collections.abc import Iterable

from settlement.clearing.default import Creditor, DefaultPlan, LossSource, Repayment, waterfall
from settlement.clearing.windows import closed_window, money_balances
from settlement.errors import ParticipantUnknown
from settlement.ledger.accounts import OPERATOR, POOL, AccountKind, AccountName
from settlement.ledger.book import Book
from settlement.ledger.config import Config
from settlement.ledger.moves import REDEEM, Posting, Transfer
from settlement.ledger.session import Session

CASH_ACCOUNT = AccountName(AccountKind.CASH, "cash")
LOSS_ACCOUNT = AccountName(AccountKind.LOSS, "loss")


def money_account(config: Config, kind: AccountKind, participant: str) -> AccountName:
    """A participant's money account of a kind. Raises ParticipantUnknown."""
    if participant not in config.by_ref:
        raise ParticipantUnknown(participant)
    return AccountName(kind, participant, config.by_ref[participant].id)


def pay_in_leg(
    config: Config,
    participant: str,
    minor: int,
    to: AccountKind = AccountKind.SETTLEMENT,
    cash: AccountName = CASH_ACCOUNT,
) -> Transfer:
    """Money came from a participant: for its net, or to its DEPOSIT, its share of the FUND, the CAPITAL."""
    return Transfer(cash, money_account(config, to, participant), minor)


def pay_out_leg(
    config: Config,
    participant: str,
    minor: int,
    out_of: AccountKind = AccountKind.SETTLEMENT,
    cash: AccountName = CASH_ACCOUNT,
) -> Transfer:
    """Money went to a participant: for its net, or out of its deposit, its share of the fund, the capital."""
    return Transfer(money_account(config, out_of, participant), cash, minor)


def draw_deposit_leg(config: Config, participant: str, minor: int) -> Transfer:
    """A shop's net paid out of its own deposit."""
    return Transfer(
        money_account(config, AccountKind.DEPOSIT, participant),
        money_account(config, AccountKind.SETTLEMENT, participant),
        minor,
    )


def plan_default(
    book: Book, session: Session, defaulter: str, opens_at: int, cut_cap_bps: int, overdue_minor: int | None = None
) -> DefaultPlan:
    """How what a shop still owes is allocated after the window that opened at this instant.

    Looks at what is there now: deposits, fund, capital; creditors are the shops that the window owes, with what of
    its net they are still owed, so that nobody has to give back what they were paid. Of what is owed no more than
    `overdue_minor` counts, where the rest is on its way. Raises
    WindowNotFound, ParticipantUnknown and WaterfallInvalid.
    """
    config = book.config(session)
    window = closed_window(book, session, opens_at)
    own = config.by_ref.get(defaulter)
    if own is None:
        raise ParticipantUnknown(defaulter)
    deposits, fund, capital, settled = (
        money_balances(book, session, config, kind)
        for kind in (AccountKind.DEPOSIT, AccountKind.FUND, AccountKind.CAPITAL, AccountKind.SETTLEMENT)
    )
    owed = max(0, -settled.get(defaulter, 0))
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
        shortfall_minor=owed if overdue_minor is None else min(owed, overdue_minor),
        deposit_minor=deposits.get(defaulter, 0),
        own_fund_minor=fund.get(defaulter, 0),
        operator_slice_minor=capital.get(OPERATOR, 0),
        fund_shares={participant: share for participant, share in fund.items() if participant != defaulter},
        creditors={
            participant: Creditor(
                max(0, min(net, settled.get(participant, 0))), max(0, redeemed.get(config.by_ref[participant].id, 0))
            )
            for participant, net in window.nets.items()
            if net > 0 and participant not in (defaulter, OPERATOR, POOL)
        },
        cut_cap_bps=cut_cap_bps,
        defaulter=defaulter,
        operator=OPERATOR,
    )


def default_posting(
    config: Config, plan: DefaultPlan, defaulter: str, opens_at: int, at: int, key: str | None = None
) -> Posting:
    """The posting of a default: each draw and each cut moves to what the defaulter owes, the rest is a loss.

    `key` is for a second default after the same window, when a payment came back later.
    """
    owed = money_account(config, AccountKind.SETTLEMENT, defaulter)
    legs = [
        Transfer(loss_account(config, draw.source, draw.participant), owed, draw.minor)
        for draw in (*plan.draws, *plan.cuts)
    ]
    if plan.uncovered_minor:
        legs.append(Transfer(LOSS_ACCOUNT, owed, plan.uncovered_minor))
    content: dict[str, str | int] = {"defaulter": defaulter, "window": opens_at, "minor": plan.shortfall_minor}
    return Posting(key or f"default:{opens_at}:{defaulter}", at, content, legs)


def recovery_posting(config: Config, repayments: Iterable[Repayment], defaulter: str, key: str, at: int) -> Posting:
    """The posting of a late payment: the money goes back to those who bore the default."""
    repayments = tuple(repayments)
    legs = [
        Transfer(CASH_ACCOUNT, loss_account(config, back.source, back.participant), back.minor) for back in repayments
    ]
    paid = sum(back.minor for back in repayments)
    return Posting(key, at, {"defaulter": defaulter, "minor": paid}, legs)


def loss_account(config: Config, source: LossSource, participant: str) -> AccountName:
    """The account that a source of the waterfall stands for. Raises ParticipantUnknown."""
    if source is LossSource.UNCOVERED:
        return LOSS_ACCOUNT
    kinds = {
        LossSource.DEPOSIT: AccountKind.DEPOSIT,
        LossSource.OWN_FUND: AccountKind.FUND,
        LossSource.OPERATOR: AccountKind.CAPITAL,
        LossSource.MUTUAL_FUND: AccountKind.FUND,
        LossSource.CREDITOR_CUT: AccountKind.SETTLEMENT,
    }
    return money_account(config, kinds[source], participant)
