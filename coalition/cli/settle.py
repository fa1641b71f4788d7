"""`coalition settle`: what a closed window leads to, and how far it is."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from coalition.cli.options import DEFAULT_URL, AllianceName, DatabaseUrl, Language, LanguageOption, book, console
from coalition.cli.settle_tables import (
    defaults_table,
    differences_table,
    lines_table,
    outlook_table,
    payments_table,
    rails_table,
)
from coalition.cli.settle_words import word
from coalition.errors import CoalitionError, unreadable
from coalition.locale.formats import Lang, money_text
from coalition.payments.confirm_payment import ConfirmedOutcome, mark_of, side_of
from coalition.payments.notices import EventNotices
from coalition.payments.rails import rails_of, stripe_account
from settlement.payments import (
    Desk,
    PaymentRecord,
    Route,
    Run,
    State,
    book_line,
    confirm,
    defaults_of,
    document_hash,
    is_disputed,
    last_window,
    match_line,
    payment,
    payment_history,
    payment_outlooks,
    payments_where,
    plan_direct,
    reconcile_rail,
    say,
    settle_window,
)

app = typer.Typer(
    no_args_is_help=True, help="Settle closed windows in money: collect, pay, and see what became of each payment."
)

STAGES = {"look": "Looking", "collect": "Collecting", "pay": "Paying", "release": "Paying"}
PaymentId = Annotated[str, typer.Argument(help="The payment's id, as `coalition settle status` lists it.")]
By = Annotated[str, typer.Option("--by", help="Who says so: a person, or the shop where shops pay each other.")]


@app.command("plan")
def plan_command(
    direct: Annotated[
        bool,
        typer.Option("--direct", help="Plan and keep payments from shop to shop, the fewest there are."),
    ] = False,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    lang: LanguageOption = Language.EN,
) -> None:
    """What the next run would do for each shop; writes nothing, unless shops are to pay each other."""
    with _desk(database_url, alliance, "plan") as desk:
        made = plan_direct(desk, last_window(desk)) if direct else None
        rows = payment_outlooks(desk)
    settings = desk.book.settings
    if made is not None:
        console().print(payments_table(settings, made, {}, lang.value))
    elif rows:
        console().print(outlook_table(settings, rows, lang.value))
    else:
        console().print(word("Nothing is open.", lang.value))


@app.command("run")
def run_command(
    alliance: AllianceName = None, database_url: DatabaseUrl = DEFAULT_URL, lang: LanguageOption = Language.EN
) -> None:
    """Settle the last closed window: look what became of payments, collect, and pay as far as cash reaches.

    Run it as often as you like: it goes on where things stand, and sends nothing twice.
    """
    shown = console()
    with _desk(database_url, alliance, "run") as desk, _stages(shown, lang.value) as progress:
        done = settle_window(desk, progress)
        defaults = [one for one in defaults_of(desk.book, desk.session) if one in done.defaults]
        rows = payments_where(desk.book, desk.session, "window_id = ?", done.window_id)
    settings = desk.book.settings
    if defaults:
        shown.print(defaults_table(settings, defaults, lang.value))
    shown.print(_summary(done, rows, settings.minor_digits, settings.currency, lang.value))


@app.command("status")
def status_command(
    everything: Annotated[bool, typer.Option("--all", help="Also what is done with.")] = False,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    lang: LanguageOption = Language.EN,
) -> None:
    """Payments of the last window and all that are open, defaults, and the cash at each rail."""
    with _desk(database_url, alliance, "status") as desk:
        rows = payments_where(desk.book, desk.session)
        if not everything:
            window_id = last_window(desk)
            rows = [one for one in rows if one.live or one.window_id == window_id]
        notes = {one.id: _note(desk, one, lang.value) for one in rows}
        defaults = defaults_of(desk.book, desk.session, only_open=not everything)
        rails = [reconcile_rail(desk, name) for name in sorted(desk.rails)]
    settings, shown = desk.book.settings, console()
    shown.print(payments_table(settings, rows, notes, lang.value) if rows else word("Nothing is open.", lang.value))
    if defaults:
        shown.print(defaults_table(settings, defaults, lang.value))
    shown.print(rails_table(settings, rails, lang.value))


@app.command("confirm")
def confirm_command(
    payment_id: PaymentId,
    outcome: Annotated[ConfirmedOutcome, typer.Argument(help="What became of it.")],
    by: By,
    evidence: Annotated[str, typer.Option(help="What proves it: a receipt's number, who handed what to whom.")],
    document: Annotated[Path | None, typer.Option(help="A document that proves it; its SHA-256 is kept.")] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    lang: LanguageOption = Language.EN,
) -> None:
    """Say what became of a payment by hand, or from shop to shop. Large amounts need two people."""
    proof = ""
    if document is not None:
        try:
            proof = document_hash(document)
        except OSError as error:
            raise unreadable(document, error) from None
    with _desk(database_url, alliance, by) as desk:
        one = payment(desk.book, desk.session, payment_id)
        missing = 0
        if one.route == Route.DIRECT:
            one = say(desk, payment_id, by, side_of(one, outcome), evidence, proof)
        else:
            one, missing = confirm(desk, payment_id, mark_of(one, outcome), evidence, proof)
        notes = {one.id: _note(desk, one, lang.value)}
    shown = console()
    shown.print(payments_table(desk.book.settings, [one], notes, lang.value))
    if missing:
        shown.print(word("One more person has to confirm this.", lang.value))


@app.command("match")
def match_command(
    rail: Annotated[
        str | None, typer.Argument(help="The rail of a movement to match; without it all are listed.")
    ] = None,
    line: Annotated[str | None, typer.Argument(help="The movement's id, as it is listed.")] = None,
    to: Annotated[str | None, typer.Option("--payment", help="The payment that it belongs to.")] = None,
    book_as: Annotated[str | None, typer.Option(help="Or a name to book it under: interest, own transfer.")] = None,
    why: Annotated[str, typer.Option(help="The reason, where it is booked under a name.")] = "",
    by: By = "match",
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    lang: LanguageOption = Language.EN,
) -> None:
    """Reconcile: match movements at the rails to payments, and list what differs, to the cent."""
    with _desk(database_url, alliance, by) as desk:
        if rail is not None:
            if line is None or (to is None) == (book_as is None):
                raise CoalitionError(
                    "name the rail, a movement that `coalition settle match` lists, and --payment or --book-as"
                )
            if to is not None:
                match_line(desk, rail, line, to)
            else:
                book_line(desk, rail, line, str(book_as), why)
        found = [reconcile_rail(desk, name) for name in sorted(desk.rails)]
    settings, shown = desk.book.settings, console()
    shown.print(rails_table(settings, found, lang.value))
    for one in found:
        if one.unmatched:
            shown.print(lines_table(settings, one.rail, one.unmatched, lang.value))
        if one.differences:
            shown.print(differences_table(settings, one, lang.value))
    agrees = all(one.ok for one in found)
    en = (
        "Every movement is matched; book and rails agree to the cent."
        if agrees
        else "The book and the rails differ; see below."
    )
    shown.print(word(en, lang.value))


@contextmanager
def _desk(url: str, alliance: str | None, who: str) -> Iterator[Desk]:
    """A desk at the alliance's book, with the rails that this process is set up for."""
    with book(url, alliance) as opened, closing(opened.database.session()) as session:
        stripe = stripe_account(opened)
        try:
            yield Desk(opened, session, rails_of(opened, stripe), who, EventNotices(opened))
        finally:
            if stripe is not None:
                stripe.close()


