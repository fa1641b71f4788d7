"""`coalition shop`: add and change shops."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from coalition.cli.acting import ActingUser, open_acting, show_approval
from coalition.cli.options import (
    DEFAULT_URL,
    RUN_IT,
    AllianceName,
    DatabaseUrl,
    LanguageOption,
    console,
    money_option,
    new_table,
    text,
)
from coalition.errors import CommandRefused, NotFound
from coalition.locale.messages import N_, translate
from coalition.merchants.category import Category
from settlement import Phrase

if TYPE_CHECKING:
    from coalition.alliance import Alliance
    from coalition.merchants.store import Shop

app = typer.Typer(name="shop", no_args_is_help=True, help="Shops: add, change, limit, let go.")
PANEL, POSITION = RUN_IT, 42

ShopArgument = Annotated[str, typer.Argument(help="The shop's short name.", parser=text)]
NameOption = Annotated[str | None, typer.Option(help="The shop's name.", parser=text)]
EmailOption = Annotated[
    str | None, typer.Option(help="The e-mail address at which the alliance reaches the shop.", parser=text)
]
WebsiteOption = Annotated[str | None, typer.Option(help="The shop's website.", parser=text)]
CategoryOption = Annotated[Category | None, typer.Option(metavar="KIND", help="What the shop sells in the main.")]


class NewStatus(StrEnum):
    """The states that a shop can be put into."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEAVING = "leaving"
    LEFT = "left"


@app.command("list")
def list_command(
    alliance: AllianceName = None, database_url: DatabaseUrl = DEFAULT_URL, *, lang: LanguageOption
) -> None:
    """List the shops with their profiles and states."""
    from contextlib import closing

    from coalition.access.caller import ALLIANCE
    from coalition.merchants.store import all_shops

    left = [N_("Name"), N_("State"), N_("E-mail"), N_("Website"), N_("Category")]
    with open_acting(database_url, alliance, None, ALLIANCE) as acting:
        with closing(acting.alliance.database.session()) as session:
            participants = acting.alliance.book.config(session).by_ref
        with acting.alliance.database.engine.connect() as connection:
            shops = all_shops(connection, acting.alliance.id, participants)
        table = new_table(acting.alliance.book.settings.name, lang, ids=[N_("Shop")], left=left)
    for shop in shops:
        profile = shop.profile
        table.add_row(
            shop.ref,
            profile.name,
            shop.status.value,
            profile.email or "",
            profile.website or "",
            profile.category or "",
        )
    console().print(table)


