"""Agree on new earning rules, from a moment on. Earlier purchases earn by the old ones, even if they are sent later."""

from fractions import Fraction

from sqlalchemy.exc import IntegrityError

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.approvals.approval import Payload
from coalition.approvals.approvals import Approvals
from coalition.errors import ChangedMeanwhile, CoalitionError, Invalid
from coalition.locale.formats import moment
from coalition.locale.messages import N_
from coalition.programme.programme import EarningRules
from coalition.programme.store import add_rules

ADD_EARNING_RULES = "add_earning_rules"


class RulesNotLater(CoalitionError, like=Invalid):
    """Earning rules for a moment that is over, or that others are agreed on for."""

    detail = N_("The moment must lie after {latest:moment}.")
    concerns = "effective_at"
    latest: int


class RulesChanged(CoalitionError, like=ChangedMeanwhile):
    """Rules that take effect at that moment were agreed on meanwhile."""

    detail = N_("Somebody else added rules for that moment meanwhile. Read the alliance again.")


def add_earning_rules(
    alliance: Alliance,
    approvals: Approvals,
    caller: Caller,
    effective_at: int,
    earn_points_per_unit: Fraction,
    expiry_months: int,
) -> None:
    """Let a new base rate take effect (microseconds since 1970 UTC); rules beside it stay as they are.

    It takes two people. Raises RulesNotLater, RulesChanged, ApprovalAwaited and PersonNeeded.
    """
    alliance.refresh()
    latest = max(alliance.clock(), *(rules.effective_at for rules in alliance.programme.rules))
    if effective_at <= latest:
        raise RulesNotLater(latest)
    asked: Payload = {
        "effective_at": moment(effective_at).isoformat(),
        "earn_points_per_unit": str(earn_points_per_unit),
        "expiry_months": expiry_months,
    }
    approvals.check_alone(caller, ADD_EARNING_RULES, 1, 0, asked)
    rules = EarningRules(effective_at, earn_points_per_unit, expiry_months, alliance.programme.rules[-1].further)
    details = {"from": moment(effective_at).isoformat()}
    try:
        with alliance.database.engine.begin() as connection:
            add_rules(connection, alliance.id, rules)
            record(connection, caller, "alliance.earning", alliance.book.settings.name, details)
    except IntegrityError:
        raise RulesChanged from None
    alliance.refresh()
