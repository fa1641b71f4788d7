"""`coalition settle`: what a closed window leads to, and how far it is."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from coalition.cli.acting import ActingUser, open_acting, show_approval
from coalition.cli.commands.deposits import AccountOption
from coalition.cli.options import (
    DEFAULT_URL,
    SETTLE_IT,
    AllianceName,
    DatabaseUrl,
    LanguageOption,
    console,
    money_option,
    open_book,
    shares_option,
    text,
)
from coalition.errors import CommandRefused, unreadable
from coalition.locale.formats import Lang, money_text
from coalition.locale.messages import N_, translate
from settlement import Phrase

if TYPE_CHECKING:
    from settlement.payments import PaymentContext, PaymentRecord, SettlementRun
    from settlement.rails import PayeeCheck

app = typer.Typer(
    name="settle",
    no_args_is_help=True,
    help="Settle closed windows in money: collect, pay, and see what became of each payment.",
)
PANEL, POSITION = SETTLE_IT, 70

NOTHING_OPEN = N_("Nothing is open.")
RAILS_MISSING = N_("Not set up here, so nobody asked what it says now: {rails}. Run this where its settings are.")


class Became(StrEnum):
    """What became of a payment, as `coalition.payments.confirm_payment` has it."""

    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    RECEIVED = "received"
    DISPUTED = "disputed"


PaymentId = Annotated[str, typer.Argument(help="The payment's id, as `coalition settle status` lists it.", parser=text)]
By = Annotated[
    str, typer.Option("--by", help="Who confirms it: a person, or the shop where shops pay each other.", parser=text)
]


@app.command("plan")
def plan_command(
    direct: Annotated[
        bool,
        typer.Option("--direct", help="Plan and keep payments from shop to shop, the fewest there are."),
    ] = False,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """What the next run would do for each shop; writes nothing, unless shops are to pay each other."""
    from coalition.cli.settle_tables import outlook_table, payments_table, show_collection_code
    from settlement.payments import collection_code_of, last_window, payment_outlooks, plan_direct

    with _open_context(database_url, alliance, "plan") as context:
        planned = plan_direct(context, last_window(context)) if direct else None
        codes = [(row, collection_code_of(context.book, context.session, row)) for row in planned or []]
        rows = payment_outlooks(context)
    settings = context.book.settings
    if planned is not None:
        console().print(payments_table(settings, planned, {}, lang))
        for row, code in codes:
            if code:
                show_collection_code(console(), row, code, lang)
    elif rows:
        console().print(outlook_table(settings, rows, lang))
    else:
        console().print(translate(NOTHING_OPEN, lang))


@app.command("run")
def run_command(
    alliance: AllianceName = None, database_url: DatabaseUrl = DEFAULT_URL, *, lang: LanguageOption
) -> None:
    """Settle the last closed window: check what became of payments, collect, and pay as far as the cash reaches.

    Run it as often as you like: it continues where it stopped and sends nothing twice.
    """
    from coalition.cli.settle_tables import defaults_table
    from settlement.payments import defaults_of, payments_where, settle_window

    screen = console()
    with _open_context(database_url, alliance, "run") as context, _stages(screen, lang) as progress:
        run = settle_window(context, progress)
        defaults = [default for default in defaults_of(context.book, context.session) if default in run.defaults]
        rows = payments_where(context.book, context.session, "window_id = ?", run.window_id)
    settings = context.book.settings
    if defaults:
        screen.print(defaults_table(settings, defaults, lang))
    screen.print(_summary(run, rows, settings.minor_digits, settings.currency, lang))


@app.command("status")
def status_command(
    everything: Annotated[bool, typer.Option("--all", help="Also payments that are finished.")] = False,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Payments of the last window and all that are open, defaults, and the cash at each rail."""
    from coalition.cli.settle_tables import defaults_table, payments_table, rails_table
    from settlement.payments import defaults_of, last_window, payments_where, reconcile_rails

    with _open_context(database_url, alliance, "status") as context:
        rows = payments_where(context.book, context.session)
        if not everything:
            window_id = last_window(context)
            rows = [row for row in rows if row.live or row.window_id == window_id]
        notes = _notes(context, rows, lang)
        defaults = defaults_of(context.book, context.session, only_open=not everything)
        rails = reconcile_rails(context)
    settings, screen = context.book.settings, console()
    screen.print(payments_table(settings, rows, notes, lang) if rows else translate(NOTHING_OPEN, lang))
    if defaults:
        screen.print(defaults_table(settings, defaults, lang))
    screen.print(rails_table(settings, rails, lang))


