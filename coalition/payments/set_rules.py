"""Set the payment rules of an alliance. If one person could do more alone by them, a second person has to approve."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, fields

from coalition.access.caller import Caller
from coalition.access.log import record_separately
from coalition.alliance import Alliance, Alliances
from coalition.approvals.approval import Approval, Outcome, Payload
from coalition.approvals.approvals import Approvals
from coalition.errors import CoalitionError, Invalid
from coalition.locale.messages import N_
from coalition.payments.rails import rails_at
from settlement.ledger import OPERATOR
from settlement.payments import CHARGED_TO_SHOP, PaymentRules, payment_rules, set_payment_rules

SET_RULES = "set_payment_rules"
RANGES: Mapping[str, tuple[int, int]] = {
    "grace_days": (0, 365),
    "attempts_max": (1, 10),
    "retry_days": (0, 90),
    "cut_cap_bps": (0, 10_000),
    "two_people_from_minor": (0, 10**12),
    "direct_days": (0, 365),
    "payout_min_minor": (0, 10**12),
    "tolerance_minor": (0, 10**12),
}
"""The least and the most of each rule that is a number."""
BEARERS = (CHARGED_TO_SHOP, OPERATOR)


class RuleOutOfRange(CoalitionError, like=Invalid):
    """A number that a rule can't be."""

    detail = N_("{field:code} must be from {least:number} to {most:number}.")
    concerns = "{field}"
    field: str
    least: int
    most: int


class RailNotOffered(CoalitionError, like=Invalid):
    """A rail that this process has not."""

    detail = N_("There is no such rail here. Choose from {choices:code}.")
    concerns = "rail"
    choices: Sequence[str]


class BearerNotOffered(CoalitionError, like=Invalid):
    """Somebody who can't bear the rest of what was paid in part."""

    detail = N_("A rest is charged to one of {choices:code}.")
    concerns = "tolerance_charged_to"
    choices: Sequence[str]


def rules_of(alliance: Alliance) -> PaymentRules:
    """The alliance's payment rules."""
    with closing(alliance.database.session()) as session:
        return payment_rules(alliance.book, session)


def set_rules(alliance: Alliance, rules: PaymentRules) -> None:
    """Set the alliance's payment rules."""
    with closing(alliance.database.session()) as session:
        set_payment_rules(alliance.book, session, rules)


def takes_two(before: PaymentRules, after: PaymentRules) -> bool:
    """Whether a second person has to approve, because one person could confirm more alone by the new rules."""
    return after.two_people_from_minor > before.two_people_from_minor


def request_rules(
    alliance: Alliance, approvals: Approvals, caller: Caller, rules: PaymentRules, key: str
) -> Approval | None:
    """Set the alliance's payment rules, or ask for another person's approval where they let one person do more.

    Returns the request, which the same `key` finds again; None where the rules are set. Raises RuleOutOfRange,
    RailNotOffered, BearerNotOffered, PersonNeeded and RequestReused.
    """
    for name, (least, most) in RANGES.items():
        if not least <= getattr(rules, name) <= most:
            raise RuleOutOfRange(name, least, most)
    if rules.rail not in rails_at(alliance):
        raise RailNotOffered(sorted(rails_at(alliance)))
    if rules.tolerance_charged_to not in BEARERS:
        raise BearerNotOffered(BEARERS)
    if takes_two(rules_of(alliance), rules):
        return approvals.request(caller, SET_RULES, payload_of(rules), key)
    set_rules(alliance, rules)
    record_separately(alliance.database, caller, "payment_rules.set", alliance.book.settings.name, payload_of(rules))
    return None


def payload_of(rules: PaymentRules) -> Payload:
    """The rules as data; yes is 1."""
    return {name: int(value) if isinstance(value, bool) else value for name, value in asdict(rules).items()}


def execute_rules(alliances: Alliances, approval: Approval) -> Outcome:
    """Set approved rules."""
    set_rules(alliances.get(approval.alliance_id), _rules(approval.payload))
    return Outcome(done=True, result=approval.payload)


def _rules(payload: Mapping[str, str | int | None]) -> PaymentRules:
    switches = {field.name for field in fields(PaymentRules) if field.type in (bool, "bool")}
    values: dict[str, object] = {name: bool(value) if name in switches else value for name, value in payload.items()}
    return PaymentRules(**values)  # type: ignore[arg-type]
