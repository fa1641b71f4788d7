"""`coalition alliance`: what the alliance has agreed on."""

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coalition.cli.acting import ActingUser, open_acting
from coalition.cli.options import (
    DEFAULT_URL,
    RUN_IT,
    AllianceName,
    DatabaseUrl,
    LanguageOption,
    console,
    date_option,
    text,
)
from coalition.errors import CommandRefused
from settlement import Phrase, reason_of

if TYPE_CHECKING:
    from fractions import Fraction

    from coalition.alliance import Alliance

app = typer.Typer(name="alliance", no_args_is_help=True, help="What the alliance has agreed on, and from when on.")
PANEL, POSITION = RUN_IT, 41

FromOption = Annotated[
    str, typer.Option("--from", metavar="DATE", help="From which day on (YYYY-MM-DD), in the alliance's time zone.")
]


class SettlementOption(StrEnum):
    """How long a window is."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class FundingOption(StrEnum):
    """When the issuing shop pays for a point."""

    ON_REDEMPTION = "on_redemption"
    ON_ISSUE = "on_issue"


class LegalKindOption(StrEnum):
    """Which legal text."""

    TERMS = "terms"
    PRIVACY = "privacy"
    IMPRINT = "imprint"


class BreakageOption(StrEnum):
    """Who gets the money behind expired points."""

    ISSUER = "issuer"
    OPERATOR = "operator"


@app.command("show")
def show_command(
    alliance: AllianceName = None, database_url: DatabaseUrl = DEFAULT_URL, *, lang: LanguageOption
) -> None:
    """Show currency, windows, terms and earning rules, those to come included."""
    from contextlib import closing

    from coalition.access.caller import ALLIANCE
    from coalition.cli.agreement_tables import agreement_table, earning_table, eras_table, terms_table

    with open_acting(database_url, alliance, None, ALLIANCE) as acting:
        book, programme = acting.alliance.book, acting.alliance.programme
        with closing(acting.alliance.database.session()) as session:
            config = book.config(session)
        settings, rules = book.settings, programme.rules
    screen = console()
    screen.print(agreement_table(settings, lang))
    if len(config.eras) > 1:
        screen.print(eras_table(config.eras, lang))
    screen.print(terms_table(settings, config.terms, lang))
    screen.print(earning_table(settings, rules, lang))


@app.command("change")
def change_command(
    from_: FromOption,
    name: Annotated[str | None, typer.Option(help="The alliance's name.", parser=text)] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="The time zone, as in Europe/Berlin.", parser=text)
    ] = None,
    settlement: Annotated[SettlementOption | None, typer.Option(help="How long a window is.")] = None,
    cutoff_weekday: Annotated[
        int | None, typer.Option(metavar="DAY", min=0, max=6, help="When weekly windows close: 0 for Monday.")
    ] = None,
    cutoff_day: Annotated[
        int | None, typer.Option(metavar="DAY", min=1, max=31, help="When monthly windows close.")
    ] = None,
    cutoff_at: Annotated[
        datetime | None,
        typer.Option(metavar="TIME", formats=["%H:%M", "%H:%M:%S"], help="At what local time windows close: 06:00."),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(metavar="ALLIANCE.toml", help="Take all of these from an alliance file, and nothing else of it."),
    ] = None,
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Change name, time zone or windows. They hold from the first window on that opens on that day or later."""
    from coalition.access.caller import OWNERS
    from coalition.agreement.change_settings import SettingsChange, change_settings
    from coalition.cli.agreement_tables import eras_table
    from coalition.programme.rules import read_alliance
    from coalition.try_again import try_again

    day = date_option("--from", from_)
    change = SettingsChange(
        name,
        timezone,
        None if settlement is None else settlement.value,
        cutoff_weekday,
        cutoff_day,
        None if cutoff_at is None else cutoff_at.time(),
    )
    if file is not None:
        if change != SettingsChange():
            raise CommandRefused(Phrase("--file states everything; leave the other options out"))
        change = SettingsChange.of(read_alliance(file))
    with open_acting(database_url, alliance, user, OWNERS) as acting:
        start = _start_of(acting.alliance, day)
        try_again(change_settings, acting.alliance, acting.approvals, acting.caller, start, change)
        eras = acting.alliance.book.eras
    console().print(eras_table(eras, lang))