@app.command("confirm")
def confirm_command(
    payment_id: PaymentId,
    became: Annotated[Became, typer.Argument(help="What became of it.")],
    by: By,
    evidence: Annotated[
        str, typer.Option(help="What proves it: a receipt's number, who handed what to whom.", parser=text)
    ],
    document: Annotated[Path | None, typer.Option(help="A document that proves it; its SHA-256 is kept.")] = None,
    amount: Annotated[
        str | None, typer.Option(help="How much of it, as in 9.50, where it is not all.", parser=text)
    ] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Record what became of a payment made by hand or from shop to shop. Large amounts need two people."""
    from coalition.cli.settle_tables import payments_table
    from coalition.payments.confirm_payment import ConfirmedOutcome, mark_of, side_of
    from settlement.payments import PaymentRoute, confirm_by_hand, confirm_direct, payment_by_id

    proof = "" if document is None else _hash(document)
    with _open_context(database_url, alliance, by) as context:
        row, missing = payment_by_id(context.book, context.session, payment_id), 0
        minor = None if amount is None else money_option("--amount", amount, context.book.settings)
        outcome = ConfirmedOutcome(became.value)
        if row.route == PaymentRoute.DIRECT:
            row = confirm_direct(context, payment_id, by, side_of(row, outcome), evidence, proof, minor)
        else:
            row, missing = confirm_by_hand(context, payment_id, mark_of(row, outcome), evidence, proof, minor)
        notes = _notes(context, [row], lang)
    screen = console()
    screen.print(payments_table(context.book.settings, [row], notes, lang))
    if missing:
        screen.print(translate("One more person has to confirm this.", lang))


@app.command("match")
def match_command(
    rail: Annotated[
        str | None, typer.Argument(help="The rail of a movement to match; without it all are listed.", parser=text)
    ] = None,
    line: Annotated[str | None, typer.Argument(help="The movement's id, as it is listed.", parser=text)] = None,
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--payment",
            help="The payment that it belongs to, at whichever rail; or several, each as PAYMENT=9.50.",
            parser=text,
        ),
    ] = None,
    deposit_of: Annotated[
        str | None, typer.Option(help="Or the shop that pays it into its deposit.", parser=text)
    ] = None,
    account: Annotated[
        AccountOption, typer.Option(metavar="WHICH", help="With --deposit-of: deposit, fund or capital.")
    ] = AccountOption.DEPOSIT,
    book_as: Annotated[
        str | None, typer.Option(help="Or a name to book it under: interest, own transfer.", parser=text)
    ] = None,
    why: Annotated[str, typer.Option(help="The reason, if it is booked under a name.", parser=text)] = "",
    by: By = "match",
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Reconcile: match movements at the rails to payments, and list what differs, to the cent.

    Exit code 1 if the book has a rail that is not set up here: what it says now, nobody knows.
    """
    from coalition.cli.settle_tables import differences_table, lines_table, rails_table
    from coalition.payments.move_deposit import KINDS, DepositAccount
    from settlement.payments import book_line, book_to_deposit, reconcile_rails

    with _open_context(database_url, alliance, by) as context:
        if rail is not None:
            if line is None or sum(1 for home in (to, deposit_of, book_as) if home) != 1:
                raise CommandRefused(
                    Phrase(
                        "name the rail, a movement that `coalition settle match` lists, and one of --payment, "
                        "--deposit-of and --book-as"
                    )
                )
            if to:
                _match(context, rail, line, to)
            elif deposit_of is not None:
                book_to_deposit(context, rail, line, deposit_of, KINDS[DepositAccount(account.value)])
            else:
                book_line(context, rail, line, str(book_as), why)
        rails = reconcile_rails(context)
    settings, screen = context.book.settings, console()
    screen.print(rails_table(settings, rails, lang))
    for reconciled in rails:
        if reconciled.unmatched:
            screen.print(lines_table(settings, reconciled.rail, reconciled.unmatched, lang))
        if reconciled.differences:
            screen.print(differences_table(settings, reconciled, lang))
    missing = [reconciled.rail for reconciled in rails if not reconciled.plugged_in]
    if missing:
        screen.print(translate(RAILS_MISSING, lang, rails=", ".join(missing)))
        raise typer.Exit(1)
    if all(reconciled.ok for reconciled in rails):
        screen.print(translate("Every movement is matched; book and rails agree to the cent.", lang))
    else:
        screen.print(translate("The book and the rails differ; see above.", lang))


def _match(context: "PaymentContext", rail: str, line: str, to: list[str]) -> None:
    """Match a movement to the payment that is named, or to several with an amount for each."""
    from settlement.payments import match_line, split_line

    names, amounts_minor = shares_option(to, context.book.settings.minor_digits)
    if amounts_minor:
        split_line(context, rail, line, list(zip(names, amounts_minor, strict=True)))
    elif len(names) == 1:
        match_line(context, rail, line, names[0])
    else:
        raise CommandRefused(Phrase("write how much of the movement each payment is, as PAYMENT=9.50"))


@app.command("carry")
def carry_command(
    out_of: Annotated[str, typer.Argument(help="The rail whose box the cash left: by_hand, bank.", parser=text)],
    to: Annotated[str, typer.Argument(help="The rail whose box it went to; one of the two is by_hand.", parser=text)],
    amount: Annotated[str, typer.Argument(help="The amount, as in 500.00.", parser=text)],
    why: Annotated[str, typer.Option(help="What proves it: the receipt of the branch.", parser=text)],
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Record cash that was paid in at the bank, or fetched from there; above a limit another person has to approve it.

    Book the bank's own movement under "cash in transit" when it comes.
    """
    from coalition.access.caller import TREASURERS
    from coalition.payments.carry_cash import CashCarried, request_carry
    from coalition.try_again import try_again

    with open_acting(database_url, alliance, user, TREASURERS) as acting:
        minor = money_option("AMOUNT", amount, acting.alliance.book.settings)
        carried = CashCarried(out_of, to, minor, why)
        waiting = try_again(request_carry, acting.alliance, acting.approvals, acting.caller, carried, acting.key())
    if waiting is None:
        console().print(translate("Recorded.", lang))
    else:
        show_approval(waiting)


@app.command("write-off")
def write_off_command(
    payment_id: PaymentId,
    why: Annotated[str, typer.Option(help="Why nobody has to pay it.", parser=text)],
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Ask for writing off what is missing of a collection, which another person always has to approve."""
    from coalition.access.caller import TREASURERS
    from coalition.payments.write_off_rest import request_write_off
    from coalition.try_again import try_again

    with open_acting(database_url, alliance, user, TREASURERS) as acting:
        show_approval(
            try_again(
                request_write_off, acting.alliance, acting.approvals, acting.caller, payment_id, why, acting.key()
            )
        )


@contextmanager
def _open_context(url: str, alliance: str | None, by: str) -> "Iterator[PaymentContext]":
    """Where the alliance's payments are worked on, with the rails that this process is set up for."""
    from coalition.payments.notices import EventNotices
    from coalition.payments.rails import OpenRails
    from settlement.payments import PaymentContext

    with (
        open_book(url, alliance) as book,
        closing(book.database.session()) as session,
        closing(OpenRails(book)) as rails,
    ):
        yield PaymentContext(book, session, rails.by_name, by, EventNotices(book))


@contextmanager
def _stages(screen: Console, lang: Lang) -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each stage of a run, as far as it gets."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from coalition.cli.payment_words import STAGES

    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn())
    with Progress(
        *columns, MofNCompleteColumn(), TimeElapsedColumn(), console=screen, disable=not screen.is_terminal
    ) as bars:
        tasks = {}

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(translate(STAGES[stage], lang), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield advance


def _summary(run: "SettlementRun", rows: "list[PaymentRecord]", digits: int, currency: str, lang: Lang) -> str:
    """What the window has come to: a sentence."""
    from settlement.payments import PaymentRoute

    collected, paid = (
        sum(row.moved_minor for row in rows if row.route == route) for route in (PaymentRoute.COLLECT, PaymentRoute.PAY)
    )
    return translate(
        "Sent now: collections {collecting}, payments {paying}. "
        "Of this window: collected {collected}, paid {paid}, open {open}.",
        lang,
        collecting=run.collecting,
        paying=run.paying,
        collected=f"{money_text(collected, digits, lang)} {currency}",
        paid=f"{money_text(paid, digits, lang)} {currency}",
        open=sum(row.live for row in rows),
    )


def _notes(context: "PaymentContext", rows: Sequence["PaymentRecord"], lang: Lang) -> dict[str, str]:
    """What is to be known of payments, by id: a dispute, another name at the payee's bank, why it failed or waits."""
    from settlement.payments import payee_checks_of

    checks = payee_checks_of(context, [row for row in rows if row.live])
    return {row.id: _note(context, row, checks.get(row.id), lang) for row in rows}


def _note(context: "PaymentContext", row: "PaymentRecord", check: "PayeeCheck | None", lang: Lang) -> str:
    from coalition.cli.payment_words import PAYEE_DOUBTS
    from coalition.locale.error_text import reason_text
    from settlement.payments import PaymentState, is_disputed, payment_history

    if is_disputed(context, row):
        return translate("disputed", lang)
    if row.state in (PaymentState.FAILED, PaymentState.RETURNED, PaymentState.PLANNED, PaymentState.AMBIGUOUS):
        return reason_text(payment_history(context.book, context.session, row.id)[-1].why, lang, context.book.settings)
    if check is not None and check.match.value in PAYEE_DOUBTS:
        return translate(PAYEE_DOUBTS[check.match.value], lang, text=check.text or "–")
    return ""


def _hash(document: Path) -> str:
    from settlement.payments import document_hash

    try:
        return document_hash(document)
    except OSError as error:
        raise unreadable(document, error) from None