@contextmanager
def _stages(shown: Console, lang: Lang) -> Iterator[Callable[[str, int, int], None]]:
    """A bar for each stage of a run, as far as it gets."""
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), BarColumn())
    with Progress(
        *columns, MofNCompleteColumn(), TimeElapsedColumn(), console=shown, disable=not shown.is_terminal
    ) as bars:
        tasks = {}

        def advance(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(word(STAGES[stage], lang), total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield advance


def _summary(done: Run, rows: list[PaymentRecord], digits: int, currency: str, lang: Lang) -> str:
    """What the window has come to: a sentence."""
    collected, paid = (
        sum(one.minor for one in rows if one.route == route and one.state == State.PAID)
        for route in (Route.COLLECT, Route.PAY)
    )
    waiting = sum(one.live for one in rows)
    figures = [f"{money_text(minor, digits, lang)} {currency}" for minor in (collected, paid)]
    if lang == "zh":
        return (
            f"本次发送 {done.collecting} 笔收款、{done.paying} 笔付款；"
            f"本期已收 {figures[0]}，已付 {figures[1]}，{waiting} 笔未完成。"
        )
    return (
        f"Sent now: collections {done.collecting}, payments {done.paying}. "
        f"Of this window: collected {figures[0]}, paid {figures[1]}, open {waiting}."
    )


def _note(desk: Desk, one: PaymentRecord, lang: Lang) -> str:
    """What is to be known of a payment: that a side disputes it, or why it failed or waits."""
    if is_disputed(desk, one):
        return word("disputed", lang)
    if one.state in (State.FAILED, State.RETURNED, State.PLANNED, State.AMBIGUOUS):
        return payment_history(desk.book, desk.session, one.id)[-1].why
    return ""
