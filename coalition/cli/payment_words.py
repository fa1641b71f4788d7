"""Words of payments that commands show, by what they stand for in a program: to be translated where they are shown."""

from collections.abc import Mapping

from coalition.locale.messages import N_
from settlement.clearing import HOUSE

ACTIONS: Mapping[str, str] = {
    "collect": N_("collect"),
    "draw": N_("draw from the deposit"),
    "pay": N_("pay"),
    "on_its_way": N_("on its way"),
    "carry": N_("carry over"),
    "hold": N_("payouts held"),
    "wait": N_("wait"),
    "retry": N_("failed"),
    "uncollected": N_("when all is collected"),
    "short": N_("not enough cash"),
}
"""What the next run does for a shop."""

PAYEE_DOUBTS: Mapping[str, str] = {
    "close_match": N_("its bank has nearly this name for the account: {text}"),
    "no_match": N_("its bank has another name for the account: {text}"),
}
"""What a bank says of a payee's name, where it has another."""

ROUTES: Mapping[str, str] = {"collect": N_("collect"), "pay": N_("pay"), "direct": N_("direct")}

STATES: Mapping[str, str] = {
    "planned": N_("planned"),
    "reserved": N_("reserved"),
    "sent": N_("sent"),
    "paid": N_("paid"),
    "failed": N_("failed"),
    "ambiguous": N_("ambiguous"),
    "returned": N_("returned"),
    "cancelled": N_("cancelled"),
}

STAGES: Mapping[str, str] = {
    "look": N_("Looking"),
    "collect": N_("Collecting"),
    "pay": N_("Paying"),
    "release": N_("Paying"),
}

SOURCES: Mapping[str, str] = {
    "deposit": N_("deposit"),
    "own_fund": N_("own share of the fund"),
    "operator": N_("operator"),
    "mutual_fund": N_("guarantee fund"),
    "creditor_cut": N_("creditors' cut"),
}
"""Who bears a loss, in the order of the waterfall."""

LEVELS: Mapping[str, str] = {
    "within": N_("within"),
    "alert": N_("alert"),
    "reserve": N_("reserve"),
    "stopped": N_("stopped"),
}
"""How near a shop is to its limit."""

FILE_KINDS: Mapping[str, str] = {
    "credit_transfer": N_("SEPA credit transfer"),
    "direct_debit": N_("SEPA direct debit"),
    "payments_csv": N_("table of payments"),
    "requests_csv": N_("table of requests"),
    "ach_credit": N_("ACH credit"),
    "ach_debit": N_("ACH debit"),
    "bacs_credit": N_("Bacs credit"),
    "bacs_debit": N_("Bacs direct debit"),
}

PARTIES: Mapping[str, str] = {HOUSE: N_("clearing house")}
"""Who takes part in a plan and is no shop."""