@app.command("terms")
def terms_command(
    from_: FromOption,
    points_per_unit: Annotated[
        str, typer.Option(help="Points per unit of money at redemption, as in 100.", parser=text)
    ],
    funding: Annotated[
        FundingOption,
        typer.Option(metavar="WHEN", help="When the issuing shop pays for a point: on_redemption or on_issue."),
    ],
    redeem_fee_bps: Annotated[
        int, typer.Option(metavar="BPS", min=0, max=10_000, help="The fee of a redeeming shop, in basis points.")
    ] = 0,
    issue_fee_bps: Annotated[
        int, typer.Option(metavar="BPS", min=0, max=10_000, help="The fee of an issuing shop, in basis points.")
    ] = 0,
    breakage_to: Annotated[
        BreakageOption, typer.Option(help="Who gets the money behind expired points under on_issue.")
    ] = BreakageOption.ISSUER,
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Add new terms, which takes two people. Points issued before keep theirs."""
    from coalition.access.caller import OWNERS
    from coalition.agreement.add_terms import add_terms
    from coalition.try_again import try_again
    from settlement import Breakage, Funding, Terms

    day = date_option("--from", from_)
    with open_acting(database_url, alliance, user, OWNERS) as acting:
        terms = Terms(
            id=0,
            effective_at=_start_of(acting.alliance, day),
            points_per_unit=_rate("--points-per-unit", points_per_unit),
            minor_digits=acting.alliance.book.settings.minor_digits,
            funding=Funding(funding.value),
            redeem_fee_bps=redeem_fee_bps,
            issue_fee_bps=issue_fee_bps,
            breakage_to=Breakage(breakage_to.value),
        )
        try_again(add_terms, acting.alliance, acting.approvals, acting.caller, terms)


@app.command("earning")
def earning_command(
    from_: FromOption,
    points_per_unit: Annotated[str, typer.Option(help="Points earned per unit of money, as in 5.", parser=text)],
    expiry_months: Annotated[
        int,
        typer.Option(
            metavar="MONTHS", min=0, max=1_200, help="After how many months the month ends with which points expire."
        ),
    ],
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,  # noqa: ARG001 - of its help
) -> None:
    """Add a new base rate of earning, which takes two people. Earlier purchases earn by the old one."""
    from coalition.access.caller import OWNERS
    from coalition.agreement.add_earning_rules import add_earning_rules
    from coalition.try_again import try_again

    day = date_option("--from", from_)
    with open_acting(database_url, alliance, user, OWNERS) as acting:
        rate = _rate("--points-per-unit", points_per_unit)
        start = _start_of(acting.alliance, day)
        try_again(add_earning_rules, acting.alliance, acting.approvals, acting.caller, start, rate, expiry_months)


@app.command("texts")
def texts_command(
    alliance: AllianceName = None, database_url: DatabaseUrl = DEFAULT_URL, *, lang: LanguageOption
) -> None:
    """List the alliance's legal texts: each version, from when on it holds, and who published it."""
    from coalition.access.caller import ALLIANCE
    from coalition.cli.agreement_tables import legal_texts_table
    from coalition.legal.legal_texts import legal_texts_of

    with open_acting(database_url, alliance, None, ALLIANCE) as acting:
        table = legal_texts_table(acting.alliance.book.settings, legal_texts_of(acting.alliance).versions, lang)
    console().print(table)


@app.command("publish")
def publish_command(
    kind: Annotated[LegalKindOption, typer.Argument(metavar="KIND", help="terms, privacy or imprint.")],
    en: Annotated[Path, typer.Option(metavar="FILE", help="What it says in English.")],
    zh: Annotated[Path, typer.Option(metavar="FILE", help="What it says in Chinese.")],
    from_: Annotated[
        str | None,
        typer.Option("--from", metavar="DATE", help="From which day on (YYYY-MM-DD); from now on without it."),
    ] = None,
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Publish a version of a legal text: terms for members, privacy notice, imprint. Nobody can change it then."""
    from coalition.access.caller import OWNERS
    from coalition.cli.agreement_tables import legal_texts_table
    from coalition.legal.legal_text import LegalKind
    from coalition.legal.legal_texts import legal_texts_of
    from coalition.legal.publish_legal_text import publish_legal_text
    from coalition.try_again import try_again

    day = None if from_ is None else date_option("--from", from_)
    english, chinese = _legal_words(en), _legal_words(zh)
    with open_acting(database_url, alliance, user, OWNERS) as acting:
        start = None if day is None else _start_of(acting.alliance, day)
        wanted = LegalKind(kind.value)
        published = legal_texts_of(acting.alliance)
        newest = max((each.version for each in published.versions if each.kind is wanted), default=None)
        try_again(publish_legal_text, acting.alliance, acting.caller, wanted, english, chinese, start, newest)
        table = legal_texts_table(acting.alliance.book.settings, published.versions, lang)
    console().print(table)


@app.command("confirm-clock")
def confirm_clock_command(
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Confirm that the server's clock is right although it went far ahead, so that what waits for it goes on."""
    from coalition.access.caller import OWNERS
    from coalition.agreement.confirm_clock import confirm_clock
    from coalition.locale.formats import moment_text
    from coalition.locale.messages import translate
    from coalition.try_again import try_again

    with open_acting(database_url, alliance, user, OWNERS) as acting:
        now = try_again(confirm_clock, acting.alliance, acting.caller)
        timezone = acting.alliance.book.settings.timezone
    console().print(translate("It is {at}.", lang, at=moment_text(now, timezone, lang)))


def _start_of(alliance: "Alliance", day: date) -> int:
    """The instant at which a day begins in the alliance's time zone."""
    from settlement import day_number

    return alliance.calendar.start_of_day(day_number(day))


def _legal_words(file: Path) -> str:
    """What a file of a legal text says. Raises CommandRefused."""
    from coalition.legal.legal_text import TEXT_CHARS_MAX
    from settlement import clean_text

    try:
        words = clean_text(file.read_text(encoding="utf-8-sig"), lines=True)
    except OSError as error:
        raise CommandRefused(Phrase("{file} can't be read: {why}", file=file, why=error.strerror or "")) from None
    except UnicodeDecodeError:
        raise CommandRefused(Phrase("{file} is no text in UTF-8", file=file)) from None
    except ValueError as error:
        raise CommandRefused(Phrase("{file}: {why}", file=file, why=reason_of(error))) from None
    if len(words) > TEXT_CHARS_MAX:
        raise CommandRefused(Phrase("{file} has more than {count} characters", file=file, count=TEXT_CHARS_MAX))
    return words


def _rate(option: str, text: str) -> "Fraction":
    from coalition.earning.rates import parse_rate

    try:
        return parse_rate(text)
    except ValueError as error:
        raise CommandRefused(Phrase("{option}: {why}", option=option, why=reason_of(error))) from None
