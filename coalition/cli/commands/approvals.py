"""`coalition approvals`: what takes two people."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from coalition.cli.acting import open_acting, show_approval
from coalition.cli.options import DEFAULT_URL, RUN_IT, AllianceName, DatabaseUrl, LanguageOption, console, text
from coalition.errors import NotFound
from settlement import Phrase

if TYPE_CHECKING:
    from coalition.approvals.approval import Approval
    from coalition.cli.acting import Acting

app = typer.Typer(name="approvals", no_args_is_help=True, help="What takes two people: requests, and the limits.")
PANEL, POSITION = RUN_IT, 46

ApprovalId = Annotated[str, typer.Argument(help="The request's id, as it is listed.", parser=text)]
Approver = Annotated[
    str, typer.Option("--as", metavar="EMAIL", help="The person who decides; the password is asked for.", parser=text)
]
LISTED_MAX = 1_000


class ApprovalState(StrEnum):
    """The states of a request."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    DONE = "done"
    REFUSED = "refused"
    EXPIRED = "expired"


@app.command("list")
def list_command(
    status: Annotated[
        ApprovalState | None, typer.Option(metavar="STATE", help="Only requests in this state, such as pending.")
    ] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """List the requests, the newest first."""
    from coalition.access.caller import ALLIANCE
    from coalition.approvals.approval import ApprovalStatus
    from coalition.approvals.store import list_approvals
    from coalition.cli.agreement_tables import approvals_table
    from coalition.clock import system_clock

    wanted = None if status is None else ApprovalStatus(status.value)
    with open_acting(database_url, alliance, None, ALLIANCE) as acting:
        with acting.alliance.database.engine.connect() as connection:
            rows = list_approvals(connection, acting.alliance.id, wanted, None, LISTED_MAX, system_clock())
        settings = acting.alliance.book.settings
    console().print(approvals_table(settings, rows, lang))


@app.command("approve")
def approve_command(
    id: ApprovalId,  # noqa: A002 - the argument's name
    user: Approver,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Approve another person's request, and carry it out once."""
    from coalition.access.caller import STAFF
    from coalition.cli.agreement_tables import approvals_table
    from coalition.try_again import try_again

    with open_acting(database_url, alliance, user, STAFF) as acting:
        decided = try_again(_approve, acting, id)
        settings = acting.alliance.book.settings
    console().print(approvals_table(settings, [decided], lang))


@app.command("refuse")
def refuse_command(
    id: ApprovalId,  # noqa: A002 - the argument's name
    user: Approver,
    why: Annotated[str, typer.Option(help="The reason, for the person who asked.", parser=text)],
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Refuse another person's request: nothing is carried out."""
    from coalition.access.caller import STAFF
    from coalition.cli.agreement_tables import approvals_table
    from coalition.try_again import try_again

    with open_acting(database_url, alliance, user, STAFF) as acting:
        decided = try_again(_refuse, acting, id, why)
        settings = acting.alliance.book.settings
    console().print(approvals_table(settings, [decided], lang))


@app.command("withdraw")
def withdraw_command(
    id: ApprovalId,  # noqa: A002 - the argument's name
    user: Annotated[
        str,
        typer.Option(
            "--as", metavar="EMAIL", help="The person who asked for it; the password is asked for.", parser=text
        ),
    ],
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Withdraw your own request: nothing is carried out."""
    from coalition.access.caller import STAFF
    from coalition.cli.agreement_tables import approvals_table
    from coalition.try_again import try_again

    with open_acting(database_url, alliance, user, STAFF) as acting:
        withdrawn = try_again(_withdraw, acting, id)
        settings = acting.alliance.book.settings
    console().print(approvals_table(settings, [withdrawn], lang))


@app.command("limits")
def limits_command(
    alliance: AllianceName = None, database_url: DatabaseUrl = DEFAULT_URL, *, lang: LanguageOption
) -> None:
    """List how much one person may do alone, by action."""
    from coalition.access.caller import ALLIANCE
    from coalition.cli.agreement_tables import limits_table

    with open_acting(database_url, alliance, None, ALLIANCE) as acting:
        limits = {}
        for name, alone_max in acting.approvals.limits(acting.alliance.id).items():
            limits[name] = (alone_max, acting.approvals.unit_of(name))
    console().print(limits_table(limits, lang))


@app.command("limit")
def limit_command(
    action: Annotated[str, typer.Argument(help="The action, as `coalition approvals limits` lists it.", parser=text)],
    alone_max: Annotated[
        int,
        typer.Argument(help="The most that one person may do alone; 0 if it always takes two.", min=0, max=10**15),
    ],
    user: Annotated[
        str,
        typer.Option("--as", metavar="EMAIL", help="The owner who sets it; the password is asked for.", parser=text),
    ],
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Set how much one person may do alone. A lower limit applies at once, a higher one takes another person."""
    from coalition.access.caller import Role
    from coalition.try_again import try_again

    with open_acting(database_url, alliance, user, {Role.OWNER}) as acting:
        existing = acting.approvals.limits(acting.alliance.id).get(action)
        if existing is None:
            raise NotFound(Phrase("action"), action)
        approval = try_again(acting.approvals.change_limit, acting.caller, action, existing, alone_max, acting.key())
    if approval is not None:
        show_approval(approval)


def _approve(acting: "Acting", id_: str) -> "Approval":
    return acting.approvals.approve(acting.caller, _to_decide(acting, id_))


def _refuse(acting: "Acting", id_: str, why: str) -> "Approval":
    return acting.approvals.reject(acting.caller, _to_decide(acting, id_), why)


def _withdraw(acting: "Acting", id_: str) -> "Approval":
    approval = acting.approvals.find_visible(acting.caller, id_)
    if approval is None:
        raise NotFound(Phrase("approval"), id_)
    return acting.approvals.withdraw(acting.caller, approval)


def _to_decide(acting: "Acting", id_: str) -> "Approval":
    approval = acting.approvals.find_to_decide(acting.caller, id_)
    if approval is None:
        raise NotFound(Phrase("approval"), id_)
    return approval
