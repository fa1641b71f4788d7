"""`coalition what-if`: what a bonus rule would have cost, whom, and who would have gained, before it counts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from coalition.cli.acting import open_acting
from coalition.cli.options import (
    DEFAULT_URL,
    LOOK,
    AllianceName,
    DatabaseUrl,
    LanguageOption,
    console,
    date_option,
    progress,
    text,
    write_file,
)
from coalition.errors import CommandRefused
from coalition.locale.formats import Lang
from coalition.locale.messages import translate
from settlement import Phrase

if TYPE_CHECKING:
    from coalition.alliance import Alliance
    from coalition.earning.bonus import Bonus, FunderShare
    from coalition.what_if.trial import Trial
    from coalition.what_if.trial_result import TrialResult

app = typer.Typer()
PANEL, POSITION = LOOK, 96

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@app.command("what-if")
def what_if_command(
    rule: Annotated[str, typer.Argument(help="The rule: a new one, or one that is there, to be changed.", parser=text)],
    kind: Annotated[
        str, typer.Argument(help="What it gives, such as multiplier, fixed_bonus or stamp_card.", parser=text)
    ],
    stated: Annotated[
        list[str],
        typer.Argument(metavar="FIELD=VALUE...", help="What the kind is stated with, as in factor=2.", parser=text),
    ],
    budget: Annotated[int, typer.Option(min=1, help="The most that it gives in all, in points.")],
    funder: Annotated[
        list[str], typer.Option(metavar="SHOP[=SHARE]", help="Who pays: a shop or operator. Repeatable.", parser=text)
    ],
    shop: Annotated[list[str] | None, typer.Option(help="Only at this shop. Repeatable.", parser=text)] = None,
    day: Annotated[
        list[str] | None,
        typer.Option("--day", metavar="WEEKDAY", help="Only on this day of the week, such as tue. Repeatable."),
    ] = None,
    from_hour: Annotated[int, typer.Option(min=0, max=23, help="From this hour on.")] = 0,
    until_hour: Annotated[int, typer.Option(min=1, max=24, help="To before this hour.")] = 24,
    most: Annotated[int | None, typer.Option(min=1, help="The most for one sale, in points.")] = None,
    most_member: Annotated[int | None, typer.Option(min=1, help="The most for one member, in points.")] = None,
    group: Annotated[
        str | None, typer.Option(help="Of the rules of one group a sale gets the best alone.", parser=text)
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="The first day whose sales count.")] = None,
    until: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="The last day.")] = None,
    csv_file: Annotated[Path | None, typer.Option("--csv", help="Write all figures to this file too.")] = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """What would this bonus rule have cost, whom, and who would have gained? Nothing is changed.

    It is tried on the sales of last month, or of the days that are named, with their refunds: by the plan that books
    sales, with the budget and the caps that are stated.
    """
    from coalition.access.caller import ALLIANCE
    from coalition.cli.what_if_tables import trial_tables
    from coalition.earning.bonus import BonusTerms
    from coalition.earning.meters import NO_CAPS, Caps
    from coalition.what_if.trial import ask_trial
    from coalition.what_if.trial_csv import trial_csv

    first, last = (
        None if each is None else date_option(name, each) for name, each in (("--since", since), ("--until", until))
    )
    with open_acting(database_url, alliance, None, ALLIANCE) as acting:
        terms = BonusTerms(
            _effect(kind, stated),
            tuple(_funder(each) for each in funder),
            budget,
            acting.alliance.today,
            shops=frozenset(shop or ()),
            days=frozenset(_weekday(each) for each in day or ()),
            from_hour=from_hour,
            until_hour=until_hour,
            most=most,
            group=group,
            caps=NO_CAPS if most_member is None else Caps(most_member),
        )
        trial = ask_trial(acting.alliance, rule, terms, first, last)
        result = _try(acting.alliance, trial, lang)
        settings = acting.alliance.book.settings
    if csv_file is not None:
        write_file(csv_file, trial_csv(result, settings.currency))
    for table in trial_tables(settings, terms, result, lang):
        console().print(table)


def _try(alliance: "Alliance", trial: "Trial", lang: Lang) -> "TrialResult":
    """Try it, with a bar that shows how far it is."""
    from coalition.what_if.trial_run import postings_for, run_trial

    first, until = postings_for(alliance, trial)
    with progress(console(stderr=True), translate("Trying it on past sales", lang), until - first) as advance:
        return run_trial(alliance, trial, advance)


def _effect(kind: str, stated: list[str]) -> "Bonus":
    """What a kind is stated with. Raises CommandRefused."""
    from pydantic import ValidationError

    from coalition.earning.bonus_kinds import bonus_kinds

    model = bonus_kinds().get(kind)
    if model is None:
        kinds = [*bonus_kinds()]
        raise CommandRefused(Phrase("no kind of bonus {kind:name}; the kinds are {kinds}", kind=kind, kinds=kinds))
    fields: dict[str, Any] = {"kind": kind}
    for each in stated:
        name, _, value = each.partition("=")
        if name not in model.labels:
            known = [*model.labels]
            raise CommandRefused(
                Phrase(
                    "{kind:name} has no {field:name}; it is stated with {fields}", kind=kind, field=name, fields=known
                )
            )
        is_text = name in model.choices or model.model_fields[name].annotation is str
        fields[name] = int(value) if not is_text and value.isascii() and value.isdigit() else value
    try:
        return model(**fields)
    except ValidationError as error:
        first = error.errors()[0]
        field = str(first["loc"][0] if first["loc"] else kind)
        why = Phrase("{field:name} of {kind:name} can't be used: {reason}", field=field, kind=kind, reason=first["msg"])
        raise CommandRefused(first.get("ctx", {}).get("why", why)) from None


def _funder(text: str) -> "FunderShare":
    from coalition.earning.bonus import FunderShare

    shop, equals, share = text.partition("=")
    if equals and not (share.isascii() and share.isdigit() and int(share)):
        raise CommandRefused(Phrase("write who pays as {example}", example="bakery=2"))
    return FunderShare(shop, int(share) if equals else 1)


def _weekday(text: str) -> int:
    if text.lower() not in WEEKDAYS:
        raise CommandRefused(Phrase("no day of the week {day:name}; write one of {days}", day=text, days=[*WEEKDAYS]))
    return WEEKDAYS.index(text.lower())