@app.command("add")
def add_command(
    shop: ShopArgument,
    name: NameOption = None,
    email: EmailOption = None,
    website: WebsiteOption = None,
    category: CategoryOption = None,
    active: Annotated[bool, typer.Option("--active", help="Let it issue points at once.")] = False,
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Add a shop that applies to join; it can't issue points until it is active."""
    from coalition.access.caller import HELPERS
    from coalition.merchants.change_shop import apply_to_join, change_shop
    from coalition.merchants.shop_profile import ShopProfile
    from coalition.merchants.shop_status import ShopStatus
    from coalition.try_again import try_again

    with open_acting(database_url, alliance, user, HELPERS) as acting:
        profile = ShopProfile(name or shop, email, website, category)
        added = try_again(apply_to_join, acting.alliance, acting.caller, shop, profile)
        if active:
            try_again(change_shop, acting.alliance, acting.caller, added, profile, ShopStatus.ACTIVE)


@app.command("change")
def change_command(
    shop: ShopArgument,
    name: NameOption = None,
    email: EmailOption = None,
    website: WebsiteOption = None,
    category: CategoryOption = None,
    status: Annotated[
        NewStatus | None, typer.Option(metavar="STATE", help="The new state: active, suspended, leaving or left.")
    ] = None,
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Change a shop's profile or state; what is left out stays as it is, and an empty text takes it out."""
    from dataclasses import replace

    from coalition.access.caller import HELPERS
    from coalition.merchants.change_shop import change_shop
    from coalition.merchants.shop_status import ShopStatus
    from coalition.try_again import try_again

    texts = {"name": name, "email": email, "website": website}
    changes: dict[str, str | Category | None] = {
        field: text or None for field, text in texts.items() if text is not None
    }
    if category is not None:
        changes["category"] = category
    if name == "":
        raise CommandRefused(Phrase("a shop has a name"))
    with open_acting(database_url, alliance, user, HELPERS) as acting:
        before = _shop(acting.alliance, shop)
        state = before.status if status is None else ShopStatus(status.value)
        try_again(change_shop, acting.alliance, acting.caller, before, replace(before.profile, **changes), state)  # type: ignore[arg-type]


@app.command("leave")
def leave_command(
    shop: ShopArgument,
    bought_out_by: Annotated[
        str | None,
        typer.Option(
            "--bought-out-by", help="Who takes over what its points will cost: a shop, or operator.", parser=text
        ),
    ] = None,
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Let a shop leave in order: it issues no more points, still accepts them, and its own stay good."""
    from coalition.access.caller import HELPERS
    from coalition.merchants.change_shop import change_shop
    from coalition.merchants.shop_status import ShopStatus
    from coalition.payments.buy_out import is_leaving, request_buy_out
    from coalition.try_again import try_again

    with open_acting(database_url, alliance, user, HELPERS) as acting:
        if not is_leaving(acting.alliance, shop):
            before = _shop(acting.alliance, shop)
            try_again(change_shop, acting.alliance, acting.caller, before, before.profile, ShopStatus.LEAVING)
        if bought_out_by is not None:
            show_approval(
                try_again(
                    request_buy_out, acting.alliance, acting.approvals, acting.caller, shop, bought_out_by, acting.key()
                )
            )


@app.command("limit")
def limit_command(
    shop: ShopArgument,
    credit: Annotated[
        str | None,
        typer.Argument(help="The credit beside its deposit, as in 500.00; without it there is no limit.", parser=text),
    ] = None,
    alert: Annotated[
        int,
        typer.Option(
            "--alert-bps", metavar="BPS", min=0, max=10_000, help="The part of the limit from which it is reported."
        ),
    ] = 8_000,
    reserve: Annotated[
        int,
        typer.Option(
            "--reserve-bps",
            metavar="BPS",
            min=0,
            max=10_000,
            help="The part from which its payouts stay in its deposit.",
        ),
    ] = 9_000,
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Set how much a shop may have at risk beside its deposit."""
    from coalition.access.caller import OWNERS
    from coalition.merchants.change_shop import set_limit
    from coalition.try_again import try_again
    from settlement.ledger import ExposureLimit

    with open_acting(database_url, alliance, user, OWNERS) as acting:
        limit = None
        if credit is not None:
            limit = ExposureLimit(money_option("CREDIT", credit, acting.alliance.book.settings), alert, reserve)
        before = _shop(acting.alliance, shop).limit
        try_again(set_limit, acting.alliance, acting.approvals, acting.caller, shop, before, limit)


@app.command("account")
def account_command(
    shop: ShopArgument,
    rail: Annotated[
        str | None,
        typer.Option(help="by_hand, bank or stripe, or deposit; left out, the alliance's rail.", parser=text),
    ] = None,
    detail: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE", help="A detail of the account, as in bic=COBADEFF; again for another.", parser=text
        ),
    ] = None,
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Set how a shop pays and is paid. If money would go elsewhere, another person has to approve it."""
    from coalition.access.caller import TREASURERS
    from coalition.payments.context import payment_context
    from coalition.payments.set_account import NewAccount, request_account
    from coalition.try_again import try_again

    details = None
    if detail:
        details = dict(part.partition("=")[::2] for part in detail)
    with open_acting(database_url, alliance, user, TREASURERS) as acting:
        _shop(acting.alliance, shop)
        with payment_context(acting.alliance, acting.caller.id) as context:
            asked = NewAccount(shop, rail or "", details)
            approval = try_again(request_account, context, acting.approvals, acting.caller, asked, acting.key())
    if approval is None:
        console().print(translate("It applies from the next payment on.", lang))
    else:
        show_approval(approval)


def _shop(alliance: "Alliance", ref: str) -> "Shop":
    """The shop of that short name. Raises NotFound."""
    from coalition.merchants.change_shop import load_shop

    shop = load_shop(alliance, ref)
    if shop is None:
        raise NotFound(Phrase("shop"), ref)
    return shop
