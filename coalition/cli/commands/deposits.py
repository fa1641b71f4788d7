"""`coalition deposits`: money into and out of deposits, the guarantee fund and capital."""

from enum import StrEnum
from typing import Annotated

import typer

from coalition.cli.acting import ActingUser, open_acting, show_approval
from coalition.cli.options import (
    DEFAULT_URL,
    SETTLE_IT,
    AllianceName,
    DatabaseUrl,
    LanguageOption,
    console,
    money_option,
    text,
)

app = typer.Typer(name="deposits", no_args_is_help=True, help="Deposits, the guarantee fund, capital: in and out.")
PANEL, POSITION = SETTLE_IT, 85


class AccountOption(StrEnum):
    """The account that the money goes into or comes out of."""

    DEPOSIT = "deposit"
    FUND = "fund"
    CAPITAL = "capital"


ShopArgument = Annotated[str, typer.Argument(help="The shop; operator for the alliance itself.", parser=text)]
AmountArgument = Annotated[str, typer.Argument(help="The amount, as in 500.00.", parser=text)]
Account = Annotated[
    AccountOption,
    typer.Option(
        metavar="WHICH",
        help="The shop's deposit, its share of the guarantee fund, or capital: deposit, fund or capital.",
    ),
]


@app.command("pay-in")
def pay_in_command(
    shop: ShopArgument,
    amount: AmountArgument,
    account: Account = AccountOption.DEPOSIT,
    received: Annotated[
        str,
        typer.Option(
            help="What proves that it came by hand; without it, it is collected over the shop's rail.", parser=text
        ),
    ] = "",
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Record money that was received, or collect it. Above a limit another person has to approve it."""
    from coalition.access.caller import TREASURERS
    from coalition.approvals.approval import Approval
    from coalition.cli.settle_tables import payments_table
    from coalition.payments.move_deposit import Deposit, DepositAccount, request_pay_in
    from coalition.try_again import try_again

    with open_acting(database_url, alliance, user, TREASURERS) as acting:
        settings = acting.alliance.book.settings
        minor = money_option("AMOUNT", amount, settings)
        deposit = Deposit(shop, DepositAccount(account.value), minor, received.strip())
        begun = try_again(request_pay_in, acting.alliance, acting.approvals, acting.caller, deposit, acting.key())
    if isinstance(begun, Approval):
        show_approval(begun)
    else:
        console().print(payments_table(settings, begun, {}, lang))


@app.command("pay-back")
def pay_back_command(
    shop: ShopArgument,
    amount: AmountArgument,
    account: Account = AccountOption.DEPOSIT,
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Ask for a withdrawal, which another person always has to approve."""
    from coalition.access.caller import TREASURERS
    from coalition.payments.move_deposit import Deposit, DepositAccount, request_pay_back
    from coalition.try_again import try_again

    with open_acting(database_url, alliance, user, TREASURERS) as acting:
        minor = money_option("AMOUNT", amount, acting.alliance.book.settings)
        deposit = Deposit(shop, DepositAccount(account.value), minor)
        show_approval(
            try_again(request_pay_back, acting.alliance, acting.approvals, acting.caller, deposit, acting.key())
        )
