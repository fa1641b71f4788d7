"""`coalition print`: posters and counter stands from which people join, members' cards, and slips of payments."""

from pathlib import Path
from typing import Annotated

import typer

from coalition.cli.acting import open_acting
from coalition.cli.options import DEFAULT_URL, RUN_IT, AllianceName, DatabaseUrl, LanguageOption, text, write_file
from coalition.errors import CommandRefused, NotFound
from coalition.printing.kinds import JoinSheet, Paper
from settlement import Phrase

app = typer.Typer(
    name="print", no_args_is_help=True, help="Print: posters, counter stands, members' cards, slips of payments."
)
PANEL, POSITION = RUN_IT, 44

PaperOption = Annotated[Paper, typer.Option(help="The paper.")]
OutputOption = Annotated[Path, typer.Option(help="The PDF file to write.")]


@app.command("join-sheet")
def join_sheet_command(
    output: OutputOption,
    shop: Annotated[
        str | None,
        typer.Option(help="The shop that gets the first visit; left out, a sheet for all shops.", parser=text),
    ] = None,
    kind: Annotated[JoinSheet, typer.Option(help="A poster, or a stand for the counter.")] = JoinSheet.POSTER,
    paper: PaperOption = Paper.A4,
    url: Annotated[
        str | None, typer.Option(help="Where people reach the server; by default COALITION_PUBLIC_URL.", parser=text)
    ] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Print a page with a QR code from which people join."""
    from coalition.access.caller import ALLIANCE
    from coalition.merchants.change_shop import load_shop
    from coalition.printing.join_sheet import print_join_sheet
    from coalition.settings import read_settings

    reached_at = url or read_settings().public_url
    if reached_at is None:
        raise CommandRefused(Phrase("say where people reach the server, with --url or COALITION_PUBLIC_URL"))
    with open_acting(database_url, alliance, None, ALLIANCE) as acting:
        record = None if shop is None else load_shop(acting.alliance, shop)
        if shop is not None and record is None:
            raise NotFound(Phrase("shop"), shop)
        write_file(output, print_join_sheet(acting.alliance, kind, record, reached_at, paper, lang))


@app.command("cards")
def cards_command(
    members: Annotated[list[str], typer.Argument(metavar="MEMBER...", help="The ids of the members.", parser=text)],
    output: OutputOption,
    paper: PaperOption = Paper.A4,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Print cards for members, to be cut out: a card earns points and spends none."""
    from coalition.access.caller import HELPERS
    from coalition.printing.member_cards import print_member_cards

    with open_acting(database_url, alliance, None, HELPERS) as acting:
        write_file(output, print_member_cards(acting.alliance, members, paper, lang))


@app.command("payment-slips")
def payment_slips_command(
    output: OutputOption,
    shop: Annotated[str | None, typer.Option(help="Only what this shop is to pay.", parser=text)] = None,
    paper: PaperOption = Paper.A4,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Print what shops pay each other: a list, and slips with the payees' own Alipay or WeChat codes."""
    from coalition.access.caller import ALLIANCE
    from coalition.merchants.change_shop import load_shop
    from coalition.payments.context import payment_context
    from coalition.printing.payment_slips import payments_to_print, print_payment_slips

    with open_acting(database_url, alliance, None, ALLIANCE) as acting:
        if shop is not None and load_shop(acting.alliance, shop) is None:
            raise NotFound(Phrase("shop"), shop)
        with payment_context(acting.alliance, "print") as context:
            payments = payments_to_print(context, shop)
            write_file(output, print_payment_slips(acting.alliance, context, payments, paper, lang))
