"""What roles are called."""

from collections.abc import Mapping

from coalition.access.caller import Role
from coalition.locale.messages import N_

ROLES: Mapping[Role, str] = {
    Role.OWNER: N_("Owner"),
    Role.FINANCE: N_("Treasurer"),
    Role.SUPPORT: N_("Support"),
    Role.MANAGER: N_("Manager"),
    Role.CASHIER: N_("Cashier"),
    Role.OPERATOR: N_("The alliance's own system"),
    Role.TILL: N_("Till system"),
    Role.APP: N_("Wallet app"),
    Role.MEMBER: N_("Member"),
}
