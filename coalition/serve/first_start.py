"""The first start on an empty database: an alliance to begin with, and a key of its operator."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import available_timezones

from coalition.access.caller import Role
from coalition.access.invite import COMMAND, invite_first_owner
from coalition.access.key_store import add_key, begun
from coalition.access.tokens import new_token
from coalition.access.user import check_email
from coalition.errors import CoalitionError
from coalition.locale.formats import Lang
from coalition.locale.messages import N_
from coalition.programme.open_alliance import open_alliance
from coalition.programme.rules import AllianceRules
from settlement import Funding
from settlement.ledger import Clock, Database, book_id, book_names

NAME = "Our town"
LOCALTIME = Path("/etc/localtime")


class AllianceElsewhere(CoalitionError):
    """An alliance's rules, for a database that has another alliance."""

    code = "alliance_elsewhere"
    detail = N_(
        "{url} has {names:name}, and no alliance {wanted:name}. Name a database of its own with --database-url, "
        "leave --alliance out, or change the name of the one that is there: `coalition alliance change`."
    )
    public = False
    url: str
    names: Sequence[str]
    wanted: str


@dataclass(frozen=True, slots=True)
class FirstStart:
    """What a first start made: the alliance's name, its operator's key, and the token of its first owner's invitation.

    Both are shown this once. `invitation` is None where nobody has named an owner.
    """

    alliance: str
    operator_key: str
    invitation: str | None


def first_start(
    database: Database,
    clock: Clock,
    rules: AllianceRules | None,
    owner: Callable[[], str | None],
    language: Lang,
) -> FirstStart | None:
    """Open an alliance where there is none yet: under these rules, or plain ones. None where one is there.

    `owner` is asked for the e-mail address of its first owner, who is invited, before anything is made.
    Raises EmailInvalid; AllianceElsewhere where the one that is there is not that of the rules, and BookExists where it
    was opened under others.
    """
    names = book_names(database)
    if names:
        if rules is not None:
            if book_id(database, rules.name) is None:
                raise AllianceElsewhere(database.public_url, names, rules.name)
            open_alliance(database, rules, clock)
        return None
    email = owner()
    if email is not None:
        check_email(email)
    rules = rules or plain_rules()
    book = open_alliance(database, rules, clock)
    key = new_token(book.alliance_id)
    with database.engine.begin() as connection:
        label = "operator, from the first start"
        add_key(connection, book.alliance_id, key, begun(key, Role.OPERATOR, label, COMMAND, clock()))
    invitation = None
    if email is not None:
        invitation = invite_first_owner(database, book.alliance_id, clock(), email, language)
    return FirstStart(rules.name, key.text, invitation)


def plain_rules() -> AllianceRules:
    """Rules for a start: euros, a point is a cent, weekly windows on this machine's clock."""
    return AllianceRules(
        name=NAME,
        currency="EUR",
        minor_digits=2,
        timezone=machine_timezone(),
        points_per_unit=Fraction(100),
        earn_points_per_unit=Fraction(5),
        expiry_months=12,
        settlement="weekly",
        funding=Funding.ON_REDEMPTION,
    )


def machine_timezone() -> str:
    """The IANA name of this machine's time zone; UTC where it tells none."""
    linked = str(LOCALTIME.resolve()).partition("zoneinfo/")[2]
    named = linked or str(datetime.now().astimezone().tzinfo)
    return named if named in available_timezones() else "UTC"
