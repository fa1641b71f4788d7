"""The navigation of the console: its sections, and who may see each."""

from dataclasses import dataclass

from coalition.access.caller import HELPERS, OWNERS, SHOP_STAFF, STAFF, TREASURERS, Role
from coalition.locale.messages import N_
from coalition.pages.page import Page

READERS = STAFF | {Role.MANAGER}
"""The alliance's people, and managers for their own shop."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the console: where it begins, what it is called, its icon, and who may see it."""

    path: str
    name: str
    icon: str
    roles: frozenset[Role] = READERS


OVERVIEW = Section("/console", N_("Overview"), "home")
WINDOWS = Section("/console/windows", N_("Windows"), "calendar")
FLOWS = Section("/console/flows", N_("Customer flows"), "flow")
REPORTS = Section("/console/reports", N_("Reports"), "chart")
BACKING = Section("/console/backing", N_("Backing"), "shield")
PAYMENTS = Section("/console/payments", N_("Payments"), "money")
SHOPS = Section("/console/shops", N_("Shops"), "shops")
MEMBERS = Section("/console/members", N_("Members"), "people", HELPERS & STAFF)
APPROVALS = Section("/console/approvals", N_("Approvals"), "check")
TEAM = Section("/console/team", N_("Team"), "badge")
KEYS = Section("/console/keys", N_("Keys"), "key", (OWNERS & STAFF) | {Role.MANAGER})
WEBHOOKS = Section("/console/webhooks", N_("Webhooks"), "send", (OWNERS & STAFF) | {Role.MANAGER})
FINDINGS = Section("/console/findings", N_("Findings"), "eye")
RULES = Section("/console/rules", N_("Rules"), "gift", STAFF)
TILLS = Section("/console/settings/tills", N_("Tills"), "till", STAFF)
LAB = Section("/console/lab", N_("Lab"), "lab", STAFF | SHOP_STAFF)
LEGAL = Section("/console/legal", N_("Legal texts"), "text", STAFF)
TASKS = Section("/console/tasks", N_("Long work"), "clock", STAFF)
LOG = Section("/console/log", N_("Log"), "list", TREASURERS & STAFF)
SECTIONS = (
    OVERVIEW,
    WINDOWS,
    PAYMENTS,
    FLOWS,
    SHOPS,
    BACKING,
    REPORTS,
    LAB,
    MEMBERS,
    FINDINGS,
    APPROVALS,
    TEAM,
    KEYS,
    WEBHOOKS,
    RULES,
    TILLS,
    LEGAL,
    TASKS,
    LOG,
)


class ConsolePage(Page):
    """A page of the console. `section` is what it belongs to."""

    __slots__ = ()
    section = OVERVIEW

    @staticmethod
    def sections(role: Role) -> list[Section]:
        """What somebody in this role may go to."""
        return [section for section in SECTIONS if role in section.roles]
