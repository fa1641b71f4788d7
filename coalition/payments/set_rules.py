"""Set the payment rules of an alliance. If one person could do more alone by them, a second person has to approve."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, fields

from coalition.alliance import Alliance, Alliances
from coalition.approvals.approval import Approval, Outcome, Payload
from settlement.payments import PaymentRules, payment_rules, set_payment_rules

SET_RULES = "set_payment_rules"


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
