"""`coalition rules`: how an alliance pays."""

from typing import TYPE_CHECKING, Annotated

import typer

from coalition.cli.acting import ActingUser, open_acting, show_approval
from coalition.cli.options import DEFAULT_URL, SETTLE_IT, AllianceName, DatabaseUrl, LanguageOption, console, text
from coalition.errors import CommandRefused
from settlement import Phrase

if TYPE_CHECKING:
    from settlement.payments import PaymentRules

app = typer.Typer(name="rules", no_args_is_help=True, help="How the alliance pays: rail, days of grace, attempts.")
PANEL, POSITION = SETTLE_IT, 84

YES_AND_NO = {"yes": True, "no": False}


@app.command("show")
def show_command(
    alliance: AllianceName = None, database_url: DatabaseUrl = DEFAULT_URL, *, lang: LanguageOption
) -> None:
    """Show the rules for payments."""
    from coalition.access.caller import ALLIANCE
    from coalition.cli.agreement_tables import rules_table
    from coalition.payments.set_rules import rules_of

    with open_acting(database_url, alliance, None, ALLIANCE) as acting:
        console().print(rules_table(rules_of(acting.alliance), lang))


@app.command("set")
def set_command(
    changes: Annotated[
        list[str], typer.Argument(help="RULE=VALUE, with a rule that `coalition rules show` lists.", parser=text)
    ],
    user: ActingUser = None,
    alliance: AllianceName = None,
    database_url: DatabaseUrl = DEFAULT_URL,
    *,
    lang: LanguageOption,
) -> None:
    """Set rules for payments. If one person could confirm more alone, another person has to approve it."""
    from coalition.access.caller import OWNERS
    from coalition.cli.agreement_tables import rules_table
    from coalition.payments.set_rules import request_rules, rules_of
    from coalition.try_again import try_again

    with open_acting(database_url, alliance, user, OWNERS) as acting:
        rules = _changed(rules_of(acting.alliance), changes)
        approval = try_again(request_rules, acting.alliance, acting.approvals, acting.caller, rules, acting.key())
    if approval is None:
        console().print(rules_table(rules, lang))
    else:
        show_approval(approval)


def _changed(rules: "PaymentRules", changes: list[str]) -> "PaymentRules":
    from dataclasses import asdict, replace

    values = asdict(rules)
    for change in changes:
        name, _, text = change.partition("=")
        if name not in values:
            raise CommandRefused(
                Phrase("there is no rule {name:name}; the rules are {rules}", name=name, rules=[*values])
            )
        values[name] = _value(name, text, values[name])
    return replace(rules, **values)


def _value(name: str, text: str, before: object) -> object:
    """The text as a value of the kind that the rule has."""
    if isinstance(before, bool):
        if text not in YES_AND_NO:
            raise CommandRefused(Phrase("{name:code} is yes or no", name=name))
        return YES_AND_NO[text]
    if isinstance(before, int):
        if not (text.isascii() and text.isdigit()):
            raise CommandRefused(Phrase("{name:code} is a whole number", name=name))
        return int(text)
    return text
